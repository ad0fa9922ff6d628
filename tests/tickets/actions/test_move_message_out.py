"""A message that does not belong here goes elsewhere."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from tickets.actions import (
    add_note,
    file_letter,
    merge_people,
    move_message_out,
    open_ticket,
    reply_to_ticket,
    solve_ticket,
)
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.models import Event, Message, Ticket, TicketLink


@pytest.fixture
def wrong(ticket, carla):
    return reply_to_ticket(
        ticket, by=carla, body="My domain?", files=[IncomingFile("a.txt", b"x")], why="our_id"
    )


@pytest.fixture
def filed(ticket, mallory):
    return file_letter(ticket, author=mallory, body="Me too.", why="our_id", warning="stranger")


def test_it_opens_a_ticket_of_its_sender(ticket, wrong, ada, carla):
    message = move_message_out(wrong, by=ada)

    new = message.ticket
    ticket.refresh_from_db()
    assert (new.customer, new.department, new.status) == (carla, ticket.department, Status.OPEN)
    assert (message.kind, message.why) == ("reply", "moved")
    assert (new.has_files, ticket.has_files) == (True, False)
    link = TicketLink.objects.get()
    assert (link.source, link.target, link.kind) == (ticket, new, "split")
    told = {e.ticket: e.details for e in Event.objects.filter(kind=Event.Kind.MOVED_OUT)}
    assert told[ticket]["into"] == new.pk
    assert told[new]["source"] == ticket.pk


def test_its_own_subject_comes_along(ticket, wrong, ada):
    wrong.reading = {"subject": "Domain"}
    wrong.save()

    assert move_message_out(wrong, by=ada).ticket.subject == "Domain"


def test_a_strangers_letter_becomes_a_ticket_of_the_stranger(ticket, filed, ada, carla, mallory):
    message = move_message_out(filed, by=ada)

    assert (message.kind, message.warning) == ("reply", "")
    assert message.ticket.customer == mallory
    assert message in Message.objects.readable_by(mallory)
    assert message not in Message.objects.readable_by(carla)
    assert not Ticket.objects.visible_to(mallory).filter(pk=ticket.pk).exists()


def test_a_ticket_that_it_reopened_is_solved_again(ticket, ada, carla):
    solve_ticket(ticket, by=ada)
    wrong = reply_to_ticket(ticket, by=carla, body="Something else")

    move_message_out(wrong, by=ada)

    ticket.refresh_from_db()
    assert ticket.status == Status.SOLVED
    assert ticket.solved_at is not None


def test_not_if_more_was_said_since(ticket, ada, carla):
    solve_ticket(ticket, by=ada)
    wrong = reply_to_ticket(ticket, by=carla, body="Something else")
    reply_to_ticket(ticket, by=carla, body="And this is not solved")

    move_message_out(wrong, by=ada)

    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN


def test_it_goes_to_another_ticket_of_the_same_customer(ticket, wrong, ada, carla):
    other = open_ticket(customer=carla, by=carla, subject="Domain", body="Where?")
    reply_to_ticket(other, by=ada, body="Which one?")

    message = move_message_out(wrong, to=other, by=ada)

    other.refresh_from_db()
    assert (message.ticket, message.kind) == (other, "reply")
    assert other.status == Status.OPEN


def test_on_a_strangers_ticket_only_we_read_it(ticket, wrong, ada, mallory):
    """Or moving it by mistake would show Carla's words to Mallory."""
    theirs = open_ticket(customer=mallory, by=mallory, subject="Mine", body="Hello")

    message = move_message_out(wrong, to=theirs, by=ada)

    assert (message.kind, message.warning) == ("note", "stranger")
    assert message not in Message.objects.readable_by(mallory)


def test_a_bounce_is_only_moved_to_a_named_ticket(ticket, carla, ada):
    other = open_ticket(customer=carla, by=carla, subject="Other", body="Hello")
    bounce = file_letter(ticket, author=None, body="No.", why="bounce", is_automatic=True)

    with pytest.raises(DeskError, match="mail server"):
        move_message_out(bounce, by=ada)

    message = move_message_out(bounce, to=other, by=ada)
    assert (message.ticket, message.kind, message.warning) == (other, "note", "")


def test_at_least_one_message_stays(ticket, ada):
    with pytest.raises(DeskError, match="stay"):
        move_message_out(ticket.messages.get(), by=ada)


def test_our_own_words_are_not_moved(ticket, ada):
    for message in (
        add_note(ticket, by=ada, body="x"),
        reply_to_ticket(ticket, by=ada, body="Answer"),
    ):
        with pytest.raises(DeskError, match="customer"):
            move_message_out(message, by=ada)


def test_not_to_where_it_stands(ticket, wrong, ada):
    with pytest.raises(DeskError, match="already"):
        move_message_out(wrong, to=ticket, by=ada)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(wrong, who, request):
    with pytest.raises(PermissionDenied):
        move_message_out(wrong, by=request.getfixturevalue(who))


def test_both_tickets_must_be_ones_own_to_work_on(wrong, carla, hosting, ada, linus):
    theirs = open_ticket(customer=carla, by=carla, subject="P", body="x", department=hosting)

    for agent in (ada, linus):
        with pytest.raises(PermissionDenied):
            move_message_out(wrong, to=theirs, by=agent)


def test_what_somebody_merged_away_wrote_becomes_a_ticket_of_who_they_are(
    ticket, filed, ada, carla, mallory, root
):
    merge_people(mallory, into=carla, by=root)

    message = move_message_out(filed, by=ada)

    assert message.ticket.customer == carla
    assert message.kind == Message.Kind.REPLY
