"""Saying something the customer can read."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import NothingSaid, reply_to_ticket, solve_ticket
from tickets.lifecycle import Priority, Status
from tickets.models import CannedReply, Event, Tag


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
    assert {key: event.details[key] for key in ("took", "before", "after")} == {
        "took": True,
        "before": "new",
        "after": "solved",
    }
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


def test_canned_replies_do_what_they_say_and_are_counted(ticket, ada):
    canned = CannedReply.objects.create(
        title="Sent again", sets_status=Status.SOLVED, sets_priority=Priority.LOW
    )
    canned.adds_tags.add(Tag.objects.create(name="invoice"))

    reply_to_ticket(ticket, by=ada, body="Sent again.", canned=[canned])

    ticket.refresh_from_db()
    canned.refresh_from_db()
    assert (ticket.status, ticket.priority) == (Status.SOLVED, Priority.LOW)
    assert [tag.name for tag in ticket.tags.all()] == ["invoice"]
    assert canned.used == 1


def test_what_the_agent_chooses_beats_the_canned_reply(ticket, ada):
    canned = CannedReply.objects.create(title="Sent again", sets_status=Status.SOLVED)

    reply_to_ticket(ticket, by=ada, body="Sent.", canned=[canned], then=Status.OPEN)

    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN


def test_canned_replies_of_customers_do_nothing(ticket, carla):
    canned = CannedReply.objects.create(title="Urgent", sets_priority=Priority.URGENT)

    reply_to_ticket(ticket, by=carla, body="Quick!", canned=[canned])

    ticket.refresh_from_db()
    canned.refresh_from_db()
    assert (ticket.priority, canned.used) == (Priority.NORMAL, 0)
