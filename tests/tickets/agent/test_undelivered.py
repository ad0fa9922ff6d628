"""The controls of a reply that did not arrive."""

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from tickets import actions
from tickets.models import Delivery, Message

CARLA = "carla@customer.example"
State = Delivery.State


@pytest.fixture
def reply(ticket, ada):
    return actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо.")


def said(reply, state, detail="") -> None:
    actions.note_delivery(reply, address=CARLA, state=state, detail=detail)


def page(client, ticket) -> str:
    answer = client.get(reverse("agent:ticket", args=[ticket.pk]))
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    ("state", "resend", "correct"),
    [
        (State.QUEUED, False, False),
        (State.SENT, False, False),
        (State.RETRYING, False, False),
        (State.UNCERTAIN, True, False),
        (State.FAILED, True, True),
        (State.WITHDRAWN, False, False),
    ],
)
def test_they_stand_where_they_help(enter, ada, ticket, reply, state, resend, correct):
    said(reply, state)

    html = page(enter(ada), ticket)

    assert (reverse("agent:resending", args=[ticket.pk, reply.pk]) in html) is resend
    assert (reverse("agent:correction", args=[ticket.pk, reply.pk]) in html) is correct


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("550 5.1.1 <carla> unknown", "There is no such address."),
        ("452 4.2.2 over quota", "The mailbox there is full."),
        ("552 no room", "The letter is too large."),
        ("554 5.7.1 spam", "does not want this letter."),
        ("451 4.7.1 greylisted", "asks us to come again later."),
        ("550 go away", ""),
    ],
)
def test_the_servers_words_stand_beside_their_meaning(enter, ada, ticket, reply, words, sentence):
    said(reply, State.FAILED, words)

    html = page(enter(ada), ticket)

    assert sentence in html
    assert f"<q>{words.replace('<', '&lt;').replace('>', '&gt;')}</q>" in html


def test_once_more(enter, ada, ticket, reply):
    said(reply, State.FAILED)

    answer = enter(ada).post(reverse("agent:resending", args=[ticket.pk, reply.pk]), follow=True)

    assert f"It goes once more to {CARLA}." in answer.content.decode()
    assert reply.deliveries.get().state == State.QUEUED


def test_nobody_to_send_it_to_is_a_sentence(enter, ada, ticket, reply):
    answer = enter(ada).post(reverse("agent:resending", args=[ticket.pk, reply.pk]), follow=True)

    assert "There is nobody to send this reply to once more." in answer.content.decode()


def test_corrected(enter, ada, ticket, reply):
    said(reply, State.FAILED)
    client, url = enter(ada), reverse("agent:correction", args=[ticket.pk, reply.pk])
    assert "Надсилаємо." in client.get(url).content.decode()

    client.post(url, {"address": "New@Customer.example", "body": "Надсилаємо сюди."})

    new = Message.objects.latest("id")
    assert new.text == "Надсилаємо сюди."
    assert new.ticket.customer.email == "new@customer.example"
    html = page(client, ticket)
    assert f'href="#message-{new.pk}">Replaced by a corrected reply' in html


def test_nothing_typed_is_said(enter, ada, ticket, reply):
    said(reply, State.FAILED)
    url = reverse("agent:correction", args=[ticket.pk, reply.pk])

    answer = enter(ada).post(url, {"address": "nowhere", "body": ""})

    assert answer.status_code == 422
    assert Message.objects.latest("id") == reply


def test_another_address_of_the_same_customer_is_the_main_one_from_then_on(
    enter, ada, ticket, reply, carla
):
    EmailAddress.objects.create(user=carla, email="carla@home.example", verified=True)
    said(reply, State.FAILED)

    enter(ada).post(
        reverse("agent:correction", args=[ticket.pk, reply.pk]),
        {"address": "Carla@home.example", "body": "Надсилаємо."},
    )

    carla.refresh_from_db()
    assert carla.email == "carla@home.example"
    assert ticket.messages.latest("pk").replaces.get() == reply
