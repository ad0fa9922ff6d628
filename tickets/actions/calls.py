"""Customers who want to be called."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import events
from tickets.actions import steps
from tickets.lifecycle import AT_WORK, Status
from tickets.models import Callback, Event, Ticket
from tickets.permissions import can_work_on, require


@transaction.atomic
def ask_callback(ticket: Ticket, *, number: str, at: datetime, by: User) -> Ticket:
    """The customer wants to be called at a time. Until then the ticket rests; then the bells of
    those ring who hear of it. Said again, the new time replaces the old one. A customer whose
    number was not known is known by it from now on."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    number = " ".join(number.split())
    if not number:
        raise DeskError(_("Which number shall be called?"))
    if at <= timezone.now():
        raise DeskError(_("Choose a time that is still to come."))
    stood = _standing(Callback.objects.filter(ticket=ticket).first())
    was = steps.standing(ticket)
    before = steps.move(ticket, Status.ON_HOLD, until=at)
    Callback.objects.update_or_create(
        ticket=ticket,
        defaults={"number": number, "at": at, "next_ring_at": at, "called_at": None},
    )
    User.objects.filter(pk=ticket.customer_id, phone="").update(phone=number)
    events.record(
        ticket,
        Event.Kind.CALL_ASKED,
        by=by,
        number=number,
        call_at=at.isoformat(),
        before=before,
        was=was,
        stood=stood,
    )
    return ticket


@transaction.atomic
def ring_callback(callback: Callback, *, by: User | None) -> Ticket:
    """The time has come: the ticket is ours again, and bells ring. Where it was merged, on the one
    it goes on in; what is finished stays so, and nobody is told."""
    ticket = steps.hold_living(callback.ticket)
    require(can_work_on(by, ticket))
    waits = Callback.objects.filter(
        pk=callback.pk, next_ring_at__lte=timezone.now(), called_at__isnull=True
    )
    if waits.update(next_ring_at=None) and ticket.status in AT_WORK:
        if ticket.status == Status.ON_HOLD:
            steps.move(ticket, Status.OPEN)
        events.record(ticket, Event.Kind.CALL_DUE, by=by, number=callback.number)
    return ticket


@transaction.atomic
def note_call(ticket: Ticket, *, by: User) -> Ticket:
    """Somebody called. What rested until then is ours again."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    callback = Callback.objects.filter(ticket=ticket, called_at__isnull=True).first()
    if callback is None:
        raise DeskError(_("Nobody waits for a call here."))
    callback.called_at, callback.next_ring_at = timezone.now(), None
    callback.save(update_fields=["called_at", "next_ring_at"])
    was = steps.standing(ticket)
    if ticket.status == Status.ON_HOLD:
        steps.move(ticket, Status.OPEN)
    events.record(
        ticket, Event.Kind.CALLED, by=by, number=callback.number, after=ticket.status, was=was
    )
    return ticket


def not_asked(ticket: Ticket, event: Event) -> bool:
    """Undo `ask_callback`: the call asked for before is due again, if there was one."""
    details = event.details
    waits = Callback.objects.filter(
        ticket=ticket, at=datetime.fromisoformat(details["call_at"]), called_at__isnull=True
    )
    if ticket.status != Status.ON_HOLD or not waits.exists():
        return False
    waits.delete()
    if details["stood"] is not None:
        stood = {
            name: datetime.fromisoformat(value) if name != "number" and value else value
            for name, value in details["stood"].items()
        }
        Callback.objects.create(ticket=ticket, **stood)
    steps.put_back(ticket, details["was"])
    return True


def not_called(ticket: Ticket, event: Event) -> bool:
    """Undo `note_call`: they still wait for it."""
    if ticket.status != event.details["after"]:
        return False
    callback = Callback.objects.filter(ticket=ticket, called_at__isnull=False).first()
    if callback is None:
        return False
    callback.called_at = None
    callback.next_ring_at = callback.at if callback.at > timezone.now() else None
    callback.save(update_fields=["called_at", "next_ring_at"])
    steps.put_back(ticket, event.details["was"])
    return True


def _standing(callback: Callback | None) -> dict[str, Any] | None:
    """How a call stands, for `not_asked`."""
    if callback is None:
        return None
    times = {name: getattr(callback, name) for name in ("at", "next_ring_at", "called_at")}
    return {
        "number": callback.number,
        **{name: at.isoformat() if at else None for name, at in times.items()},
    }
