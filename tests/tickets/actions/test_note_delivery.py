"""The mail gateway reports what became of a letter."""

import pytest

from tickets.actions import note_delivery, reply_to_ticket
from tickets.models import Delivery, Event, Notification


@pytest.fixture
def answer(ticket, ada):
    message = reply_to_ticket(ticket, by=ada, body="Here it is.")
    Delivery.objects.all().delete()
    return message


def test_one_row_an_address_whatever_its_case(answer):
    note_delivery(answer, address="Carla@customer.example", state=Delivery.State.RETRYING)
    note_delivery(answer, address="carla@customer.example", state=Delivery.State.SENT)

    assert answer.deliveries.get().state == Delivery.State.SENT
    assert not answer.events.filter(kind=Event.Kind.UNDELIVERED).exists()


def test_a_failure_is_history_and_its_author_hears(answer, ada):
    note_delivery(
        answer, address="carla@customer.example", state="failed", detail="550 no such user"
    )

    event = answer.events.get(kind=Event.Kind.UNDELIVERED)
    assert event.actor is None
    assert event.details["detail"] == "550 no such user"
    assert Notification.objects.filter(user=ada, event=event).exists()


def test_a_long_answer_of_a_server_is_cut(answer):
    note_delivery(answer, address="carla@customer.example", state="failed", detail="x" * 900)

    assert len(answer.deliveries.get().detail) == 500
