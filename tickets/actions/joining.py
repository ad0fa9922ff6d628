"""Two tickets become one, one becomes two, and both know of each other."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import events, search, sla
from tickets.actions import steps
from tickets.actions.drafting import carry_drafts
from tickets.coach import divide
from tickets.lifecycle import AT_WORK, OURS, Status
from tickets.models import Body, Event, Follower, Message, Ticket, TicketLink
from tickets.permissions import can_work_on, require


@transaction.atomic
def merge_tickets(ticket: Ticket, *, into: Ticket, by: User | None) -> Ticket:
    """`ticket` goes on in `into`: a pointer, not a copy. Its messages and files are shown there,
    letters to it arrive there, its customer is kept in copy. Where the customer waited for us in
    `ticket`, they do so in the target. Returns the target."""
    target = steps.current(into)
    if target.pk == ticket.pk:
        raise DeskError(_("A ticket cannot be merged into itself."))
    # Both are held in one order, so that two merges never wait for each other.
    held = {
        one.pk: Ticket.objects.locked(one)
        for one in sorted((ticket, target), key=lambda one: one.pk)
    }
    ticket, target = held[ticket.pk], held[target.pk]
    require(can_work_on(by, ticket) and can_work_on(by, target))
    if ticket.status == Status.MERGED:
        raise DeskError(_("This ticket was merged into another one. Go on there."))
    if ticket.status in AT_WORK and target.status not in AT_WORK:
        raise DeskError(
            _("#%(number)d is finished. Reopen it before you merge something into it.")
            % {"number": target.number}
        )
    before, came_from, waiting_since = ticket.status, ticket.department, ticket.waiting_since
    was, target_was = steps.standing(ticket), steps.standing(target)
    steps.move(ticket, Status.MERGED)
    ticket.merged_into = target
    ticket.department = target.department
    ticket.save(update_fields=["merged_into", "department"])
    Ticket.objects.filter(pk__in=steps.absorbed([ticket.pk])).update(department=target.department)
    in_copy = {ticket.customer_id} | set(
        ticket.followers.filter(in_copy=True).values_list("user_id", flat=True)
    )
    known = set(target.followers.values_list("user_id", flat=True))
    joined = sorted(in_copy - known - {target.customer_id})
    Follower.objects.bulk_create(
        [Follower(ticket=target, user_id=person, in_copy=True) for person in joined]
    )
    TicketLink.objects.get_or_create(source=ticket, target=target, kind=TicketLink.Kind.MERGED)
    carry_drafts(ticket, into=target)
    if before in OURS:
        since = min(waiting_since, target.waiting_since) if target.is_ours else waiting_since
        steps.move(target, Status(target.status) if target.is_ours else Status.OPEN)
        target.waiting_since = since
    target.has_files = target.has_files or ticket.has_files
    target.save(update_fields=["has_files", "waiting_since"])
    sla.refresh(target)
    events.record(
        ticket,
        Event.Kind.MERGED,
        by=by,
        into=target.number,
        before=before,
        department_id=came_from.pk,
        was=was,
    )
    events.record(
        target,
        Event.Kind.MERGED,
        by=by,
        source=ticket.number,
        subject=ticket.subject,
        joined=joined,
        after=target.status,
        was=target_was,
    )
    return target


@transaction.atomic
def split_ticket(ticket: Ticket, *, messages: Iterable[Message], subject: str, by: User) -> Ticket:
    """Chosen messages, with their files, become a ticket of their own of the same customer."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    wanted = {message.pk for message in messages}
    moving = list(ticket.messages.filter(pk__in=wanted))
    if not moving or len(moving) != len(wanted):
        raise DeskError(_("Choose messages of this ticket to split off."))
    if any(message.is_side for message in moving):
        raise DeskError(_("A side conversation stays on its ticket."))
    if not ticket.messages.exclude(pk__in=wanted).exists():
        raise DeskError(_("At least one message must stay."))
    new = _begin_beside(ticket, subject, moving[0])
    ticket.messages.filter(pk__in=wanted).update(ticket=new)
    for one in (ticket, new):
        steps.retell(one)
        sla.refresh(one)
    search.remember_ticket(new)
    keys = sorted(wanted)
    events.record(ticket, Event.Kind.SPLIT, by=by, into=new.number, messages=keys)
    events.record(new, Event.Kind.SPLIT, by=by, source=ticket.number, messages=keys)
    return new


