"""The order in which workspaces stand."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import save_workspace, shift_workspace


def names(owner):
    return [one.name for one in owner.workspaces.all()]


def test_it_goes_up_and_down_by_one_place(ada, grace):
    for name in "ABC":
        last = save_workspace(by=ada, name=name, query="")
    save_workspace(by=grace, name="B", query="")

    shift_workspace(last, up=True, by=ada)
    assert names(ada) == ["A", "C", "B"]

    shift_workspace(last, up=True, by=ada)
    shift_workspace(last, up=True, by=ada)
    assert names(ada) == ["C", "A", "B"]

    for _time in range(3):
        shift_workspace(last, up=False, by=ada)
    assert names(ada) == ["A", "B", "C"]


def test_nobody_orders_those_of_others(ada, grace):
    saved = save_workspace(by=ada, name="A", query="")

    with pytest.raises(PermissionDenied):
        shift_workspace(saved, up=True, by=grace)
