"""Letting it rest until a time."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from helpdesk.lib.errors import DeskError
from tickets.actions import close_ticket, hold_ticket
from tickets.lifecycle import ImpossibleMove, Status
from tickets.models import Event


def test_it_rests_and_remembers_until_when(ticket, ada):
    until = timezone.now() + timedelta(days=2)

    hold_ticket(ticket, until=until, by=ada)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.hold_until) == (Status.ON_HOLD, until)
    assert ticket.events.get(kind=Event.Kind.HELD).words["until"] == until


def test_the_time_must_be_to_come(ticket, ada):
    with pytest.raises(DeskError):
        hold_ticket(ticket, until=timezone.now(), by=ada)


def test_a_closed_one_cannot_rest(ticket, ada):
    close_ticket(ticket, by=ada)

    with pytest.raises(ImpossibleMove):
        hold_ticket(ticket, until=timezone.now() + timedelta(hours=1), by=ada)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_and_customers_may_not(ticket, who, request):
    until = timezone.now() + timedelta(days=1)

    with pytest.raises(PermissionDenied):
        hold_ticket(ticket, until=until, by=request.getfixturevalue(who))