@transaction.atomic
def split_matter(ticket: Ticket, *, at: int, by: User) -> Ticket:
    """A further matter in what opened `ticket`, of those that `Ticket.matters` tells, becomes a
    ticket of its own: `at` says which part of the text. The message stays as it came, with its
    files; the part goes along as a copy."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    others = ticket.matters.get("others", [])
    title = next((title for one, title in others if one == at), None)
    first = ticket.messages.filter(pk=ticket.matters.get("message") or 0).first()
    parts = divide(first.text) if first else []
    if first is None or title is None or [part.title for part in parts[at:]][:1] != [title]:
        raise DeskError(_("This was split off already, or the letter reads otherwise by now."))
    new = _begin_beside(ticket, title, first)
    body = Body.plain(parts[at].text)
    copy = Message.objects.create(
        ticket=new,
        author=first.author,
        from_customer=True,
        channel=Ticket.Channel.AGENT,
        why="part",
        text=body.text,
        html=body.html,
        created_at=first.created_at,
    )
    search.remember(copy, [])
    steps.retell(new)
    sla.refresh(new)
    search.remember_ticket(new)
    _put_away(ticket, [one for one in others if one[0] != at])
    told = {"messages": [copy.pk], "whole": first.pk, "at": at, "part": title}
    events.record(ticket, Event.Kind.SPLIT, by=by, into=new.number, **told)
    events.record(new, Event.Kind.SPLIT, by=by, source=ticket.number, **told)
    return new


@transaction.atomic
def keep_together(ticket: Ticket, *, by: User) -> Ticket:
    """`ticket` is about one thing, whatever the coach found in it. Nothing happened, so the history
    says nothing."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    _put_away(ticket, [])
    return ticket


def _put_away(ticket: Ticket, others: list[list[Any]]) -> None:
    ticket.matters = {**ticket.matters, "others": others} if others else {}
    ticket.save(update_fields=["matters"])


def _begin_beside(ticket: Ticket, subject: str, first: Message) -> Ticket:
    """A ticket of the same people, split off from `ticket`, that began with `first`."""
    new = Ticket.objects.create(
        subject=" ".join(subject.split())[:500] or ticket.subject,
        customer=ticket.customer,
        department=ticket.department,
        assignee=ticket.assignee,
        category=ticket.category,
        service=ticket.service,
        priority=ticket.priority,
        status=Status.OPEN,
        channel=first.channel,
        language=ticket.language,
        created_at=first.created_at,
        waiting_since=first.created_at,
    )
    Follower.objects.bulk_create(
        [
            Follower(ticket=new, user_id=row.user_id, in_copy=row.in_copy)
            for row in ticket.followers.all()
        ]
    )
    TicketLink.objects.create(source=ticket, target=new, kind=TicketLink.Kind.SPLIT)
    return new


@transaction.atomic
def link_tickets(
    ticket: Ticket,
    *,
    to: Ticket,
    by: User | None,
    kind: TicketLink.Kind = TicketLink.Kind.RELATED,
) -> TicketLink:
    """Let two tickets point at each other; `kind` is what the other one is to this."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket) and can_work_on(by, to))
    if ticket.pk == to.pk:
        raise DeskError(_("A ticket cannot be linked to itself."))
    known = TicketLink.objects.filter(source=to, target=ticket, kind=kind).first()
    if known is not None and kind != TicketLink.Kind.FOLLOW_UP:
        return known
    link, is_new = TicketLink.objects.get_or_create(source=ticket, target=to, kind=kind)
    if is_new:
        # Who reads this line need not work in the other department.
        subject = to.subject if to.department_id == ticket.department_id else ""
        events.record(
            ticket, Event.Kind.LINKED, by=by, to=to.number, subject=subject, link_id=link.pk
        )
    return link


@transaction.atomic
def unlink_tickets(ticket: Ticket, *, other: int, by: User) -> None:
    """Let `ticket` and the ticket with the number `other` point at each other no longer. What was
    merged or split stays linked until that is undone. Nothing happens where no link is."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    either = Q(source=ticket, target=other) | Q(source=other, target=ticket)
    for link in TicketLink.objects.filter(either, kind__in=TicketLink.BY_HAND):
        events.record(
            ticket,
            Event.Kind.UNLINKED,
            by=by,
            to=other,
            link={"source": link.source_id, "target": link.target_id, "kind": link.kind},
        )
        link.delete()
