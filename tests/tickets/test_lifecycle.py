"""The table of moves."""

import pytest

from tickets.lifecycle import AT_WORK, MOVES, ImpossibleMove, Status, after_reply, check_move


def test_every_status_has_a_line_and_leads_somewhere():
    assert set(MOVES) == set(Status)
    assert all(MOVES.values())


def test_new_never_comes_back():
    assert not any(Status.NEW in targets for targets in MOVES.values())


@pytest.mark.parametrize("status", Status)
def test_staying_is_always_allowed(status):
    check_move(status, status)


def test_a_closed_ticket_cannot_be_put_on_hold():
    with pytest.raises(ImpossibleMove) as refusal:
        check_move(Status.CLOSED, Status.ON_HOLD)

    assert "closed" in str(refusal.value)


@pytest.mark.parametrize("status", sorted(AT_WORK | {Status.SOLVED}))
def test_our_reply_hands_the_turn_to_the_customer(status):
    assert after_reply(status, by_customer=False) == Status.PENDING


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (Status.NEW, Status.NEW),
        (Status.OPEN, Status.OPEN),
        (Status.PENDING, Status.OPEN),
        (Status.ON_HOLD, Status.OPEN),
        (Status.SOLVED, Status.OPEN),
        (Status.CLOSED, Status.OPEN),
        (Status.SPAM, Status.SPAM),
    ],
)
def test_the_customers_reply_brings_it_back_to_us(before, after):
    assert after_reply(before, by_customer=True) == after
