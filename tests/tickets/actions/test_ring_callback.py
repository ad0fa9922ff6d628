"""The time to call has come."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tickets import escalation, tasks
from tickets.actions import (
    ask_callback,
    assign_ticket,
    merge_tickets,
    note_call,
    open_ticket,
    reply_to_ticket,
    ring_callback,
    solve_ticket,
)
from tickets.lifecycle import Status
from tickets.models import Callback, Event, Notification, Ticket


@pytest.fixture
def call(ticket, ada):
    """Carla wanted to be called a minute ago."""
    ask_callback(ticket, number="1234", at=timezone.now() + timedelta(hours=1), by=ada)
    Notification.objects.all().delete()
    past = timezone.now() - timedelta(minutes=1)
    Callback.objects.update(at=past, next_ring_at=past)
    Ticket.objects.filter(pk=ticket.pk).update(hold_until=past)
    return Callback.objects.get()


def rung(ticket):
    told = Notification.objects.filter(event__ticket=ticket)
    return sorted((str(one.user), one.event.kind) for one in told)


def test_the_ticket_is_ours_and_the_department_hears_one_bell(call, ticket, ada, grace, linus):
    tasks.wake_held()
    tasks.wake_held()

    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    assert rung(ticket) == [("Ada Kovalenko", "call_due"), ("Grace Melnyk", "call_due")]


def test_where_it_is_somebodys_only_they_hear(call, ticket, ada, grace):
    assign_ticket(ticket, to=grace, by=ada)
    Notification.objects.all().delete()

    assert escalation.ring_due() == 1

    assert rung(ticket) == [("Grace Melnyk", "call_due")]


def test_a_letter_of_the_customer_does_not_make_us_forget_the_call(call, ticket, carla, ada):
    reply_to_ticket(ticket, by=carla, body="Please do call")

    tasks.wake_held()

    assert ticket.events.filter(kind=Event.Kind.CALL_DUE).count() == 1


def test_nobody_is_told_of_what_is_finished_or_was_called(call, ticket, ada, carla):
    solve_ticket(ticket, by=ada)
    ring_callback(call, by=None)
    assert not ticket.events.filter(kind=Event.Kind.CALL_DUE).exists()
    assert Callback.objects.get().next_ring_at is None

    other = open_ticket(customer=carla, by=carla, subject="Other", body="Other")
    ask_callback(other, number="1", at=timezone.now() + timedelta(hours=1), by=ada)
    note_call(other, by=ada)
    assert escalation.ring_due(timezone.now() + timedelta(hours=2)) == 0


def test_it_is_not_too_early(ticket, ada):
    ask_callback(ticket, number="1", at=timezone.now() + timedelta(hours=1), by=ada)

    assert escalation.ring_due() == 0
    ring_callback(Callback.objects.get(), by=None)

    ticket.refresh_from_db()
    assert ticket.status == Status.ON_HOLD


def test_where_the_ticket_was_merged_the_other_one_rings(call, ticket, carla, ada):
    other = open_ticket(customer=carla, by=carla, subject="Other", body="Other")
    merge_tickets(ticket, into=other, by=ada)

    tasks.wake_held()

    assert other.events.filter(kind=Event.Kind.CALL_DUE).exists()
