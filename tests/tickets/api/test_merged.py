"""What programs read of tickets that went on in others."""

import pytest

from tests.tickets.api.test_tickets import program_of
from tickets import actions


@pytest.fixture
def last(ticket, carla, ada):
    """Where Carla's ticket goes on, by way of a second one; Ada has a note on the first."""
    actions.add_note(ticket, by=ada, body="Only we")
    second, third = (
        actions.open_ticket(customer=carla, by=carla, subject=word, body=f"{word} words")
        for word in ("Second", "Third")
    )
    actions.merge_tickets(ticket, into=second, by=ada)
    actions.merge_tickets(second, into=third, by=ada)
    return third


def said(program, ticket):
    answer = program.get(f"/tickets/{ticket.number}/messages").json()
    return [one["text"] for one in answer["messages"]]


def test_all_that_was_merged_is_read_in_the_last(ticket, last, carla, ada):
    first = ticket.messages.earliest("pk").text

    assert said(program_of(carla), last) == [first, "Second words", "Third words"]
    assert said(program_of(ada), last) == [first, "Only we", "Second words", "Third words"]


def test_what_strangers_said_there_is_for_agents_only(last, carla, mallory, ada):
    hers = actions.open_ticket(customer=mallory, by=mallory, subject="Mine", body="Too long")
    actions.merge_tickets(hers, into=last, by=ada)

    assert "Too long" not in said(program_of(carla), last)
    assert "Too long" in said(program_of(ada), last)


def test_a_message_of_any_of_them_is_passed_on(ticket, last, ada):
    first = ticket.messages.earliest("pk")

    answer = program_of(ada).post(
        f"/tickets/{last.number}/forwards",
        to=["partner@elsewhere.example"],
        subject="Please look",
        text="See below",
        messages=[first.pk],
    )

    assert answer.status_code == 201
