"""Back to us."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from helpdesk.lib.errors import DeskError
from tickets.actions import (
    close_ticket,
    hold_ticket,
    mark_as_spam,
    merge_tickets,
    open_ticket,
    reopen_ticket,
    solve_ticket,
)
from tickets.lifecycle import Status
from tickets.models import Event


@pytest.mark.parametrize("finish", [solve_ticket, close_ticket, mark_as_spam])
def test_whatever_ended_it(ticket, ada, finish):
    before = finish(ticket, by=ada).status

    reopen_ticket(ticket, by=ada)

    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    assert ticket.solved_at is None
    assert ticket.closed_at is None
    assert ticket.events.get(kind=Event.Kind.REOPENED).details["before"] == before


def test_a_hold_ends(ticket, ada):
    hold_ticket(ticket, until=timezone.now() + timedelta(days=1), by=ada)

    assert reopen_ticket(ticket, by=ada).hold_until is None


def test_the_customer_may(ticket, ada, carla):
    close_ticket(ticket, by=ada)

    assert reopen_ticket(ticket, by=carla).status == Status.OPEN


def test_what_is_ours_already_stays_as_it_is(ticket, carla):
    reopen_ticket(ticket, by=carla)

    ticket.refresh_from_db()
    assert ticket.status == Status.NEW
    assert not ticket.events.filter(kind=Event.Kind.REOPENED).exists()


def test_a_merged_one_goes_on_elsewhere(ticket, carla, ada):
    other = open_ticket(customer=carla, by=carla, subject="Twice", body="Same")
    merge_tickets(other, into=ticket, by=ada)

    with pytest.raises(DeskError):
        reopen_ticket(other, by=ada)


@pytest.mark.parametrize("who", ["mallory", "linus", "bo"])
def test_strangers_may_not(ticket, ada, who, request):
    close_ticket(ticket, by=ada)

    with pytest.raises(PermissionDenied):
        reopen_ticket(ticket, by=request.getfixturevalue(who))
