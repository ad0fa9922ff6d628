"""What the composer asks before a reply leaves, to whom it goes, and when."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from departments.actions import welcome_customer
from mailgateway.models import OutboundEmail
from tickets import actions
from tickets.agent.moments import presets
from tickets.lifecycle import Status
from tickets.models import Draft, Event, Message

SECRET = "Вона вже тричі не платила вчасно, тому без передоплати нічого не робимо"


@pytest.fixture
def send(ticket, ada, enter):
    client = enter(ada)

    def post(body="Yes", **typed):
        url = reverse("agent:replies", args=[ticket.number])
        return client.post(url, {"body": body, **typed})

    return post


def page(ticket):
    return reverse("agent:ticket", args=[ticket.number])


def text_of(response):
    return " ".join(response.content.decode().split())


def test_a_sentence_of_a_note_is_asked_about_once(ticket, ada, send):
    actions.add_note(ticket, by=ada, body=f"Увага.\n{SECRET}!")

    stopped = send(f"Добрий день! {SECRET.upper()}. До побачення.")

    assert stopped.status_code == 422
    assert f"This stands in what only we see: “{SECRET.upper()}”" in text_of(stopped)
    assert send(f"Добрий день! {SECRET}.", anyway="1").status_code == 302


def test_a_sentence_of_a_side_conversation_is_asked_about_as_well(ticket, ada, send):
    printer = welcome_customer("print@shop.example")
    side = actions.forward_ticket(ticket, by=ada, to=[printer], body="Can you?").side
    actions.hear_aside(side, author=printer, body=SECRET)

    assert send(f"{SECRET}.").status_code == 422


def test_what_the_customer_has_read_may_be_repeated(ticket, ada, carla, send):
    actions.reply_to_ticket(ticket, by=carla, body=SECRET)
    actions.add_note(ticket, by=ada, body=SECRET)

    assert send(SECRET).status_code == 302


def test_short_sentences_are_anybodys(ticket, ada, send):
    actions.add_note(ticket, by=ada, body="Дякуємо за ваш лист. Так.")

    assert send("Дякуємо за ваш лист. Так.").status_code == 302


def test_everybody_in_copy_gets_it_unless_they_are_left_out(ticket, ada, enter, send):
    olha, petro = (welcome_customer(f"{name}@customer.example") for name in ("olha", "petro"))
    for person in (olha, petro):
        actions.follow_ticket(ticket, who=person, by=ada, in_copy=True)
    shown = text_of(enter(ada).get(page(ticket)))
    assert "carla@customer.example<span data-copied-to>, olha@customer.example, petro@" in shown

    send("Yes", chosen="1", copies=[petro.pk])

    event = ticket.events.get(kind=Event.Kind.REPLIED)
    assert event.details["without"] == ["olha@customer.example"]
    letter = OutboundEmail.objects.get(message=event.message_id)
    assert letter.addresses == ["carla@customer.example", "petro@customer.example"]
    assert {one.user for one in ticket.followers.filter(in_copy=True)} == {olha, petro}


def test_a_refused_form_keeps_who_is_left_out(ticket, ada, send):
    olha = welcome_customer("olha@customer.example")
    actions.follow_ticket(ticket, who=olha, by=ada, in_copy=True)

    back = text_of(send("", chosen="1", add="petro@customer.example"))

    assert 'data-copy-to="olha@customer.example">' in back
    assert 'value="petro@customer.example"' in back


def test_an_address_that_is_added_takes_part_from_now_on(ticket, send):
    send("Yes", chosen="1", add="Petro@customer.example")

    assert ticket.followers.get(in_copy=True).user.email == "petro@customer.example"


def test_it_is_sent_and_rests_until_a_time(ticket, send):
    until = timezone.localtime() + timedelta(days=3)

    send("We wait for the bank.", until_preset=until.strftime("%Y-%m-%dT%H:%M"))

    ticket.refresh_from_db()
    assert ticket.status == Status.ON_HOLD
    assert abs(ticket.hold_until - until) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"then": "on_hold"}, "Say until when the ticket is to rest."),
        ({"until": "2020-01-01T09:00"}, "Choose a time that is still to come."),
        ({"send_at": "2020-01-01T09:00"}, "Choose a time that is still to come, within a year."),
    ],
)
def test_a_time_that_cannot_be_is_said(ticket, send, typed, said):
    stopped = send("Yes", **typed)

    assert stopped.status_code == 422
    assert said in text_of(stopped)
    assert ticket.messages.count() == 1


def test_it_leaves_later_and_can_be_called_off(ticket, ada, enter, send):
    later = timezone.localtime() + timedelta(days=2)
    send("On Monday.", send_at=later.strftime("%Y-%m-%dT%H:%M"), then="solved")
    message = Message.objects.get(kind="later")
    client = enter(ada)
    assert "until then only we see it" in text_of(client.get(page(ticket)))

    url = reverse("agent:cancellation", args=[ticket.number, message.pk])
    back = client.post(url, follow=True)

    assert "It does not leave." in text_of(back)
    assert "On Monday.</textarea>" in back.content.decode()
    assert Draft.objects.get().text == "On Monday."


def test_it_is_sent_earlier(ticket, ada, enter, send):
    later = timezone.localtime() + timedelta(days=2)
    send("On Monday.", send_at=later.strftime("%Y-%m-%dT%H:%M"), then="solved")
    message = Message.objects.get(kind="later")

    enter(ada).post(reverse("agent:departure", args=[ticket.number, message.pk]))

    message.refresh_from_db()
    ticket.refresh_from_db()
    assert (message.kind, ticket.status) == ("reply", Status.SOLVED)


@pytest.mark.parametrize(
    ("day", "values"),
    [
        ("2026-11-26", ["2026-11-27T09:00", "2026-11-30T09:00"]),
        ("2026-11-29", ["2026-11-30T09:00"]),
        ("2026-11-30", ["2026-12-01T09:00", "2026-12-07T09:00"]),
    ],
)
def test_tomorrow_and_monday_are_one_click_away(day, values):
    with time_machine.travel(f"{day}T12:00:00+00:00"):
        assert [value for _name, value in presets()] == values
