"""A ticket that was renamed stays one conversation for its customer's mail program, and for us."""

import pytest

from mailgateway.models import InboundEmail, OutboundEmail
from tests.letters import letter
from tickets import actions


@pytest.fixture
def renamed(arrives, ada):
    """Carla's letter, answered, renamed and answered again: the ticket and our two answers."""
    ticket = arrives(letter(subject="Help!!!", letter_id="first@customer.example")).ticket
    actions.reply_to_ticket(ticket, by=ada, body="Which invoice?")
    actions.rename_ticket(ticket, subject="Invoice for October", by=ada)
    actions.reply_to_ticket(ticket, by=ada, body="Here it is.")
    before, after = OutboundEmail.objects.filter(ticket=ticket, kind="replied").order_by("pk")
    return ticket, before, after


def test_our_letters_carry_the_new_subject_in_the_same_thread(renamed):
    ticket, before, after = renamed

    assert before.subject == f"Re: Help!!! [#{ticket.number}]"
    assert after.subject == f"Re: Invoice for October [#{ticket.number}]"
    assert "first@customer.example" in after.headers["References"]


def test_answers_to_the_letters_of_both_names_find_the_ticket(renamed, arrives):
    ticket, before, after = renamed
    for ours in (before, after):
        raw = letter("Thanks", subject=ours.subject, In_Reply_To=f"<{ours.letter_id}>")
        row = arrives(raw)
        assert (row.ticket, row.state) == (ticket, InboundEmail.State.REPLY)

    # And a letter that begins with the old name, without any trace of the thread but the number.
    row = arrives(letter("And the next?", subject=f"Re: Help!!! [#{ticket.number}]"))
    assert row.ticket == ticket
