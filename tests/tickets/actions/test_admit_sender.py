"""A stranger whose letter was filed takes part from now on."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from tickets.actions import add_note, admit_sender, close_ticket, file_letter, reply_to_ticket
from tickets.lifecycle import Status
from tickets.models import Event, Message, Ticket


@pytest.fixture
def filed(ticket, mallory):
    return file_letter(
        ticket, author=mallory, body="I pay her bills.", why="our_id", warning="stranger"
    )


def test_their_letter_becomes_part_of_the_conversation(ticket, filed, ada, carla, mallory):
    reply_to_ticket(ticket, by=ada, body="Who are you?")
    assert filed not in Message.objects.readable_by(mallory)

    message = admit_sender(filed, by=ada)

    assert (message.kind, message.warning) == ("reply", "")
    assert message in Message.objects.readable_by(carla)
    assert message in Message.objects.readable_by(mallory)
    assert ticket.followers.get(user=mallory).in_copy
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    event = ticket.events.get(kind=Event.Kind.ADMITTED)
    assert (event.actor, event.message, event.details["who"]) == (ada, message, "Mallory")


def test_until_then_they_see_nothing(ticket, filed, mallory):
    assert not Ticket.objects.visible_to(mallory).exists()


def test_what_is_closed_stays_closed(ticket, filed, ada):
    close_ticket(ticket, by=ada)

    admit_sender(filed, by=ada)

    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED


@pytest.mark.parametrize("warning", ["claims_agent", "expired", ""])
def test_only_strangers_are_let_in(ticket, ada, grace, warning):
    letter = file_letter(ticket, author=grace, body="Pay.", why="our_id", warning=warning)

    with pytest.raises(DeskError):
        admit_sender(letter, by=ada)


def test_neither_notes_nor_mail_servers_are_let_in(ticket, ada):
    bounce = file_letter(ticket, author=None, body="No.", why="bounce", warning="stranger")

    for message in (add_note(ticket, by=ada, body="x"), bounce):
        with pytest.raises(DeskError):
            admit_sender(message, by=ada)


def test_who_was_switched_off_stays_outside(ticket, filed, mallory, ada):
    mallory.is_active = False
    mallory.save()

    with pytest.raises(DeskError, match="switched off"):
        admit_sender(filed, by=ada)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, filed, who, request):
    with pytest.raises(PermissionDenied):
        admit_sender(filed, by=request.getfixturevalue(who))
