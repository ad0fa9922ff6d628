"""A letter is read once more, and its message says what was read now."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from tests.tickets.test_attachments import picture
from tickets import search
from tickets.actions import BY_HAND, add_note, open_ticket, reply_to_ticket, reread_message
from tickets.attachments import IncomingFile
from tickets.models import Body, Event, Ticket

GARBLED = Body("äÏÂÒÉÊ ÄÅÎØ", "<p>äÏÂÒÉÊ ÄÅÎØ</p>", reading={"charset": "windows-1252"})
RIGHT = Body("Добрий день", "<p>Добрий день</p>", reading={"charset": "koi8-u"})


@pytest.fixture
def garbled(billing, carla) -> Ticket:
    return open_ticket(
        customer=carla, by=carla, subject="òÁÈÕÎÏË", body=GARBLED, channel=Ticket.Channel.MAIL
    )


def test_the_words_are_replaced_and_found(garbled, ada):
    message = garbled.messages.get()

    assert reread_message(message, body=RIGHT, subject="Рахунок", by=ada)

    message.refresh_from_db()
    garbled.refresh_from_db()
    assert (message.text, message.html) == (RIGHT.text, RIGHT.html)
    assert (garbled.subject, garbled.preview) == ("Рахунок", "Добрий день")
    mine = Ticket.objects.workable_by(ada)
    assert garbled in search.find("добрий рахунок", mine, by=ada)
    assert garbled not in search.find("ÄÅÎØ", mine, by=ada)


def test_the_history_says_from_which_charset_to_which(garbled, ada):
    reread_message(garbled.messages.get(), body=RIGHT, by=ada)

    event = garbled.events.get(kind=Event.Kind.REREAD)
    assert event.actor == ada
    assert event.details == {"charset_before": "windows-1252", "charset": "koi8-u"}


def test_reading_it_as_before_undoes_it(garbled, ada):
    message = garbled.messages.get()
    reread_message(message, body=RIGHT, subject="Рахунок", by=ada)

    reread_message(message, body=GARBLED, subject="òÁÈÕÎÏË", by=ada)

    message.refresh_from_db()
    garbled.refresh_from_db()
    assert (message.text, garbled.subject) == (GARBLED.text, "òÁÈÕÎÏË")


def test_the_same_reading_says_nothing(garbled, ada):
    assert not reread_message(garbled.messages.get(), body=GARBLED, subject=garbled.subject, by=ada)
    assert not garbled.events.filter(kind=Event.Kind.REREAD).exists()


def test_pictures_in_the_text_stay_where_they_lie(billing, carla, ada):
    shown = IncomingFile("seal.png", picture(), "image/png", "seal@customer", inline=True)
    html = '<p>Печатка <img src="cid:seal@customer"></p>'
    ticket = open_ticket(
        customer=carla,
        by=carla,
        subject="Печатка",
        body=Body("ðÅÞÁÔËÁ", html.replace("Печатка", "ðÅÞÁÔËÁ")),
        files=[shown],
        channel=Ticket.Channel.MAIL,
    )
    message = ticket.messages.get()

    reread_message(message, body=Body("Печатка", html), by=ada)

    message.refresh_from_db()
    assert f'src="{message.attachments.get().get_absolute_url()}"' in message.html


def test_what_was_typed_here_cannot_be_read_again(ticket, ada):
    note = add_note(ticket, by=ada, body="Typed")

    with pytest.raises(DeskError):
        reread_message(note, body=RIGHT, by=ada)


def test_what_somebody_wrote_down_by_hand_is_left_alone(billing, carla, ada):
    ticket = open_ticket(
        customer=carla,
        by=carla,
        subject="By hand",
        body="By hand",
        channel=Ticket.Channel.MAIL,
        why=BY_HAND,
    )

    with pytest.raises(DeskError):
        reread_message(ticket.messages.get(), body=RIGHT, by=ada)


def test_only_those_who_work_on_the_ticket_may(garbled, linus, carla):
    for somebody in (linus, carla):
        with pytest.raises(PermissionDenied):
            reread_message(garbled.messages.get(), body=RIGHT, by=somebody)


def test_what_was_found_out_besides_stays(ticket, carla, ada):
    first = Body("Äîáðèé", "<p>Äîáðèé</p>", reading={"subject": "Domain", "charset": "x"})
    message = reply_to_ticket(ticket, by=carla, body=first, channel="mail", why="our_id")

    reread_message(message, body=Body("Добрий", "<p>Добрий</p>", reading={"charset": "y"}), by=ada)

    message.refresh_from_db()
    assert message.reading == {"subject": "Domain", "charset": "y"}


def test_what_an_agent_passed_on_is_not_read_with_the_words_above_it(ticket, carla, ada):
    inner = Body("Help", "<p>Help</p>", reading={"forwarded_by": "Ada"})
    message = reply_to_ticket(ticket, by=carla, body=inner, channel="mail", why="forwarded")

    with pytest.raises(DeskError, match="part of the letter"):
        reread_message(message, body=Body.plain("Ugh, she again.\n\nHelp"), by=ada)
