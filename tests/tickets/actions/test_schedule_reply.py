"""Writing a reply that leaves later."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from helpdesk.lib.errors import DeskError
from mailgateway.models import OutboundEmail
from tests.tickets.custom_fields import make
from tickets import actions, escalation
from tickets.actions import schedule_reply
from tickets.lifecycle import Status
from tickets.models import CannedReply, Draft, Event, LaterReply, Message, Notification


@pytest.fixture
def monday():
    return timezone.now() + timedelta(days=3)


def test_until_it_leaves_only_we_see_it_and_nothing_moves(ticket, ada, carla, monday):
    message = schedule_reply(ticket, by=ada, body="On Monday.", leaves_at=monday)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee, ticket.first_answered_at) == (Status.NEW, None, None)
    assert message not in Message.objects.readable_by(carla)
    assert message in Message.objects.readable_by(ada)
    assert "Monday" not in ticket.preview
    assert ticket.events.get(kind=Event.Kind.SCHEDULED).message == message


def test_the_clock_lets_it_leave_and_does_what_was_wished(ticket, ada, carla, monday):
    canned = CannedReply.objects.create(title="Sent", body={"en": "Sent"}, sets_priority=1)
    message = schedule_reply(
        ticket, by=ada, body="Done.", leaves_at=monday, then=Status.SOLVED, canned=[canned]
    )
    assert escalation.send_due() == 0

    with time_machine.travel(monday + timedelta(seconds=1)):
        assert escalation.send_due() == 1
        assert escalation.send_due() == 0
        assert message in Message.objects.readable_by(carla)

    ticket.refresh_from_db()
    message.refresh_from_db()
    assert (ticket.status, ticket.assignee, ticket.priority) == (Status.SOLVED, ada, 1)
    assert ticket.first_answered_at == message.created_at > monday
    assert ticket.events.get(kind=Event.Kind.REPLIED).actor == ada
    assert not LaterReply.objects.exists()


def test_the_customer_writes_first_and_it_does_not_leave(ticket, ada, carla, monday):
    message = schedule_reply(ticket, by=ada, body="On Monday.", leaves_at=monday)
    actions.save_draft(ticket, by=ada, kind=Message.Kind.REPLY, text="Half a")

    actions.reply_to_ticket(ticket, by=carla, body="Forget it")

    message.refresh_from_db()
    event = ticket.events.get(kind=Event.Kind.CALLED_OFF)
    assert message.withdrawn_at is not None
    assert (event.actor, event.details["reason"]) == (None, "answered")
    assert Draft.objects.get().text == "On Monday.\n\nHalf a"
    assert Notification.objects.filter(user=ada, event=event).exists()
    with time_machine.travel(monday + timedelta(seconds=1)):
        assert escalation.send_due() == 0


def test_the_customer_writes_where_its_ticket_was_merged_into(ticket, ada, carla, monday):
    other = actions.open_ticket(customer=carla, by=carla, subject="Twice", body="Twice")
    message = schedule_reply(ticket, by=ada, body="On Monday.", leaves_at=monday)
    actions.merge_tickets(ticket, into=other, by=ada)

    actions.reply_to_ticket(other, by=carla, body="Forget it")

    message.refresh_from_db()
    assert message.withdrawn_at is not None
    assert Draft.objects.get(author=ada).ticket == other


def test_who_was_left_out_gets_no_letter_when_it_leaves(ticket, ada, carla, mallory, monday):
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    message = schedule_reply(ticket, by=ada, body="On Monday.", leaves_at=monday, without=[mallory])

    actions.send_scheduled(message, by=ada)

    assert OutboundEmail.objects.get(message=message.pk).addresses == [carla.email]


def test_whose_author_has_left_does_not_leave(ticket, ada, grace, monday):
    schedule_reply(ticket, by=grace, body="On Monday.", leaves_at=monday)
    grace.is_active = False
    grace.save()

    with time_machine.travel(monday + timedelta(seconds=1)):
        escalation.send_due()

    assert ticket.events.get(kind=Event.Kind.CALLED_OFF).details["reason"] == "gone"
    assert ticket.messages.filter(kind=Message.Kind.REPLY).count() == 1


def test_a_ticket_that_takes_no_answer_lets_none_leave(ticket, ada, monday):
    schedule_reply(ticket, by=ada, body="On Monday.", leaves_at=monday)
    actions.close_ticket(ticket, by=ada)

    with time_machine.travel(monday + timedelta(seconds=1)):
        escalation.send_due()

    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == (Status.CLOSED, None)
    assert ticket.events.get(kind=Event.Kind.CALLED_OFF).details["reason"] == "refused"


def test_none_leaves_that_would_solve_while_a_required_field_says_nothing(ticket, ada, monday):
    make("root_cause", required=True)
    message = schedule_reply(ticket, by=ada, body="Done.", leaves_at=monday, then=Status.SOLVED)
    with pytest.raises(DeskError, match="Root_cause"):
        actions.send_scheduled(message, by=ada)

    with time_machine.travel(monday + timedelta(seconds=1)):
        escalation.send_due()

    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == (Status.NEW, None)
    assert ticket.events.get(kind=Event.Kind.CALLED_OFF).details["reason"] == "refused"
    assert not OutboundEmail.objects.filter(message=message.pk).exists()


def test_what_a_canned_reply_cannot_do_any_more_calls_it_off(ticket, ada, linus, monday):
    canned = CannedReply.objects.create(
        title="Linus", body={"en": "Done."}, assigns="person", assigns_to=linus
    )
    message = schedule_reply(ticket, by=ada, body="Done.", leaves_at=monday, canned=[canned])

    with time_machine.travel(monday + timedelta(seconds=1)):
        escalation.send_due()

    message.refresh_from_db()
    event = ticket.events.get(kind=Event.Kind.CALLED_OFF)
    assert (message.kind, event.details["reason"]) == (Message.Kind.LATER, "refused")
    assert Draft.objects.get(author=ada).text == "Done."
    assert Notification.objects.filter(user=ada, event=event).exists()
    assert not ticket.events.filter(kind=Event.Kind.REPLIED).exists()


def test_times_that_cannot_be_are_refused(ticket, ada, monday):
    for leaves_at in (timezone.now(), timezone.now() + timedelta(days=400)):
        with pytest.raises(DeskError, match="still to come"):
            schedule_reply(ticket, by=ada, body="No", leaves_at=leaves_at)
    with pytest.raises(DeskError, match="would be over"):
        schedule_reply(
            ticket, by=ada, body="No", leaves_at=monday, then=Status.ON_HOLD, until=monday
        )

    assert not LaterReply.objects.exists()


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_only_agents_of_the_department_write_for_later(ticket, who, monday, request):
    with pytest.raises(PermissionDenied):
        schedule_reply(ticket, by=request.getfixturevalue(who), body="Hello", leaves_at=monday)
