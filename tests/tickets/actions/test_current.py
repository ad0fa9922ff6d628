"""Where a ticket lives on, and what was merged into it."""

import pytest

from tickets.actions import absorbed, current, merge_tickets, open_ticket


@pytest.fixture
def chain(ticket, carla, ada):
    """The first was merged into the second, the second into the ticket."""
    first, second = (
        open_ticket(customer=carla, by=carla, subject="Again", body="Same") for _ in range(2)
    )
    merge_tickets(first, into=second, by=ada)
    merge_tickets(second, into=ticket, by=ada)
    first.refresh_from_db()
    second.refresh_from_db()
    return first, second


def test_a_chain_ends_at_its_end(ticket, chain):
    assert [current(one) for one in (*chain, ticket)] == [ticket] * 3


def test_everything_merged_into_it_is_known_from_there(ticket, chain):
    first, second = chain

    assert sorted(absorbed([ticket.pk])) == sorted([first.pk, second.pk])
    assert absorbed([first.pk]) == []
