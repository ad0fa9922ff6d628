"""A button pressed twice, or once more because no answer came: nothing is there twice."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from mailgateway.models import OutboundEmail
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.models import Event, Rating, Ticket, TicketLink

NEW = "/tickets/new/"
SAID = {"subject": "Не приходить рахунок", "body": "Рахунок за жовтень.", "advised": "seen"}


def at_once(client: Client, *posts: tuple[str, dict[str, str]]) -> list[int]:
    """All of them at the same moment, from one browser; what came of each."""
    together, answers = threading.Barrier(len(posts)), []

    def post(path: str, said: dict[str, str]) -> None:
        own = Client()
        own.cookies = client.cookies
        together.wait()
        answers.append(own.post(path, said).status_code)
        connection.close()

    threads = [threading.Thread(target=post, args=one) for one in posts]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers


def log() -> SimpleUploadedFile:
    return SimpleUploadedFile("mail.log", b"Nov 26 09:00 no answer\n", "text/plain")


def ahead(carla) -> str:
    """The token of the same file, sent before its form."""
    file = IncomingFile("mail.log", b"Nov 26 09:00 no answer\n", "text/plain")
    return str(actions.upload_file(file, by=carla, ticket=None).token)


def test_a_request_sent_again_is_the_same_request(enter, carla, billing):
    client = enter(carla)
    first = client.post(NEW, SAID | {"files": [log()]})

    again = client.post(NEW, SAID | {"files": [log()]})

    assert (again.status_code, again.url) == (302, first.url)
    assert Ticket.objects.count() == 1
    assert OutboundEmail.objects.filter(kind="received").count() == 1


def test_with_a_file_that_came_ahead_it_is_the_same_as_well(enter, carla, billing):
    client, said = enter(carla), SAID | {"uploads": ahead(carla)}
    first = client.post(NEW, said)

    again = client.post(NEW, said)

    assert (again.status_code, again.url) == (302, first.url)
    other = client.post(NEW, said | {"body": "Інший текст."})
    assert other.status_code == 422
    assert "Інший текст.</textarea>" in other.text


@pytest.mark.parametrize("other", [{"subject": "Інше"}, {"body": "Інше"}, {"files": "log"}])
def test_another_request_is_another_one(enter, carla, billing, other):
    client = enter(carla)
    client.post(NEW, SAID)

    client.post(NEW, SAID | ({"files": [log()]} if "files" in other else other))

    assert Ticket.objects.count() == 2


def test_the_same_words_later_are_another_request(enter, carla, billing):
    client = enter(carla)
    client.post(NEW, SAID)

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        client.post(NEW, SAID)

    assert Ticket.objects.count() == 2


def test_several_matters_sent_again_are_the_same(enter, carla, billing):
    client = enter(carla)
    matters = {"parts-TOTAL_FORMS": "2", "parts-INITIAL_FORMS": "2"}
    for number in range(2):
        matters |= {
            f"parts-{number}-subject": f"Справа {number}",
            f"parts-{number}-body": f"Опис {number}",
        }

    assert [client.post(f"{NEW}parts/", matters).status_code for _ in "ab"] == [302, 302]

    assert (Ticket.objects.count(), TicketLink.objects.count()) == (2, 1)


def test_an_answer_sent_again_is_the_same_answer(enter, carla, ticket, ada):
    client, path = enter(carla), f"/tickets/{ticket.number}/answers/"
    said = {"body": "Досі немає.", "uploads": ahead(carla)}

    assert [client.post(path, said).status_code for _ in "ab"] == [302, 302]
    assert ticket.messages.count() == 2

    # It is said anew where something came between.
    actions.reply_to_ticket(ticket, by=ada, body="А тепер?")
    client.post(path, {"body": "Досі немає."})
    actions.solve_ticket(Ticket.objects.get(), by=ada)
    client.post(path, {"body": "Досі немає."})
    assert ticket.messages.count() == 5
    assert Ticket.objects.get().status == Status.OPEN


def test_the_same_answer_later_is_another_answer(enter, carla, ticket):
    client, path = enter(carla), f"/tickets/{ticket.number}/answers/"
    client.post(path, {"body": "Рахунку ще немає."})

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        client.post(path, {"body": "Рахунку ще немає."})

    assert ticket.messages.filter(text="Рахунку ще немає.").count() == 2


def test_a_follow_up_sent_again_is_the_same(enter, carla, ticket, ada):
    actions.solve_ticket(ticket, by=ada)
    actions.close_ticket(Ticket.objects.get(), by=ada)
    path = f"/tickets/{ticket.number}/answers/"

    with time_machine.travel(timezone.now() + timedelta(days=400)):
        client = enter(carla)
        first = client.post(path, {"body": "Знову."})
        again = client.post(path, {"body": "Знову."})

    assert first.url == again.url
    assert Ticket.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_do_it_once(enter, carla, ada, billing):
    client = enter(carla)
    assert at_once(client, (NEW, SAID), (NEW, SAID)) == [302, 302]
    ticket = Ticket.objects.get()
    page = f"/tickets/{ticket.number}/"

    assert at_once(client, *2 * [(f"{page}answers/", {"body": "Досі немає."})]) == [302, 302]
    assert ticket.messages.count() == 2

    assert at_once(client, *2 * [(f"{page}solution/", {})]) == [302, 302]
    assert at_once(client, *2 * [(f"{page}rating/", {"score": "4", "comment": ""})]) == [302, 302]
    assert at_once(client, *2 * [(f"{page}reopening/", {})]) == [302, 302]

    kinds = list(ticket.events.values_list("kind", flat=True))
    once = (Event.Kind.OPENED, Event.Kind.REPLIED, Event.Kind.SOLVED, Event.Kind.RATED)
    assert [kinds.count(kind) for kind in (*once, Event.Kind.REOPENED)] == [1] * 5
    assert Rating.objects.count() == 1
