"""A reply leaves that was to leave later."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from mailgateway.models import OutboundEmail
from tickets import actions
from tickets.actions import LeftAlready, send_scheduled
from tickets.models import Event, Message


@pytest.fixture
def waiting(ticket, ada):
    leaves_at = timezone.now() + timedelta(days=3)
    return actions.schedule_reply(ticket, by=ada, body="On Monday.", leaves_at=leaves_at)


def test_sent_earlier_it_can_still_be_taken_back(waiting, ticket, ada, settings):
    settings.DESK_UNDO_SECONDS = 30

    message = send_scheduled(waiting, by=ada)

    assert message.can_still_be_taken_back
    actions.take_back_reply(message, by=ada)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.first_answered_at) == ("new", None)


def test_there_is_one_letter_however_often_it_is_sent(waiting, ticket, ada, grace):
    send_scheduled(waiting, by=grace)

    with pytest.raises(LeftAlready):
        send_scheduled(waiting, by=ada)
    with time_machine.travel(timezone.now() + timedelta(days=4)), pytest.raises(LeftAlready):
        send_scheduled(waiting, by=None)

    assert OutboundEmail.objects.filter(message=waiting.pk).count() == 1
    assert ticket.events.filter(kind=Event.Kind.REPLIED).count() == 1


def test_the_clock_does_not_send_before_the_time(waiting):
    with pytest.raises(LeftAlready):
        send_scheduled(waiting, by=None)

    waiting.refresh_from_db()
    assert waiting.kind == Message.Kind.LATER


def test_it_leaves_from_where_the_ticket_was_merged_into(waiting, ticket, ada, carla):
    other = actions.open_ticket(customer=carla, by=carla, subject="Twice", body="Twice")
    actions.merge_tickets(ticket, into=other, by=ada)

    assert send_scheduled(waiting, by=ada).ticket == other


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_only_agents_of_the_department_send_it(waiting, who, request):
    with pytest.raises(PermissionDenied):
        send_scheduled(waiting, by=request.getfixturevalue(who))
