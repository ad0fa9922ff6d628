"""A customer goes on, in the ticket or, where it closed long ago, in a follow-up."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from tickets.actions import close_ticket, continue_conversation, merge_tickets, open_ticket
from tickets.lifecycle import Status
from tickets.models import Ticket, TicketLink


@pytest.fixture
def long_closed(ticket, ada):
    close_ticket(ticket, by=ada)
    Ticket.objects.filter(pk=ticket.pk).update(closed_at=timezone.now() - timedelta(days=30))
    ticket.refresh_from_db()
    return ticket


def test_an_answer_to_a_freshly_closed_one_reopens_it(ticket, ada, carla):
    close_ticket(ticket, by=ada)

    message = continue_conversation(ticket, by=carla, body="Ще одне питання.")

    ticket.refresh_from_db()
    assert message.ticket == ticket
    assert ticket.status == Status.OPEN


def test_long_after_it_becomes_a_linked_follow_up(long_closed, carla):
    message = continue_conversation(long_closed, by=carla, body="Знову те саме.")

    follow_up = message.ticket
    assert follow_up != long_closed
    assert message.why == "follow_up"
    assert follow_up.subject == long_closed.subject
    assert TicketLink.objects.get().kind == TicketLink.Kind.FOLLOW_UP
    long_closed.refresh_from_db()
    assert long_closed.status == Status.CLOSED


def test_what_was_merged_is_answered_where_it_goes_on(ticket, ada, carla):
    other = open_ticket(customer=carla, by=carla, subject="Twice", body="Same")
    merge_tickets(other, into=ticket, by=ada)
    other.refresh_from_db()

    assert continue_conversation(other, by=carla, body="And?").ticket == ticket


@pytest.mark.parametrize("who", ["mallory", "linus", "bo"])
def test_strangers_open_no_follow_up(long_closed, who, request):
    with pytest.raises(PermissionDenied):
        continue_conversation(long_closed, by=request.getfixturevalue(who), body="Hello")

    assert Ticket.objects.count() == 1
