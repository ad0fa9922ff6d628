"""The one door to the history, and the one signal of the house."""

from collections.abc import Iterable
from typing import Any

from django.dispatch import Signal
from django.utils import timezone

from departments.models import User
from tickets.models import Event, Message, Ticket

event_recorded = Signal()
"""Sent inside the verb's transaction; carries `event`. Receivers write rows, nothing else."""


def record(
    ticket: Ticket,
    kind: Event.Kind,
    *,
    by: User | None,
    message: Message | None = None,
    **details: Any,
) -> Event:
    """Add one line of history. Call inside the transaction that made it true."""
    event = Event.objects.create(
        ticket=ticket, kind=kind, actor=by, message=message, details=details
    )
    event_recorded.send(Event, event=event)
    return event


def record_on_many(
    tickets: Iterable[int], kind: Event.Kind, *, by: User | None, **details: Any
) -> None:
    """Add the same line to the history of many tickets, by one question. Only for kinds that nobody
    hears of: the signal is not sent, so that no bell rings a thousand times."""
    now = timezone.now()
    Event.objects.bulk_create(
        [Event(ticket_id=key, kind=kind, actor=by, details=details, at=now) for key in tickets]
    )
