"""A letter went to several mailboxes of ours."""

from tickets.actions import merge_tickets, note_copy, open_ticket
from tickets.models import Event


def test_the_history_says_where_else_it_went_once(ticket):
    for _time in range(2):
        note_copy(ticket, mailbox="sales@desk.example")

    event = ticket.events.get(kind=Event.Kind.COPIED)
    assert (event.actor, event.details) == (None, {"mailbox": "sales@desk.example"})


def test_it_is_said_where_the_ticket_goes_on(ticket, carla, ada):
    other = open_ticket(customer=carla, by=carla, subject="Twice", body="Same")
    merge_tickets(other, into=ticket, by=ada)
    other.refresh_from_db()

    note_copy(other, mailbox="sales@desk.example")

    assert ticket.events.filter(kind=Event.Kind.COPIED).exists()
