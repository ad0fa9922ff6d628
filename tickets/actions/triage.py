"""Whose it is, where it stands, how urgent, and who hears of it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from departments.models import Category, Department, Service, User
from helpdesk.lib.errors import DeskError
from tickets import events, search, sla
from tickets.actions import steps
from tickets.lifecycle import Priority, Status
from tickets.models import EscalationStep, Event, FiredStep, Follower, Tag, Ticket
from tickets.permissions import can_be_assigned, can_see, can_work_on, require, works_in


class NotAmongAgents(DeskError):
    """The person does not work in the ticket's department."""


@transaction.atomic
def assign_ticket(ticket: Ticket, *, to: User | None, by: User | None) -> Ticket:
    """Make `to` the one who answers, or nobody. They must work in its department."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    if to is not None and not can_be_assigned(to, ticket):
        raise NotAmongAgents(_("%(name)s does not work in this department.") % {"name": to})
    before = ticket.assignee
    if before == to:
        return ticket
    ticket.assignee = to
    ticket.save(update_fields=["assignee"])
    events.record(
        ticket,
        Event.Kind.ASSIGNED,
        by=by,
        before=str(before) if before else "",
        after=str(to) if to else "",
        before_id=before.pk if before else None,
        after_id=to.pk if to else None,
    )
    return ticket


@transaction.atomic
def move_ticket(ticket: Ticket, *, to: Department, by: User | None) -> Ticket:
    """Hand it to another department [S15]. An assignee who does not work there lets it go."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    before = ticket.department
    if before == to:
        return ticket
    if not to.is_active:
        raise DeskError(_("This department is switched off."))
    let_go = ticket.assignee if ticket.assignee and not works_in(ticket.assignee, to) else None
    ticket.department = to
    if let_go:
        ticket.assignee = None
    ticket.save(update_fields=["department", "assignee"])
    # What was merged into it is read here, so it must be readable for the same people.
    Ticket.objects.filter(pk__in=steps.absorbed([ticket.pk])).update(department=to)
    sla.refresh(ticket)
    events.record(
        ticket,
        Event.Kind.MOVED,
        by=by,
        before=before.name,
        after=to.name,
        before_id=before.pk,
        after_id=to.pk,
        let_go=str(let_go) if let_go else "",
        let_go_id=let_go.pk if let_go else None,
    )
    return ticket


@transaction.atomic
def set_priority(ticket: Ticket, *, priority: int, by: User | None) -> Ticket:
    """How soon."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    before = ticket.priority
    if before == priority:
        return ticket
    ticket.priority = Priority(priority)
    ticket.save(update_fields=["priority"])
    sla.refresh(ticket)
    events.record(ticket, Event.Kind.PRIORITISED, by=by, before=before, after=int(priority))
    return ticket


@transaction.atomic
def tag_ticket(
    ticket: Ticket, *, by: User | None, add: Iterable[str] = (), remove: Iterable[str] = ()
) -> Ticket:
    """Put words on it and take words off; new words become tags."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    before = set(ticket.tags.values_list("name", flat=True))
    wanted = {" ".join(name.lower().split())[:60] for name in add} - {""}
    added, removed = sorted(wanted - before), sorted(before & set(remove) - wanted)
    if not (added or removed):
        return ticket
    Tag.objects.bulk_create([Tag(name=name) for name in added], ignore_conflicts=True)
    ticket.tags.add(*Tag.objects.filter(name__in=added))
    ticket.tags.remove(*Tag.objects.filter(name__in=removed))
    search.remember_ticket(ticket)
    events.record(ticket, Event.Kind.TAGGED, by=by, added=added, removed=removed)
    return ticket


