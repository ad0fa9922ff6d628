"""Writing something that only we see."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import NothingSaid, add_note, save_draft
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.models import Draft, Event, Message


def test_a_note_moves_nothing_and_leaves_one_line(ticket, ada):
    note = add_note(ticket, by=ada, body="Договір 4711 переоформлено.")

    ticket.refresh_from_db()
    assert ticket.status == Status.NEW
    assert ticket.assignee is None
    assert ticket.events.get(kind=Event.Kind.NOTED).message == note
    assert note.kind == Message.Kind.NOTE


def test_the_customer_cannot_read_it(ticket, ada, carla):
    note = add_note(ticket, by=ada, body="Only for us")

    assert note not in Message.objects.readable_by(carla)
    assert note not in Message.objects.public()
    assert note in Message.objects.readable_by(ada)


def test_a_file_shows_on_the_ticket(ticket, ada):
    add_note(ticket, by=ada, body="", files=[IncomingFile("log.txt", b"ping")])

    ticket.refresh_from_db()
    assert ticket.has_files


def test_the_draft_of_a_note_is_used_up_and_that_of_a_reply_stays(ticket, ada):
    for kind in (Message.Kind.REPLY, Message.Kind.NOTE):
        save_draft(ticket, by=ada, kind=kind, text="half a sentence")

    add_note(ticket, by=ada, body="a whole sentence")

    assert [one.kind for one in Draft.objects.all()] == [Message.Kind.REPLY]


def test_an_empty_note_is_refused(ticket, ada):
    with pytest.raises(NothingSaid):
        add_note(ticket, by=ada, body=" ")


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_only_agents_of_the_department_write_notes(ticket, who, request):
    with pytest.raises(PermissionDenied):
        add_note(ticket, by=request.getfixturevalue(who), body="Hello")

    assert not ticket.messages.filter(kind=Message.Kind.NOTE).exists()
