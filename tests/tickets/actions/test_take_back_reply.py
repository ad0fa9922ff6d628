"""Withdrawing a reply within its seconds of grace."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from tickets.actions import TooLate, hold_ticket, reply_to_ticket, solve_ticket, take_back_reply
from tickets.lifecycle import Status
from tickets.models import Draft, Event, Message


@pytest.fixture(autouse=True)
def _ten_seconds_of_grace(settings):
    settings.DESK_UNDO_SECONDS = 10


def test_it_is_a_draft_again_and_the_customer_still_waits(ticket, ada, carla):
    began = ticket.waiting_since
    message = reply_to_ticket(ticket, by=ada, body="Too quick")

    take_back_reply(message, by=ada)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since) == (Status.NEW, began)
    assert ticket.first_answered_at is None
    assert Draft.objects.get().text == "Too quick"
    assert message not in Message.objects.readable_by(carla)
    assert ticket.events.get(kind=Event.Kind.TAKEN_BACK).message == message


def test_nobody_outside_reads_it_while_it_can_be_taken_back(ticket, ada, carla):
    message = reply_to_ticket(ticket, by=ada, body="Too quick")

    assert message not in Message.objects.readable_by(carla)
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        assert message in Message.objects.readable_by(carla)


def test_too_late_is_too_late(ticket, ada):
    message = reply_to_ticket(ticket, by=ada, body="Gone")

    with time_machine.travel(timezone.now() + timedelta(seconds=11)), pytest.raises(TooLate):
        take_back_reply(message, by=ada)


def test_twice_is_too_late_as_well(ticket, ada):
    message = reply_to_ticket(ticket, by=ada, body="Too quick")
    take_back_reply(message, by=ada)

    with pytest.raises(TooLate):
        take_back_reply(message, by=ada)


def test_a_hold_goes_on_until_its_time(ticket, ada):
    until = timezone.now() + timedelta(days=3)
    hold_ticket(ticket, until=until, by=ada)
    message = reply_to_ticket(ticket, by=ada, body="Too quick")

    take_back_reply(message, by=ada)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.hold_until) == (Status.ON_HOLD, until)


def test_what_was_solved_is_solved_again_and_will_close(ticket, ada):
    solve_ticket(ticket, by=ada)
    message = reply_to_ticket(ticket, by=ada, body="Too quick")

    take_back_reply(message, by=ada)

    ticket.refresh_from_db()
    assert ticket.status == Status.SOLVED
    assert ticket.solved_at is not None


def test_an_earlier_answer_stays_the_first(ticket, ada):
    first = reply_to_ticket(ticket, by=ada, body="We look.")
    second = reply_to_ticket(ticket, by=ada, body="Too quick")

    take_back_reply(second, by=ada)

    ticket.refresh_from_db()
    assert ticket.first_answered_at == first.created_at
    assert ticket.status == Status.PENDING


@pytest.mark.parametrize("who", ["grace", "carla", "mallory", "linus", "bo", "root"])
def test_only_its_author_takes_it_back(ticket, ada, who, request):
    message = reply_to_ticket(ticket, by=ada, body="Mine")

    with pytest.raises(PermissionDenied):
        take_back_reply(message, by=request.getfixturevalue(who))


def test_a_customers_answer_is_said_at_once(ticket, carla):
    message = reply_to_ticket(ticket, by=carla, body="Here")

    with pytest.raises(TooLate):
        take_back_reply(message, by=carla)


@pytest.mark.parametrize(("own", "seconds"), [(None, 10), (0, 0), (60, 60)])
def test_everybody_has_the_grace_they_chose(ticket, ada, own, seconds):
    ada.undo_seconds = own
    ada.save()

    message = reply_to_ticket(ticket, by=ada, body="Hm")

    grace = (message.undo_until or message.created_at) - message.created_at
    assert grace.total_seconds() == seconds
