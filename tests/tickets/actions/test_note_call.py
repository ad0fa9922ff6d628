"""Somebody called the customer."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from helpdesk.lib.errors import DeskError
from tickets.actions import ask_callback, note_call, undo
from tickets.lifecycle import Status
from tickets.models import Callback, Event


@pytest.fixture
def asked(ticket, ada):
    return ask_callback(ticket, number="1234", at=timezone.now() + timedelta(hours=1), by=ada)


def test_the_ticket_is_ours_again_and_no_bell_will_ring(asked, ada):
    ticket = note_call(asked, by=ada)

    call = Callback.objects.get()
    assert ticket.status == Status.OPEN
    assert call.next_ring_at is None
    assert call.called_at is not None
    assert ticket.events.get(kind=Event.Kind.CALLED).details["number"] == "1234"


def test_undone_the_bell_will_ring_after_all(asked, ada):
    note_call(asked, by=ada)

    ticket = undo(asked.events.latest("pk"), by=ada)

    call = Callback.objects.get()
    assert ticket.status == Status.ON_HOLD
    assert (call.next_ring_at, call.called_at) == (call.at, None)


def test_nobody_is_called_twice(asked, ticket, ada):
    note_call(asked, by=ada)

    with pytest.raises(DeskError):
        note_call(asked, by=ada)


def test_not_by_another_department(asked, linus):
    with pytest.raises(PermissionDenied):
        note_call(asked, by=linus)
