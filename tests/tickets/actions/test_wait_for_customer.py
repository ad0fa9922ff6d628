"""The turn goes to the customer without an answer."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import close_ticket, undo, wait_for_customer
from tickets.lifecycle import ImpossibleMove, Status
from tickets.models import Event


def test_it_is_the_customers_turn(ticket, ada):
    waited = ticket.waiting_since

    wait_for_customer(ticket, by=ada)

    ticket.refresh_from_db()
    assert ticket.status == Status.PENDING
    assert ticket.waiting_since > waited
    event = ticket.events.get(kind=Event.Kind.AWAITED)
    assert (event.actor, event.details["before"]) == (ada, "new")


def test_twice_is_once(ticket, ada):
    wait_for_customer(ticket, by=ada)
    wait_for_customer(ticket, by=ada)

    assert ticket.events.filter(kind=Event.Kind.AWAITED).count() == 1


def test_it_is_undone(ticket, ada):
    waited = ticket.waiting_since
    wait_for_customer(ticket, by=ada)

    undo(ticket.events.get(kind=Event.Kind.AWAITED), by=ada)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since) == (Status.NEW, waited)


def test_a_closed_ticket_waits_for_nobody(ticket, ada):
    close_ticket(ticket, by=ada)

    with pytest.raises(ImpossibleMove):
        wait_for_customer(ticket, by=ada)


def test_strangers_move_nothing(ticket, linus, carla):
    for person in (linus, carla):
        with pytest.raises(PermissionDenied):
            wait_for_customer(ticket, by=person)
