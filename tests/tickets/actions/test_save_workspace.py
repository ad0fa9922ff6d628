"""Keeping a filter under a name."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from tickets.actions import keeping, save_workspace
from tickets.models import Workspace


def test_an_agent_keeps_a_filter(ada):
    saved = save_workspace(by=ada, name="Пожежі", query="priority=4&view=waiting")

    assert (saved.owner, saved.shared_with) == (ada, None)
    assert list(Workspace.objects.usable_by(ada)) == [saved]


@pytest.mark.parametrize("who", ["carla", "bo"])
def test_only_those_who_work_here_keep_any(request, who):
    with pytest.raises(PermissionDenied):
        save_workspace(by=request.getfixturevalue(who), name="Mine", query="")


def test_nobody_keeps_more_than_a_page_can_show(ada, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_WORKSPACES", 1)
    save_workspace(by=ada, name="One", query="")

    with pytest.raises(DeskError, match="Delete one first"):
        save_workspace(by=ada, name="Two", query="")
