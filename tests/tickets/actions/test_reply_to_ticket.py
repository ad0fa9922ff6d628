"""Saying something the customer can read."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import NothingSaid, reply_to_ticket, solve_ticket
from tickets.lifecycle import Status
from tickets.models import Event


def test_the_customer_is_waited_for_once_an_agent_has_answered(ticket, ada):
    reply_to_ticket(ticket, by=ada, body="Надсилаємо ще раз.")

    ticket.refresh_from_db()
    assert ticket.status == Status.PENDING
    assert ticket.assignee == ada
    assert ticket.first_answered_at is not None


def test_it_reopens_when_the_customer_answers_a_solved_ticket(ticket, ada, carla):
    solve_ticket(ticket, by=ada)

    reply_to_ticket(ticket, by=carla, body="Досі немає.")

    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    assert ticket.solved_at is None


def test_one_gesture_is_one_line_of_history(ticket, ada):
    message = reply_to_ticket(ticket, by=ada, body="Готово.", then=Status.SOLVED)

    event = ticket.events.get(kind=Event.Kind.REPLIED)
    assert event.message == message
    assert event.details == {"took": True, "before": "new", "after": "solved"}
    assert not ticket.events.filter(kind=Event.Kind.SOLVED).exists()


@pytest.mark.parametrize("who", ["mallory", "linus", "bo"])
def test_strangers_may_not_reply(ticket, who, request):
    with pytest.raises(PermissionDenied):
        reply_to_ticket(ticket, by=request.getfixturevalue(who), body="Hello")

    assert ticket.messages.count() == 1


def test_an_empty_reply_changes_nothing(ticket, ada):
    with pytest.raises(NothingSaid):
        reply_to_ticket(ticket, by=ada, body="  \n ")

    ticket.refresh_from_db()
    assert ticket.status == Status.NEW
