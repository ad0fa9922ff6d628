"""Forgetting a workspace."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import delete_workspace, renew_feed, save_workspace
from tickets.models import Feed, Workspace


def test_its_feeds_go_with_it(ada, grace):
    saved = save_workspace(by=ada, name="A", query="")
    renew_feed(f"workspace:{saved.pk}", by=grace)
    other = renew_feed("mine", by=grace)

    delete_workspace(saved, by=ada)

    assert not Workspace.objects.exists()
    assert list(Feed.objects.all()) == [other]


def test_nobody_deletes_that_of_others(ada, grace):
    saved = save_workspace(by=ada, name="A", query="")

    with pytest.raises(PermissionDenied):
        delete_workspace(saved, by=grace)
