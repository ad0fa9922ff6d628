"""How a ticket ends, rests and comes back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import events
from tickets.actions import steps
from tickets.lifecycle import OURS, Status
from tickets.models import Event, Ticket
from tickets.permissions import can_finish, can_work_on, require


@transaction.atomic
def solve_ticket(ticket: Ticket, *, by: User | None) -> Ticket:
    """Nothing more is to do. The customer may say so as well. What is nobody's becomes the agent's
    who solves it; an agent fills required fields first."""
    ticket = Ticket.objects.locked(ticket)
    require(can_finish(by, ticket))
    was = steps.standing(ticket)
    took = by is not None and ticket.assignee_id is None and can_work_on(by, ticket)
    if by is not None and can_work_on(by, ticket) and ticket.status != Status.SOLVED:
        steps.require_filled(ticket)
    if took:
        ticket.assignee = by
        ticket.save(update_fields=["assignee"])
    before = steps.move(ticket, Status.SOLVED)
    if before != Status.SOLVED:
        events.record(ticket, Event.Kind.SOLVED, by=by, before=before, was=was, took=took)
    return ticket


@transaction.atomic
def wait_for_customer(ticket: Ticket, *, by: User | None) -> Ticket:
    """The turn is the customer's, without an answer of ours: they were asked on the phone."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    was = steps.standing(ticket)
    before = steps.move(ticket, Status.PENDING)
    if before != Status.PENDING:
        events.record(ticket, Event.Kind.AWAITED, by=by, before=before, was=was)
    return ticket


@transaction.atomic
def hold_ticket(ticket: Ticket, *, until: datetime, by: User | None) -> Ticket:
    """Let it rest until a time, at which it comes back by itself."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    if until <= timezone.now():
        raise DeskError(_("Choose a time that is still to come."))
    was = steps.standing(ticket)
    before = steps.move(ticket, Status.ON_HOLD, until=until)
    events.record(ticket, Event.Kind.HELD, by=by, before=before, until=until.isoformat(), was=was)
    return ticket


@transaction.atomic
def wake_ticket(ticket: Ticket, *, by: User | None) -> Ticket:
    """The hold is over: our turn again."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    if ticket.status == Status.ON_HOLD:
        was = steps.standing(ticket)
        steps.move(ticket, Status.OPEN)
        events.record(ticket, Event.Kind.WOKEN, by=by, was=was)
    return ticket


@transaction.atomic
def reopen_ticket(ticket: Ticket, *, by: User | None) -> Ticket:
    """Back to us, whether it was solved, closed, waiting or marked as spam."""
    ticket = Ticket.objects.locked(ticket)
    require(can_finish(by, ticket))
    if ticket.status == Status.MERGED:
        raise DeskError(_("This ticket was merged into another one. Go on there."))
    if ticket.status in OURS:
        return ticket
    was = steps.standing(ticket)
    before = steps.move(ticket, Status.OPEN)
    events.record(ticket, Event.Kind.REOPENED, by=by, before=before, was=was)
    return ticket


@transaction.atomic
def close_ticket(ticket: Ticket, *, by: User | None) -> Ticket:
    """For good: an answer after some days opens a follow-up instead."""
    ticket = Ticket.objects.locked(ticket)
    require(can_finish(by, ticket))
    was = steps.standing(ticket)
    before = steps.move(ticket, Status.CLOSED)
    if before != Status.CLOSED:
        events.record(ticket, Event.Kind.CLOSED, by=by, before=before, was=was)
    return ticket
