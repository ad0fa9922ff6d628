"""A customer writes at the very moment at which we do something else: nothing is lost."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from tickets import actions
from tickets.lifecycle import Status
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def meanwhile(enter, carla) -> Callable[..., tuple[int, str]]:
    """`meanwhile(act, path, said)`: Carla sends a form while `act` is done and not yet true for
    others; the status of what she gets, and where it leads."""

    def race(act: Callable[[], object], path: str, said: dict[str, str]) -> tuple[int, str]:
        client, answers = enter(carla), []

        def send() -> None:
            try:
                answers.append(client.post(path, said))
            finally:
                connection.close()

        sending = threading.Thread(target=send)
        with transaction.atomic():
            act()
            sending.start()
            time.sleep(0.4)  # it waits for the lock by now
            assert answers == []
        sending.join()
        (answer,) = answers
        return answer.status_code, answer.headers.get("Location", "")

    return race


@pytest.fixture
def other(carla, billing) -> Ticket:
    return actions.open_ticket(customer=carla, by=carla, subject="Ще одне", body="Інше питання.")


def now(ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def said(text: str) -> Message:
    return Message.objects.get(text=text)


def test_an_answer_follows_its_ticket_that_is_being_merged(meanwhile, ticket, other, ada):
    came = meanwhile(
        lambda: actions.merge_tickets(ticket, into=other, by=ada),
        f"/tickets/{ticket.number}/answers/",
        {"body": "Ще немає."},
    )

    assert came == (302, f"/tickets/{other.number}/")
    assert said("Ще немає.").ticket == other
    assert now(ticket).status == Status.MERGED


def test_an_answer_comes_back_with_a_split_that_is_being_undone(meanwhile, ticket, carla, ada):
    more = actions.reply_to_ticket(ticket, by=carla, body="І ще одне питання.")
    new = actions.split_ticket(now(ticket), messages=[more], subject="Ще", by=ada)
    split = new.events.get(kind="split")

    came = meanwhile(
        lambda: actions.undo(split, by=ada),
        f"/tickets/{new.number}/answers/",
        {"body": "Додаю подробиці."},
    )

    assert came == (302, f"/tickets/{ticket.number}/")
    assert said("Додаю подробиці.").ticket == ticket
    assert now(new).status == Status.MERGED


def test_a_split_on_which_the_customer_answered_is_not_undone(ticket, carla, ada):
    more = actions.reply_to_ticket(ticket, by=carla, body="І ще одне питання.")
    new = actions.split_ticket(now(ticket), messages=[more], subject="Ще", by=ada)
    answer = actions.reply_to_ticket(new, by=carla, body="Додаю подробиці.")

    with pytest.raises(actions.ChangedMeanwhile):
        actions.undo(new.events.get(kind="split"), by=ada)

    assert said("Додаю подробиці.").ticket == answer.ticket == new


def test_an_answer_brings_back_what_is_being_solved(meanwhile, ticket, ada):
    came = meanwhile(
        lambda: actions.solve_ticket(ticket, by=ada),
        f"/tickets/{ticket.number}/answers/",
        {"body": "Досі немає."},
    )

    assert came == (302, f"/tickets/{ticket.number}/")
    assert now(ticket).status == Status.OPEN


@pytest.mark.parametrize(("act", "refused"), [("solution", 409), ("reopening", 422)])
def test_a_button_for_what_is_being_merged_is_answered_with_a_sentence(
    meanwhile, ticket, other, ada, act, refused
):
    status, _to = meanwhile(
        lambda: actions.merge_tickets(ticket, into=other, by=ada),
        f"/tickets/{ticket.number}/{act}/",
        {},
    )

    assert status == refused
    assert now(ticket).status == Status.MERGED


def test_a_follow_up_of_what_is_being_merged_stands_where_that_lives(meanwhile, ticket, other, ada):
    for one in (ticket, other):
        actions.close_ticket(now(one), by=ada)
    Ticket.objects.update(closed_at="2024-01-01T00:00Z")

    status, to = meanwhile(
        lambda: actions.merge_tickets(now(ticket), into=now(other), by=ada),
        f"/tickets/{ticket.number}/answers/",
        {"body": "Знову те саме."},
    )

    assert status == 302
    assert to == f"/tickets/{said('Знову те саме.').ticket.number}/"
