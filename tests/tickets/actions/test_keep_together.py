"""What the coach took for several matters is one."""

import pytest
from django.core.exceptions import PermissionDenied

from tests.tickets.portal.test_coached import TWO
from tickets import actions


@pytest.fixture
def two(carla, billing):
    return actions.open_ticket(customer=carla, by=carla, **TWO)


def test_what_is_one_matter_is_not_offered_to_be_split(enter, two, ada):
    browser, address = enter(ada), f"/agent/tickets/{two.number}/"
    assert "Looks like several matters" in browser.get(address).text

    browser.post(f"{address}matters/")

    two.refresh_from_db()
    assert two.matters == {}
    assert "Looks like several matters" not in browser.get(address).text
    assert [one.kind for one in two.events.all()] == ["opened"]


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_only_who_works_on_it_may(two, who, request):
    with pytest.raises(PermissionDenied):
        actions.keep_together(two, by=request.getfixturevalue(who))