@transaction.atomic
def categorise_ticket(
    ticket: Ticket, *, category: Category | None, service: Service | None, by: User | None
) -> Ticket:
    """What it is about. The department stays: moving is a verb of its own."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    if (ticket.category, ticket.service) == (category, service):
        return ticket
    before_ids = [ticket.category_id, ticket.service_id]
    ticket.category, ticket.service = category, service
    ticket.save(update_fields=["category", "service"])
    events.record(
        ticket,
        Event.Kind.CATEGORISED,
        by=by,
        category=category.name if category else {},
        service=service.name if service else {},
        before_ids=before_ids,
        after_ids=[ticket.category_id, ticket.service_id],
    )
    return ticket


@transaction.atomic
def follow_ticket(ticket: Ticket, *, who: User, by: User | None, in_copy: bool = False) -> Ticket:
    """Let `who` hear of it: an agent of its department behind the bell, or (`in_copy`) a person who
    gets our answers as letters. Agents and the customer may add people in copy."""
    ticket = Ticket.objects.locked(ticket)
    require(can_see(by, ticket) if in_copy else can_work_on(by, ticket))
    if not in_copy and not works_in(who, ticket.department_id):
        raise NotAmongAgents(_("%(name)s does not work in this department.") % {"name": who})
    if in_copy and who.pk == ticket.customer_id:
        return ticket
    follower, is_new = Follower.objects.get_or_create(
        ticket=ticket, user=who, defaults={"in_copy": in_copy}
    )
    if in_copy and not follower.in_copy:
        # They heard of it behind the bell; from now on they get letters as well.
        follower.in_copy = is_new = True
        follower.save(update_fields=["in_copy"])
    if is_new:
        events.record(
            ticket, Event.Kind.FOLLOWED, by=by, who=str(who), who_id=who.pk, in_copy=in_copy
        )
    return ticket


@transaction.atomic
def unfollow_ticket(ticket: Ticket, *, who: User, by: User | None) -> Ticket:
    """Let `who` hear no more of it."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket) or (by is not None and by == who))
    follower = Follower.objects.filter(ticket=ticket, user=who).first()
    if follower is not None:
        follower.delete()
        events.record(
            ticket,
            Event.Kind.UNFOLLOWED,
            by=by,
            who=str(who),
            who_id=who.pk,
            in_copy=follower.in_copy,
            stands_in=follower.stands_in,
        )
    return ticket


@transaction.atomic
def mark_as_spam(ticket: Ticket, *, by: User | None) -> Ticket:
    """Nobody's matter: out of every queue, and its customer hears nothing."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    was = steps.standing(ticket)
    before = steps.move(ticket, Status.SPAM)
    if before != Status.SPAM:
        events.record(ticket, Event.Kind.MARKED_SPAM, by=by, before=before, was=was)
    return ticket


@transaction.atomic
def escalate_ticket(
    ticket: Ticket,
    *,
    by: User | None,
    reason: str = "",
    step: EscalationStep | None = None,
    wait_began_at: datetime | None = None,
) -> Event | None:
    """Tell the leads: an agent with a `reason`, or the clock with the `step` that fired.

    A step does what it says besides, by ordinary verbs of the house. It fires once a wait: a second
    call for the same wait changes nothing and returns None.
    """
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    if step is None:
        if not reason.strip():
            raise DeskError(_("Say in a few words why the lead should look at it."))
        return events.record(ticket, Event.Kind.ESCALATED, by=by, reason=reason.strip()[:500])
    _fired, is_new = FiredStep.objects.get_or_create(
        ticket=ticket, step=step, wait_began_at=wait_began_at or ticket.waiting_since
    )
    if not is_new:
        sla.refresh(ticket)
        return None
    solution = step.rule.clock == step.rule.Clock.SOLUTION
    due = ticket.solution_due_at if solution else ticket.answer_due_at
    event = events.record(
        ticket,
        Event.Kind.ESCALATED,
        by=by,
        rule=step.rule.name,
        clock=step.rule.clock,
        step_id=step.pk,
        offset_minutes=step.offset_minutes,
        due_at=due.isoformat() if due else None,
        tells_lead=step.tells_lead,
        tells_assignee=step.tells_assignee,
        tells=list(step.tells.values_list("pk", flat=True)),
    )
    if step.sets_priority:
        set_priority(ticket, priority=step.sets_priority, by=None)
    if step.moves_to:
        move_ticket(ticket, to=step.moves_to, by=None)
    ticket.refresh_from_db()
    if step.assigns_to and can_be_assigned(step.assigns_to, ticket):
        assign_ticket(ticket, to=step.assigns_to, by=None)
    sla.refresh(Ticket.objects.locked(ticket))
    return event
