"""Merging, splitting, moving a message and letting somebody in are put back on both sides."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from tickets.actions import (
    admit_sender,
    current,
    file_letter,
    follow_ticket,
    merge_tickets,
    move_message_out,
    move_ticket,
    open_ticket,
    reply_to_ticket,
    solve_ticket,
    split_ticket,
    undo,
)
from tickets.lifecycle import Status
from tickets.models import Event, Message, Ticket, TicketLink


def event_of(ticket: Ticket, kind: str) -> Event:
    return ticket.events.filter(kind=kind).last()


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


@pytest.fixture
def twin(ticket, mallory):
    return open_ticket(customer=mallory, by=mallory, subject="Mine", body="Please look.")


@pytest.fixture
def half(ticket, carla, ada):
    second = reply_to_ticket(ticket, by=carla, body="And the panel?")
    return split_ticket(ticket, messages=[second], subject="Panel", by=ada)


@pytest.fixture
def filed(ticket, mallory):
    return file_letter(ticket, author=mallory, body="Me too.", why="our_id", warning="stranger")


# Merges


@pytest.mark.parametrize("side", [0, 1])
def test_merged_tickets_are_two_again(ticket, twin, ada, mallory, side):
    reply_to_ticket(ticket, by=ada, body="We look.")
    both = [fresh(ticket), fresh(twin)]
    before = [(one.status, one.waiting_since) for one in both]
    merge_tickets(twin, into=ticket, by=ada)

    undo(event_of(both[side], "merged"), by=ada)

    both = [fresh(ticket), fresh(twin)]
    assert [(one.status, one.waiting_since) for one in both] == before
    assert fresh(twin).merged_into is None
    assert not TicketLink.objects.exists()
    assert not ticket.followers.exists()
    assert not Ticket.objects.visible_to(mallory).filter(pk=ticket.pk).exists()
    assert event_of(twin, "undone").details["source"] == ticket.pk
    assert event_of(ticket, "undone").details["into"] == twin.pk


def test_what_was_said_since_the_merge_stays(ticket, twin, ada, carla):
    reply_to_ticket(ticket, by=ada, body="We look.")
    merge_tickets(twin, into=ticket, by=ada)
    reply_to_ticket(ticket, by=carla, body="Thank you both.")

    undo(event_of(twin, "merged"), by=ada)

    assert (fresh(ticket).status, ticket.messages.count()) == (Status.OPEN, 3)


def test_who_took_part_before_or_has_spoken_since_stays_in_copy(ticket, twin, ada, linus, mallory):
    follow_ticket(ticket, who=linus, by=ada, in_copy=True)
    follow_ticket(twin, who=linus, by=ada, in_copy=True)
    merge_tickets(twin, into=ticket, by=ada)
    reply_to_ticket(ticket, by=mallory, body="Me too.")

    undo(event_of(twin, "merged"), by=ada)

    assert {one.user for one in ticket.followers.all()} == {linus, mallory}


def test_what_was_solved_is_solved_again(ticket, twin, ada):
    solve_ticket(twin, by=ada)
    solved_at = fresh(twin).solved_at
    merge_tickets(fresh(twin), into=ticket, by=ada)

    undo(event_of(twin, "merged"), by=ada)

    assert (fresh(twin).status, fresh(twin).solved_at) == (Status.SOLVED, solved_at)


def test_it_goes_home_with_all_that_was_merged_into_it(ticket, twin, root, hosting, carla):
    third = open_ticket(customer=carla, by=carla, subject="Third", body="x")
    merge_tickets(third, into=twin, by=root)
    move_ticket(twin, to=hosting, by=root)
    merge_tickets(fresh(twin), into=ticket, by=root)

    undo(event_of(twin, "merged"), by=root)

    assert (fresh(twin).department, fresh(third).department) == (hosting, hosting)


def test_not_while_the_other_was_merged_itself(ticket, twin, carla, ada):
    third = open_ticket(customer=carla, by=carla, subject="Third", body="x")
    merge_tickets(twin, into=ticket, by=ada)
    merge_tickets(fresh(ticket), into=third, by=ada)

    with pytest.raises(DeskError, match="itself"):
        undo(event_of(twin, "merged"), by=ada)


# Splits


@pytest.mark.parametrize("side", [0, 1])
def test_messages_that_were_split_off_go_back(ticket, half, ada, side):
    undo(event_of((ticket, half)[side], "split"), by=ada)

    assert ticket.messages.count() == 2
    assert fresh(ticket).preview == "And the panel?"
    assert (fresh(half).status, current(fresh(half))) == (Status.MERGED, ticket)


def test_not_once_somebody_wrote_in_the_ticket_split_off(ticket, half, ada):
    reply_to_ticket(half, by=ada, body="Which panel?")

    with pytest.raises(DeskError, match="Merge"):
        undo(event_of(ticket, "split"), by=ada)


# Messages that were moved


def test_a_message_stands_again_as_it_stood(ticket, filed, ada, carla, mallory):
    new = move_message_out(filed, by=ada).ticket

    undo(event_of(ticket, "moved_out"), by=ada)

    filed.refresh_from_db()
    assert (filed.ticket, filed.kind) == (ticket, "note")
    assert (filed.why, filed.warning) == ("our_id", "stranger")
    assert filed not in Message.objects.readable_by(carla)
    assert not Message.objects.readable_by(mallory).exists()
    assert (fresh(new).status, current(fresh(new))) == (Status.MERGED, ticket)


def test_both_tickets_wait_as_before(ticket, carla, ada):
    solve_ticket(ticket, by=ada)
    wrong = reply_to_ticket(ticket, by=carla, body="My domain?")
    other = open_ticket(customer=carla, by=carla, subject="Domain", body="Where?")
    reply_to_ticket(other, by=ada, body="Which one?")
    move_message_out(wrong, to=other, by=ada)
    assert (fresh(ticket).status, fresh(other).status) == (Status.SOLVED, Status.OPEN)

    undo(event_of(other, "moved_out"), by=ada)

    assert (fresh(ticket).status, fresh(other).status) == (Status.OPEN, Status.PENDING)


def test_not_once_somebody_wrote_in_the_ticket_it_opened(ticket, filed, ada):
    moved = move_message_out(filed, by=ada)
    reply_to_ticket(moved.ticket, by=ada, body="Hello Mallory")

    with pytest.raises(DeskError, match="Merge"):
        undo(event_of(ticket, "moved_out"), by=ada)


# People who were let in


@pytest.fixture
def admitted(ticket, filed, ada):
    reply_to_ticket(ticket, by=ada, body="We look.")
    return admit_sender(filed, by=ada)


def test_who_was_let_in_is_outside_again(ticket, admitted, ada, carla, mallory):
    undo(event_of(ticket, "admitted"), by=ada)

    admitted.refresh_from_db()
    assert (admitted.kind, admitted.warning) == ("note", "stranger")
    assert admitted not in Message.objects.readable_by(carla)
    assert not Ticket.objects.visible_to(mallory).exists()
    assert fresh(ticket).status == Status.PENDING


def test_what_happened_since_they_were_let_in_stays(ticket, admitted, ada, carla):
    reply_to_ticket(ticket, by=carla, body="And?")

    undo(event_of(ticket, "admitted"), by=ada)

    assert fresh(ticket).status == Status.OPEN


def test_who_was_in_copy_before_stays_there(ticket, filed, mallory, ada):
    follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    admit_sender(filed, by=ada)

    undo(event_of(ticket, "admitted"), by=ada)

    assert ticket.followers.filter(user=mallory).exists()


def test_not_once_they_have_written_again(ticket, admitted, mallory, ada):
    reply_to_ticket(ticket, by=mallory, body="Thank you")

    with pytest.raises(DeskError, match="has written"):
        undo(event_of(ticket, "admitted"), by=ada)


# All of them


@pytest.fixture
def acts(ticket, twin, carla, filed, ada):
    """One of each, by their kinds."""
    second = reply_to_ticket(ticket, by=carla, body="And the panel?")
    wrong = reply_to_ticket(ticket, by=carla, body="My domain?")
    admit_sender(filed, by=ada)
    split_ticket(ticket, messages=[second], subject="Panel", by=ada)
    move_message_out(wrong, by=ada)
    merge_tickets(twin, into=ticket, by=ada)
    return {kind: event_of(ticket, kind) for kind in ("admitted", "split", "moved_out", "merged")}


@pytest.mark.parametrize("kind", ["admitted", "split", "moved_out", "merged"])
def test_each_is_undone_once(acts, ada, kind):
    undo(acts[kind], by=ada)

    with pytest.raises(DeskError, match="nothing was undone"):
        undo(acts[kind], by=ada)


@pytest.mark.parametrize("kind", ["admitted", "split", "moved_out", "merged"])
@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(acts, kind, who, request):
    with pytest.raises(PermissionDenied):
        undo(acts[kind], by=request.getfixturevalue(who))


def test_both_tickets_must_be_ones_own_to_work_on(ticket, half, hosting, root, ada):
    move_ticket(half, to=hosting, by=root)

    with pytest.raises(PermissionDenied):
        undo(event_of(ticket, "split"), by=ada)
