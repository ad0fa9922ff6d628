"""Another name, another filter."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import change_workspace, save_workspace, share_workspace


def test_what_is_not_named_stays(ada):
    saved = save_workspace(by=ada, name="Urgent", query="priority=4&view=all")

    assert change_workspace(saved, by=ada, name="Пожежі").query == "priority=4&view=all"
    assert change_workspace(saved, by=ada, query="view=mine").name == "Пожежі"


def test_nobody_changes_what_is_shared_with_them(ada, grace, billing):
    saved = save_workspace(by=ada, name="Urgent", query="")
    share_workspace(saved, to=billing, by=ada)

    with pytest.raises(PermissionDenied):
        change_workspace(saved, by=grace, name="Mine now")
