"""A reply that did not arrive goes once more."""

import pytest
from django.core.exceptions import PermissionDenied

from mailgateway.models import OutboundEmail
from tickets.actions import NothingToResend, note_delivery, reply_to_ticket, resend_reply
from tickets.models import Delivery, Event

CARLA = "carla@customer.example"
State = Delivery.State


@pytest.fixture
def reply(ticket, ada):
    return reply_to_ticket(ticket, by=ada, body="Надсилаємо.")


def bounce(reply, state=State.FAILED) -> None:
    """The letter left, and its server said this of it later."""
    OutboundEmail.objects.filter(message=reply).update(
        state=OutboundEmail.State.SENT, answers={CARLA: ""}, next_try_at=None, tries=1
    )
    note_delivery(reply, address=CARLA, state=state, detail="550 5.1.1 nobody")


@pytest.mark.parametrize("state", [State.FAILED, State.UNCERTAIN])
def test_it_is_in_the_tray_again_and_the_history_says_who_did_it(reply, ticket, grace, state):
    bounce(reply, state)

    assert resend_reply(reply, by=grace) == [CARLA]

    row = OutboundEmail.objects.get(message=reply)
    assert (row.state, row.open_addresses) == (OutboundEmail.State.QUEUED, [CARLA])
    assert reply.deliveries.get().state == State.QUEUED
    event = ticket.events.get(kind=Event.Kind.RESENT)
    assert (event.actor, event.details) == (grace, {"addresses": [CARLA]})


@pytest.mark.parametrize("state", [State.QUEUED, State.SENT, State.RETRYING, State.WITHDRAWN])
def test_what_is_on_its_way_or_there_is_not_sent_once_more(reply, ada, state):
    note_delivery(reply, address=CARLA, state=state)

    with pytest.raises(NothingToResend):
        resend_reply(reply, by=ada)


def test_twice_pressed_it_goes_once(reply, ada):
    bounce(reply)
    resend_reply(reply, by=ada)

    with pytest.raises(NothingToResend):
        resend_reply(reply, by=ada)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_only_who_works_on_the_ticket_may(reply, who, request):
    bounce(reply)

    with pytest.raises(PermissionDenied):
        resend_reply(reply, by=request.getfixturevalue(who))
