"""The one door to the history, and the one signal of the house."""

from typing import Any

from django.dispatch import Signal

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
