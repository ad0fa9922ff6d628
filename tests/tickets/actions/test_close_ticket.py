"""Closing for good."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import close_ticket, mark_as_spam, solve_ticket
from tickets.lifecycle import ImpossibleMove, Status
from tickets.models import Event


@pytest.mark.parametrize("who", ["ada", "grace", "carla", "root"])
def test_agents_and_the_customer_may(ticket, who, request):
    person = request.getfixturevalue(who)

    close_ticket(ticket, by=person)

    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED
    assert ticket.closed_at is not None
    assert ticket.solved_at == ticket.closed_at
    assert ticket.events.get(kind=Event.Kind.CLOSED).actor == person


def test_the_house_closes_what_was_solved_and_keeps_when(ticket, ada):
    solved_at = solve_ticket(ticket, by=ada).solved_at

    closed = close_ticket(ticket, by=None)

    assert closed.solved_at == solved_at < closed.closed_at
    assert ticket.events.get(kind=Event.Kind.CLOSED).actor is None


def test_a_closed_one_stays_closed_without_another_line(ticket, ada):
    close_ticket(ticket, by=ada)
    close_ticket(ticket, by=ada)

    assert ticket.events.filter(kind=Event.Kind.CLOSED).count() == 1


def test_spam_is_reopened_first(ticket, ada):
    mark_as_spam(ticket, by=ada)

    with pytest.raises(ImpossibleMove):
        close_ticket(ticket, by=ada)


@pytest.mark.parametrize("who", ["mallory", "linus", "bo"])
def test_strangers_may_not(ticket, who, request):
    with pytest.raises(PermissionDenied):
        close_ticket(ticket, by=request.getfixturevalue(who))
