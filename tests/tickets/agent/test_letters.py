"""On the page of a ticket: why a letter stands there, and what to do if it should not."""

import pytest
from django.urls import reverse

from tickets import actions
from tickets.models import Body, Follower, Message


def page(ticket, name="ticket", *args):
    return reverse(f"agent:{name}", args=[ticket.number, *args])


@pytest.fixture
def wrong(ticket, carla):
    body = Body(
        "My domain?", "<p>My domain?</p>", reading={"subject": "Domain", "charset": "utf-8"}
    )
    return actions.reply_to_ticket(
        ticket, by=carla, body=body, channel="mail", why="our_id", warning="new_subject"
    )


@pytest.fixture
def filed(ticket, mallory):
    return actions.file_letter(
        ticket, author=mallory, body="Me too.", why="reference", warning="stranger"
    )


def test_every_letter_says_why_it_is_here(ticket, wrong, filed, ada, enter):
    wrong.reading |= {"copies": ["olha@customer.example"]}
    wrong.save()

    text = enter(ada).get(page(ticket)).content.decode()

    assert "it answers a letter of this ticket" in text
    assert "The subject has changed: “Domain”" in text
    assert "Also sent to olha@customer.example" in text
    assert "it names an earlier letter of this ticket" in text
    assert "check before you trust it" in text
    assert text.count("Not this ticket") == 2


def test_what_opened_the_ticket_or_we_wrote_offers_no_way_out(ticket, ada, enter):
    actions.reply_to_ticket(ticket, by=ada, body="Answer")
    actions.add_note(ticket, by=ada, body="Note")

    text = enter(ada).get(page(ticket)).content.decode()

    assert "Not this ticket" not in text


def test_a_stranger_is_let_in_with_one_click_and_put_out_with_another(
    ticket, filed, ada, carla, enter
):
    browser = enter(ada)

    answer = browser.post(page(ticket, "admission", filed.pk), follow=True)

    assert filed in Message.objects.readable_by(carla)
    assert "Ada Kovalenko let Mallory take part" in answer.content.decode()
    event = ticket.events.get(kind="admitted")
    assert page(ticket, "undoing", event.pk) in answer.content.decode()

    again = browser.post(page(ticket, "undoing", event.pk), follow=True).content.decode()

    assert filed not in Message.objects.readable_by(carla)
    assert not Follower.objects.exists()
    assert page(ticket, "undoing", event.pk) not in again


def test_a_letter_becomes_a_ticket_of_its_own(ticket, wrong, ada, enter):
    answer = enter(ada).post(page(ticket, "relocation", wrong.pk), {"own": "1"}, follow=True)

    wrong.refresh_from_db()
    assert wrong.ticket.subject == "Domain"
    assert f"stands on #{wrong.ticket_id} now" in answer.content.decode()
    assert "My domain?" not in answer.content.decode()


def test_a_letter_goes_to_another_ticket_by_number(ticket, wrong, carla, ada, enter):
    other = actions.open_ticket(customer=carla, by=carla, subject="Domain", body="Where?")

    enter(ada).post(page(ticket, "relocation", wrong.pk), {"to": f"#{other.number}"})

    wrong.refresh_from_db()
    assert wrong.ticket == other


@pytest.mark.parametrize("typed", ["", "x", "99999999", "theirs"])
def test_a_number_that_is_none_of_ours_moves_nothing(
    ticket, wrong, carla, hosting, ada, enter, typed
):
    theirs = actions.open_ticket(
        customer=carla, by=carla, subject="Panel", body="x", department=hosting
    )
    number = str(theirs.number) if typed == "theirs" else typed

    answer = enter(ada).post(page(ticket, "relocation", wrong.pk), {"to": number}, follow=True)

    wrong.refresh_from_db()
    assert wrong.ticket == ticket
    assert answer.status_code == 200
    assert "ticket" in answer.content.decode()


def test_what_cannot_be_undone_says_why(ticket, wrong, ada, enter):
    new = actions.move_message_out(wrong, by=ada).ticket
    actions.reply_to_ticket(new, by=ada, body="Hello")
    event = ticket.events.get(kind="moved_out")

    answer = enter(ada).post(page(ticket, "undoing", event.pk), follow=True)

    assert f"Somebody has written on #{new.number} since" in answer.content.decode()


def test_a_merged_ticket_is_told_of_once(ticket, wrong, ada, enter):
    """After undoing, the emptied ticket points here: its half of the history is not repeated."""
    actions.move_message_out(wrong, by=ada)
    actions.undo(ticket.events.get(kind="moved_out"), by=ada)

    text = enter(ada).get(page(ticket)).content.decode()

    assert text.count("undid: message moved") == 1
    assert text.count("moved a message") == 1


def test_the_page_says_to_whom_answers_go(ticket, ada, mallory, enter):
    Follower.objects.create(ticket=ticket, user=mallory, in_copy=True, stands_in=True)

    text = enter(ada).get(page(ticket)).content.decode()

    assert "Answers go to" in text
    assert "to <b>mallory@elsewhere.example</b>" in text
    assert "copy to" not in text
