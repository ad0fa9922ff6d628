"""More than a person writes in an hour: refused with a sentence, and the text stays."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from departments.models import ApiToken, DeskSettings
from tickets import actions
from tickets.models import Message, Ticket

NEW = "/tickets/new/"
SENTENCE = "тож зараз ми більше не приймаємо"


@pytest.fixture(autouse=True)
def limit(db):
    DeskSettings(messages_per_hour=3).save()


def write(client, number):
    said = {"subject": f"Рахунок {number}", "body": "Довгий опис", "advised": "yes"}
    return client.post(NEW, said)


def test_a_script_that_posts_tickets_is_stopped_and_the_text_stays(enter, carla, billing):
    client = enter(carla)
    answers = [write(client, number) for number in range(10)]

    assert [one.status_code for one in answers] == [302] * 3 + [429] * 7
    assert Ticket.objects.count() == 3
    assert SENTENCE in answers[-1].text
    assert 'value="Рахунок 9"' in answers[-1].text
    assert "Довгий опис" in answers[-1].text
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert write(client, 11).status_code == 302


def test_answers_count_as_well_and_their_text_stays(enter, carla, ticket):
    client, page = enter(carla), f"/tickets/{ticket.number}/"
    answers = [client.post(f"{page}answers/", {"body": f"Ще {n}"}) for n in range(4)]

    assert [one.status_code for one in answers] == [302, 302, 429, 429]
    assert SENTENCE in answers[-1].text
    assert "Ще 3</textarea>" in answers[-1].text


def test_several_matters_at_once_are_all_sent_or_none(enter, carla, ticket):
    matters = {
        "parts-TOTAL_FORMS": "3",
        "parts-INITIAL_FORMS": "3",
        **{f"parts-{n}-subject": f"Справа {n}" for n in range(3)},
        **{f"parts-{n}-body": "Опис" for n in range(3)},
    }

    answer = enter(carla).post(f"{NEW}parts/", matters)

    assert answer.status_code == 429
    assert SENTENCE in answer.text
    assert 'value="Справа 2"' in answer.text
    assert Ticket.objects.count() == 1


def test_programs_share_the_limit_and_are_told(carla, ticket):
    _token, secret = ApiToken.issue(carla, "test")
    said = {"subject": "x", "text": "x"}
    answers = [
        Client().post(
            "/api/v1/tickets",
            said,
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
        for _n in range(3)
    ]

    assert [one.status_code for one in answers] == [201, 201, 429]
    assert "we take no more just now" in answers[-1].json()["detail"]


def test_agents_letters_and_other_customers_are_not_counted(ticket, carla, mallory, ada):
    for number in range(4):
        actions.reply_to_ticket(ticket, by=ada, body=f"{number}")
        actions.reply_to_ticket(ticket, by=carla, body=f"{number}", channel="mail")
    actions.open_ticket(customer=mallory, by=mallory, subject="x", body="x")
    actions.reply_to_ticket(ticket, by=carla, body="In the portal")

    assert Message.objects.filter(author=carla).count() == 6


def test_no_limit_is_none(ticket, carla):
    DeskSettings(messages_per_hour=0).save()
    for number in range(5):
        actions.reply_to_ticket(ticket, by=carla, body=f"{number}")
