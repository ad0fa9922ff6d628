"""A third party answers."""

import pytest

from departments.actions import welcome_customer
from helpdesk.lib.errors import DeskError
from tickets import actions
from tickets.actions import hear_aside
from tickets.lifecycle import Status
from tickets.models import Event, Message, Notification, SideConversation, Ticket


@pytest.fixture
def printer(db):
    return welcome_customer("print@shop.example", name="Print shop")


@pytest.fixture
def side(ticket, ada, printer):
    actions.forward_ticket(ticket, by=ada, to=[printer], body="Can you print it?")
    return SideConversation.objects.get()


def test_it_is_our_turn_and_the_customer_sees_nothing(side, ticket, ada, carla, printer):
    actions.reply_to_ticket(ticket, by=ada, body="We ask.")

    message = hear_aside(side, author=printer, body="Yes, by Monday", why="our_id")

    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    assert (message.kind, message.channel, message.side) == ("side", Ticket.Channel.MAIL, side)
    assert message not in Message.objects.readable_by(carla)
    assert ticket.events.get(kind=Event.Kind.ASIDE).actor == printer


def test_what_is_closed_stays_closed(side, ticket, ada, printer):
    actions.close_ticket(ticket, by=ada)

    hear_aside(side, author=printer, body="Yes, by Monday")

    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED


def test_whoever_answers_for_it_and_whoever_asked_hear_the_bell(side, ticket, ada, grace, printer):
    actions.assign_ticket(ticket, to=grace, by=ada)
    Notification.objects.all().delete()

    hear_aside(side, author=printer, body="Yes, by Monday")

    assert {one.user for one in Notification.objects.all()} == {ada, grace}


def test_it_cannot_be_moved_to_where_a_customer_reads_it(side, ada, printer):
    message = hear_aside(side, author=printer, body="Yes, by Monday")

    with pytest.raises(DeskError, match="stays on its ticket"):
        actions.move_message_out(message, by=ada)
