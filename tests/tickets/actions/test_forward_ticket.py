"""Asking a third party about a ticket."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.actions import welcome_customer
from helpdesk.lib.errors import DeskError
from tickets import actions
from tickets.actions import forward_ticket
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.models import Draft, Event, Message, SideConversation


@pytest.fixture
def printer(db):
    """A print shop that knows nothing of the desk."""
    return welcome_customer("print@shop.example")


def test_it_begins_a_side_conversation_and_moves_nothing(ticket, ada, printer):
    message = forward_ticket(ticket, by=ada, to=[printer], body="Can you print it?")

    side = SideConversation.objects.get()
    ticket.refresh_from_db()
    assert (side.ticket, side.subject, side.opened_by) == (ticket, f"Fwd: {ticket.subject}", ada)
    assert side.addresses == ["print@shop.example"]
    assert (message.kind, message.side, message.author) == ("side", side, ada)
    assert (ticket.status, ticket.assignee) == (Status.NEW, None)
    event = ticket.events.get(kind=Event.Kind.FORWARDED)
    assert (event.message, event.details) == (message, {"addresses": ["print@shop.example"]})


@pytest.mark.parametrize(
    ("language", "head"), [("uk", "Від: Carla"), ("ru", "От: Carla"), ("de", "Von: Carla")]
)
def test_what_is_passed_on_has_its_head_in_the_readers_language(
    ticket, ada, carla, printer, language, head
):
    asked = actions.reply_to_ticket(ticket, by=carla, body="Ось плакат")
    printer.language = language
    printer.save()

    message = forward_ticket(ticket, by=ada, to=[printer], body="+", messages=[asked])

    assert head in message.quoted_text


def test_chosen_messages_are_quoted_with_their_files(ticket, ada, carla, printer):
    asked = actions.reply_to_ticket(
        ticket, by=carla, body="Ось плакат", files=[IncomingFile("plakat.pdf", b"%PDF-1.4")]
    )

    message = forward_ticket(
        ticket,
        by=ada,
        to=[printer],
        body="Please",
        messages=[asked],
        files=[IncomingFile("order.txt", b"A2")],
    )

    assert message.text == "Please"
    assert "Ось плакат" in message.quoted_text
    assert "Carla Bondar" in message.quoted_text
    assert carla.email not in message.quoted_text
    assert [one.name for one in message.attachments.all()] == ["plakat.pdf", "order.txt"]


def test_a_note_cannot_be_passed_on(ticket, ada, printer):
    note = actions.add_note(ticket, by=ada, body="She pays late")

    with pytest.raises(DeskError, match="Only what the customer may read"):
        forward_ticket(ticket, by=ada, to=[printer], messages=[note])


def test_a_message_of_another_ticket_cannot_be_passed_on(ticket, ada, carla, printer):
    other = actions.open_ticket(customer=carla, by=carla, subject="Other", body="Other")

    with pytest.raises(DeskError, match="Only what the customer may read"):
        forward_ticket(ticket, by=ada, to=[printer], messages=[other.messages.get()])


def test_the_customers_side_never_sees_it(ticket, ada, carla, printer):
    message = forward_ticket(ticket, by=ada, to=[printer], body="Can you print it?")

    assert message not in Message.objects.readable_by(carla)
    assert message not in Message.objects.readable_by(printer)
    assert message not in Message.objects.public()
    assert message in Message.objects.readable_by(ada)
    ticket.refresh_from_db()
    assert "print" not in ticket.preview


def test_those_who_take_part_already_are_no_third_parties(ticket, ada, grace, carla, bo):
    for person, why in [(grace, "write a note"), (carla, "answer instead"), (bo, "switched off")]:
        with pytest.raises(DeskError, match=why):
            forward_ticket(ticket, by=ada, to=[person], body="Hello")
    with pytest.raises(DeskError, match="Say to whom"):
        forward_ticket(ticket, by=ada, to=[], body="Hello")

    assert not SideConversation.objects.exists()


def test_its_draft_is_used_up(ticket, ada, printer):
    for kind in (Message.Kind.REPLY, Message.Kind.SIDE):
        actions.save_draft(ticket, by=ada, kind=kind, text="half a sentence")

    forward_ticket(ticket, by=ada, to=[printer], body="A whole one")

    assert [one.kind for one in Draft.objects.all()] == [Message.Kind.REPLY]


def test_it_can_be_taken_back_for_some_seconds(ticket, ada, printer, settings):
    settings.DESK_UNDO_SECONDS = 30
    message = forward_ticket(ticket, by=ada, to=[printer], body="Too quick")

    actions.take_back_reply(message, by=ada)

    message.refresh_from_db()
    assert message.withdrawn_at is not None
    assert (Draft.objects.get().kind, Draft.objects.get().text) == ("side", "Too quick")


def test_neither_splitting_nor_correcting_brings_it_to_the_customer(ticket, ada, printer):
    message = forward_ticket(ticket, by=ada, to=[printer], body="Can you print it?")
    actions.note_delivery(message, address=printer.email, state="failed", detail="550")

    with pytest.raises(DeskError, match="stays on its ticket"):
        actions.split_ticket(ticket, messages=[message], subject="Print", by=ada)
    with pytest.raises(actions.NothingToResend):
        actions.correct_and_resend(message, by=ada, body="Once more")


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_only_agents_of_the_department_forward_it(ticket, who, printer, request):
    with pytest.raises(PermissionDenied):
        forward_ticket(ticket, by=request.getfixturevalue(who), to=[printer], body="Hello")
