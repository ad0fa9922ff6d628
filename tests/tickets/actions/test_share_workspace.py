"""A workspace for all who work in a department."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import save_workspace, share_workspace
from tickets.models import Workspace


@pytest.fixture
def saved(ada):
    return save_workspace(by=ada, name="Urgent", query="priority=4")


def test_colleagues_find_it_and_others_do_not(saved, ada, grace, linus, billing):
    share_workspace(saved, to=billing, by=ada)

    assert saved in Workspace.objects.usable_by(grace)
    assert saved not in Workspace.objects.usable_by(linus)

    share_workspace(saved, to=None, by=ada)

    assert saved not in Workspace.objects.usable_by(grace)


def test_it_is_shared_only_where_one_works(saved, ada, hosting):
    with pytest.raises(PermissionDenied):
        share_workspace(saved, to=hosting, by=ada)


def test_a_lead_takes_it_out_of_their_department_and_no_further(saved, ada, grace, billing):
    share_workspace(saved, to=billing, by=ada)

    share_workspace(saved, to=None, by=grace)

    saved.refresh_from_db()
    assert saved.shared_with is None
    with pytest.raises(PermissionDenied):
        share_workspace(saved, to=billing, by=grace)


def test_a_colleague_who_leads_nothing_takes_nothing_out(saved, ada, grace, billing):
    theirs = save_workspace(by=grace, name="Grace's", query="")
    share_workspace(theirs, to=billing, by=grace)

    with pytest.raises(PermissionDenied):
        share_workspace(theirs, to=None, by=ada)
