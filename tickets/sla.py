"""When an answer or a solution is due, and when to look again (product.md 5).

Times are counted in the department's opening hours. The solution's clock is paused while we wait
for the customer or the ticket is on hold; what it has used up is kept on the ticket, so changing
target, priority or department does not forget the pauses.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q
from django.utils import timezone

from departments.hours import NoWorkingTime, WorkingCalendar
from tickets.lifecycle import OURS
from tickets.models import EscalationRule, EscalationStep, FiredStep, Target, Ticket

CLOCK_FIELDS = [
    "answer_due_at",
    "solution_due_at",
    "due_at",
    "next_check_at",
    "solving_took",
    "solving_since",
]


@dataclass(frozen=True)
class PlannedStep:
    """A step, when it is to fire, and the wait it belongs to."""

    step: EscalationStep
    at: datetime
    wait_began_at: datetime


def target_of(ticket: Ticket) -> Target | None:
    """The promise for this department and priority; one for the priority beats the general one."""
    return (
        Target.objects.filter(department=ticket.department_id)
        .filter(Q(priority=ticket.priority) | Q(priority__isnull=True))
        .order_by(F("priority").asc(nulls_last=True))
        .first()
    )


def refresh(ticket: Ticket, now: datetime | None = None) -> None:
    """Work out due times and the next check anew, and save them on the locked `ticket`."""
    work_out(ticket, now)
    ticket.save(update_fields=CLOCK_FIELDS)


def work_out(ticket: Ticket, now: datetime | None = None) -> None:
    """Due times and the next check of `ticket`, not saved (CLOCK_FIELDS)."""
    now = now or timezone.now()
    target = target_of(ticket)
    calendar = ticket.department.calendar()
    _count_solving(ticket, calendar, now)
    ticket.answer_due_at = _answer_due(ticket, target, calendar)
    ticket.solution_due_at = _solution_due(ticket, target, calendar)
    promised = [at for at in (ticket.answer_due_at, ticket.solution_due_at) if at]
    ticket.due_at = min(promised, default=None)
    steps = (planned.at for planned in planned_steps(ticket, calendar))
    ticket.next_check_at = min(steps, default=None)


def planned_steps(ticket: Ticket, calendar: WorkingCalendar | None = None) -> list[PlannedStep]:
    """Steps that have not fired yet for the present wait, soonest first; past ones are due now.
    Counts from the due times on the ticket; one query."""
    promised = ticket.answer_due_at or ticket.solution_due_at
    if promised is None or ticket.status not in OURS:
        return []
    calendar = calendar or ticket.department.calendar()
    fired = FiredStep.objects.filter(ticket=ticket, step=OuterRef("pk"))
    steps = (
        EscalationStep.objects.filter(rule__is_active=True)
        .filter(Q(rule__department=ticket.department_id) | Q(rule__department__isnull=True))
        .filter(Q(rule__priority=ticket.priority) | Q(rule__priority__isnull=True))
        .select_related("rule")
        .annotate(fired_for=ArraySubquery(fired.values("wait_began_at")))
    )
    planned = [
        one
        for step in steps
        if (one := _planned(step, ticket, calendar)) and one.wait_began_at not in step.fired_for
    ]
    return sorted(planned, key=lambda one: (one.at, one.step.pk))


def _count_solving(ticket: Ticket, calendar: WorkingCalendar, now: datetime) -> None:
    if ticket.solving_since is not None:
        ticket.solving_took += calendar.between(ticket.solving_since, now)
    ticket.solving_since = now if ticket.status in OURS else None


def _answer_minutes(ticket: Ticket, target: Target | None) -> int | None:
    if target is None or ticket.status not in OURS:
        return None
    return target.first_answer if ticket.first_answered_at is None else target.next_answer


def _answer_due(
    ticket: Ticket, target: Target | None, calendar: WorkingCalendar
) -> datetime | None:
    minutes = _answer_minutes(ticket, target)
    return None if minutes is None else _after(calendar, ticket.waiting_since, minutes)


def _solution_due(
    ticket: Ticket, target: Target | None, calendar: WorkingCalendar
) -> datetime | None:
    if target is None or target.solution is None or ticket.solving_since is None:
        return None
    left = timedelta(minutes=target.solution) - ticket.solving_took
    if left <= timedelta():
        # Overrun already: due since the moment at which the promise was used up.
        return min(ticket.solution_due_at or ticket.solving_since, ticket.solving_since)
    try:
        return calendar.add(ticket.solving_since, left)
    except NoWorkingTime:
        return None


def _planned(step: EscalationStep, ticket: Ticket, calendar: WorkingCalendar) -> PlannedStep | None:
    if step.rule.clock == EscalationRule.Clock.ANSWER:
        due, began = ticket.answer_due_at, ticket.waiting_since
    else:
        due, began = ticket.solution_due_at, ticket.created_at
    at = None if due is None else _shifted(calendar, due, began, step.offset_minutes)
    return None if at is None else PlannedStep(step, at, began)


def _shifted(
    calendar: WorkingCalendar, due: datetime, began: datetime, offset: int
) -> datetime | None:
    """`offset` working minutes after `due`; if negative before it, but not before `began`."""
    if offset >= 0:
        return _after(calendar, due, offset)
    ahead = calendar.between(began, due) + timedelta(minutes=offset)
    return _after_delta(calendar, began, ahead) if ahead > timedelta() else began


def _after(calendar: WorkingCalendar, start: datetime, minutes: int) -> datetime | None:
    return _after_delta(calendar, start, timedelta(minutes=minutes))


def _after_delta(calendar: WorkingCalendar, start: datetime, delta: timedelta) -> datetime | None:
    try:
        return calendar.add(start, delta)
    except NoWorkingTime:
        return None
