"""The hold is over."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from tickets.actions import hold_ticket, wake_ticket
from tickets.lifecycle import Status
from tickets.models import Event


@pytest.fixture
def held(ticket, ada):
    return hold_ticket(ticket, until=timezone.now() + timedelta(days=1), by=ada)


def test_the_clock_brings_it_back(held):
    wake_ticket(held, by=None)

    held.refresh_from_db()
    assert (held.status, held.hold_until) == (Status.OPEN, None)
    assert held.events.get(kind=Event.Kind.WOKEN).actor is None


def test_what_does_not_rest_is_left_alone(ticket):
    wake_ticket(ticket, by=None)

    ticket.refresh_from_db()
    assert ticket.status == Status.NEW
    assert not ticket.events.filter(kind=Event.Kind.WOKEN).exists()


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(held, who, request):
    with pytest.raises(PermissionDenied):
        wake_ticket(held, by=request.getfixturevalue(who))
