"""A reply that reached nobody is corrected and sent again."""

import pytest
from django.core.exceptions import PermissionDenied

from mailgateway.models import OutboundEmail
from tickets.actions import (
    NothingToResend,
    correct_and_resend,
    follow_ticket,
    note_delivery,
    reply_to_ticket,
    take_back_reply,
)
from tickets.attachments import IncomingFile
from tickets.models import Delivery, Event, Message

CARLA = "carla@customer.example"
State = Delivery.State


@pytest.fixture
def reply(ticket, ada):
    """Ada's answer, which Carla's server refused."""
    message = reply_to_ticket(
        ticket, by=ada, body="Надсилаємо.", files=[IncomingFile("7.txt", b"7", "text/plain")]
    )
    note_delivery(message, address=CARLA, state=State.FAILED, detail="550 spam")
    return message


def test_the_new_text_goes_and_the_old_one_is_kept_as_replaced(reply, ticket, grace, carla):
    new = correct_and_resend(reply, by=grace, body="Надсилаємо інакше.")

    reply.refresh_from_db()
    ticket.refresh_from_db()
    assert (reply.replaced_by, new.text, new.author) == (new, "Надсилаємо інакше.", grace)
    assert [one.name for one in new.attachments.all()] == ["7.txt"]
    assert OutboundEmail.objects.get(message=new, kind="replied").recipient == CARLA
    assert ticket.first_answered_at == new.created_at
    event = ticket.events.get(kind=Event.Kind.CORRECTED)
    assert (event.actor, event.message, event.details) == (grace, new, {})
    assert set(Message.objects.readable_by(carla).filter(author=grace)) == {new}
    assert reply not in Message.objects.readable_by(carla)
    assert reply in Message.objects.kept()


def test_with_another_address_the_ticket_goes_on_with_the_person_there(
    reply, ticket, ada, carla, mallory
):
    new = correct_and_resend(reply, by=ada, body="Надсилаємо.", to=mallory)

    ticket.refresh_from_db()
    assert ticket.customer == mallory
    assert OutboundEmail.objects.get(message=new).recipient == mallory.email
    assert ticket.events.get(kind=Event.Kind.CORRECTED).details == {
        "before": carla.email,
        "after": mallory.email,
    }
    assert new not in Message.objects.readable_by(carla)


def test_once_somebody_has_it_it_can_no_longer_be_corrected(reply, ticket, ada, mallory):
    note_delivery(reply, address=mallory.email, state=State.SENT)

    with pytest.raises(NothingToResend):
        correct_and_resend(reply, by=ada, body="Інакше.")


def test_what_is_uncertain_cannot_be_corrected(reply, ada):
    note_delivery(reply, address=CARLA, state=State.UNCERTAIN)

    with pytest.raises(NothingToResend):
        correct_and_resend(reply, by=ada, body="Інакше.")


def test_twice_pressed_it_goes_once(reply, ada):
    correct_and_resend(reply, by=ada, body="Інакше.")

    with pytest.raises(NothingToResend):
        correct_and_resend(reply, by=ada, body="Інакше.")


def test_taken_back_the_old_one_stands_again(settings, reply, ada):
    settings.DESK_UNDO_SECONDS = 10
    new = correct_and_resend(reply, by=ada, body="Інакше.")

    take_back_reply(new, by=ada)

    reply.refresh_from_db()
    assert (reply.replaced_by, reply.withdrawn_at) == (None, None)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_only_who_works_on_the_ticket_may(reply, who, request):
    with pytest.raises(PermissionDenied):
        correct_and_resend(reply, by=request.getfixturevalue(who), body="Інакше.")


def test_people_in_copy_get_it_as_well(reply, ticket, ada, mallory):
    follow_ticket(ticket, who=mallory, by=ada, in_copy=True)

    new = correct_and_resend(reply, by=ada, body="Інакше.")

    assert OutboundEmail.objects.get(message=new).copies == [mallory.email]
