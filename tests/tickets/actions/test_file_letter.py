"""Keeping a letter where only agents see it."""

from tickets.actions import file_letter, merge_tickets, open_ticket
from tickets.lifecycle import Status
from tickets.models import Event, Message, Notification


def test_a_strangers_letter_is_kept_as_a_note_with_its_warning(ticket, mallory, carla, ada):
    letter = file_letter(
        ticket, author=mallory, body="I am Carla.", why="reference", warning="stranger"
    )

    assert letter.is_note
    assert (letter.why, letter.warning, letter.channel) == ("reference", "stranger", "mail")
    readers = [p for p in (carla, mallory, ada) if letter in Message.objects.readable_by(p)]
    assert readers == [ada]


def test_nothing_moves(ticket, mallory, ada):
    before = ticket.waiting_since

    file_letter(ticket, author=mallory, body="Hello")

    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since) == (Status.NEW, before)
    assert ticket.events.get(kind=Event.Kind.NOTED).details == {"filed": True}


def test_an_automatic_one_rings_no_bell(ticket, ada):
    Notification.objects.all().delete()

    file_letter(ticket, author=None, body="Undelivered", why="bounce", is_automatic=True)

    assert not Notification.objects.exists()


def test_a_letter_to_a_merged_ticket_is_filed_where_it_goes_on(ticket, carla, ada):
    other = open_ticket(customer=carla, by=carla, subject="Twice", body="Same")
    merge_tickets(other, into=ticket, by=ada)
    other.refresh_from_db()

    assert file_letter(other, author=None, body="Bounce").ticket == ticket
