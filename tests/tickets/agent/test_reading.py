"""A ticket on paper, a message quoted, the time that was spent."""

import pytest
from django.urls import reverse

from helpdesk.lib import html
from helpdesk.templatetags.ui import time_spent
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.models import Body, Message


def page(ticket, name="ticket", *args):
    return reverse(f"agent:{name}", args=[ticket.number, *args])


@pytest.fixture
def browser(ada, enter):
    return enter(ada)


def test_it_prints_as_correspondence_and_whole(ticket, ada, carla, browser):
    for number in range(20):
        actions.reply_to_ticket(ticket, by=carla, body=f"Letter {number}")
    message = actions.reply_to_ticket(
        ticket, by=ada, body="Here it is", files=[IncomingFile("invoice.pdf", b"%PDF-1.4")]
    )
    actions.note_delivery(message, address="carla@customer.example", state="sent")

    text = browser.get(page(ticket, "print")).content.decode()

    assert text.count("<article") == 22
    assert "Carla Bondar &lt;carla@customer.example&gt;" in text
    assert "<dd>carla@customer.example</dd>" in text
    assert "invoice.pdf" in text
    assert "<form" not in text


def test_notes_are_printed_only_if_wanted(ticket, ada, browser):
    actions.add_note(ticket, by=ada, body="She is cross")

    assert "She is cross" not in browser.get(page(ticket, "print")).content.decode()
    assert "She is cross" in browser.get(page(ticket, "print"), {"notes": "1"}).content.decode()


def test_a_letter_keeps_its_look_on_paper_and_loads_nothing(ticket, carla, browser):
    foreign = html.clean('<p style="color:red">Hi</p><img src="https://spy.example/p.png">')
    actions.reply_to_ticket(ticket, by=carla, body=Body(text="Hi", html=foreign), channel="mail")

    answer = browser.get(page(ticket, "print"))

    assert "color:red" in answer.content.decode()
    assert ' src="https://spy.example' not in answer.content.decode()
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'" in policy


def test_a_message_is_quoted_below_what_was_typed(ticket, ada, carla, browser):
    actions.save_draft(ticket, by=ada, kind=Message.Kind.REPLY, text="Typed already")
    message = actions.reply_to_ticket(ticket, by=carla, body="One <b>\nTwo")

    text = browser.get(page(ticket), {"quote": message.pk}).content.decode()

    assert "Typed already\n\n&gt; One &lt;b&gt;\n&gt; Two" in text
    part = browser.get(page(ticket, "quotation", message.pk)).content.decode()
    assert part.startswith("<blockquote><p>One &lt;b&gt;<br>Two</p></blockquote>")
    plain = browser.get(page(ticket, "quotation", message.pk), {"plain": "1"})
    assert plain.content.decode() == "> One <b>\n> Two\n\n"


def test_a_note_is_not_quoted_into_what_leaves_the_house(ticket, ada, browser):
    note = actions.add_note(ticket, by=ada, body="She is cross")

    assert browser.get(page(ticket, "quotation", note.pk)).status_code == 404
    text = browser.get(page(ticket), {"quote": note.pk}).content.decode()
    assert "&gt; She is cross" not in text
    assert f"?quote={note.pk}#reply" not in text


def test_messages_of_other_tickets_are_not_quoted(ticket, mallory, browser):
    theirs = actions.open_ticket(customer=mallory, by=mallory, subject="x", body="Secret")
    other = theirs.messages.get()

    assert browser.get(page(ticket, "quotation", other.pk)).status_code == 404
    assert "Secret" not in browser.get(page(ticket), {"quote": other.pk}).content.decode()


def test_the_time_spent_is_summed_up(ticket, ada, browser):
    assert "Time spent" not in browser.get(page(ticket)).content.decode()
    actions.add_note(ticket, by=ada, body="Called her")
    actions.add_note(ticket, by=ada, body="Called again")
    ticket.messages.filter(kind="note").update(minutes_spent=40)

    assert "Time spent: 1 h 20 min" in browser.get(page(ticket)).content.decode()


@pytest.mark.parametrize(
    ("minutes", "words"), [(1, "1 min"), (59, "59 min"), (60, "1 h"), (125, "2 h 5 min")]
)
def test_minutes_are_told_as_people_say_them(minutes, words):
    assert time_spent(minutes) == words
