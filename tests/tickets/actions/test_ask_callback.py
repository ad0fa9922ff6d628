"""A customer wants to be called at a time."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from helpdesk.lib.errors import DeskError
from tickets.actions import ask_callback, solve_ticket, undo
from tickets.lifecycle import ImpossibleMove, Status
from tickets.models import Callback

NUMBER = "+380 44 123 45 67"


@pytest.fixture
def at():
    return timezone.now() + timedelta(hours=3)


def test_the_ticket_rests_until_then_and_the_number_is_kept(ticket, ada, carla, at):
    held = ask_callback(ticket, number=f" {NUMBER}", at=at, by=ada)

    carla.refresh_from_db()
    assert (held.status, held.hold_until) == (Status.ON_HOLD, at)
    assert Callback.objects.get().next_ring_at == at
    assert carla.phone == NUMBER


def test_a_number_that_is_known_stays(ticket, ada, carla, at):
    carla.phone = "1234"
    carla.save()

    ask_callback(ticket, number=NUMBER, at=at, by=ada)

    carla.refresh_from_db()
    assert carla.phone == "1234"
    assert Callback.objects.get().number == NUMBER


def test_a_new_time_replaces_the_old_one_and_undo_brings_it_back(ticket, ada, at):
    ask_callback(ticket, number=NUMBER, at=at, by=ada)
    later = at + timedelta(days=1)
    ask_callback(ticket, number="1234", at=later, by=ada)
    assert (Callback.objects.get().at, Callback.objects.get().number) == (later, "1234")

    undo(ticket.events.latest("pk"), by=ada)

    ticket.refresh_from_db()
    call = Callback.objects.get()
    assert (call.at, call.number, call.next_ring_at) == (at, NUMBER, at)
    assert ticket.hold_until == at


def test_undone_there_is_no_call_and_the_ticket_stands_as_before(ticket, ada, at):
    ask_callback(ticket, number=NUMBER, at=at, by=ada)

    undo(ticket.events.latest("pk"), by=ada)

    ticket.refresh_from_db()
    assert ticket.status == Status.NEW
    assert not Callback.objects.exists()


def test_it_needs_a_number_a_time_to_come_and_an_unfinished_ticket(ticket, ada, at):
    with pytest.raises(DeskError, match="number"):
        ask_callback(ticket, number=" ", at=at, by=ada)
    with pytest.raises(DeskError, match="still to come"):
        ask_callback(ticket, number=NUMBER, at=timezone.now(), by=ada)
    solve_ticket(ticket, by=ada)
    with pytest.raises(ImpossibleMove):
        ask_callback(ticket, number=NUMBER, at=at, by=ada)


@pytest.mark.parametrize("who", ["linus", "carla", "bo"])
def test_only_agents_of_the_department(ticket, at, who, request):
    with pytest.raises(PermissionDenied):
        ask_callback(ticket, number=NUMBER, at=at, by=request.getfixturevalue(who))
