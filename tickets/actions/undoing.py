"""Acts taken back: what an event says was done is put back as it was, if it still stands."""

from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import Category, Department, Service, User
from helpdesk.lib.errors import DeskError
from tickets import events, search, sla
from tickets.actions import calls, parting, steps
from tickets.actions.describing import put_fields, put_subject
from tickets.actions.parting import ChangedMeanwhile
from tickets.lifecycle import Priority, Status
from tickets.models import Event, Follower, Message, Tag, Ticket, TicketLink
from tickets.permissions import can_undo, require, works_in


@transaction.atomic
def undo(event: Event, *, by: User) -> Ticket:
    """Put back what `event` did to its ticket. One event is undone once, and only while what it
    did still stands: nobody's later act is lost. Raises ChangedMeanwhile otherwise, DeskError for
    what cannot be taken back (a letter that left).

    What happened between two tickets is undone on both, from whichever side.
    """
    kind = Event.Kind(event.kind)
    sides = _both_sides(event) if kind in JOINT else [event]
    # In one order, so that two acts never wait for each other.
    for number in sorted({one.ticket_id for one in sides}):
        held = Ticket.objects.locked(Ticket(pk=number))
        require(can_undo(by, event, held))
    ticket = Ticket.objects.locked(event.ticket)
    if kind not in JOINT and kind not in INVERSES:
        raise DeskError(_("This cannot be undone."))
    undone = ticket.events.filter(kind=Event.Kind.UNDONE, details__undoes=event.pk)
    if undone.exists() or not (
        JOINT[kind](*sides) if kind in JOINT else INVERSES[kind](ticket, event)
    ):
        raise ChangedMeanwhile(_("It was changed again meanwhile, so nothing was undone."))
    for one in sides:
        held = Ticket.objects.locked(one.ticket)
        sla.refresh(held)
        events.record(
            held,
            Event.Kind.UNDONE,
            by=by,
            message=one.message,
            what=kind,
            undoes=one.pk,
            **parting.directions(one),
        )
    ticket.refresh_from_db()
    return ticket


def _both_sides(event: Event) -> list[Event]:
    """The lines that one act left on two tickets: on the one it took from, and on the other."""
    other = event.details.get("into") or event.details.get("source")
    of_the_act = Event.objects.filter(ticket=other or 0, kind=event.kind)
    if "into" in event.details:
        twin = of_the_act.filter(pk__gt=event.pk, details__source=event.ticket_id).first()
        sides = [event, twin]
    else:
        twin = of_the_act.filter(pk__lt=event.pk, details__into=event.ticket_id).last()
        sides = [twin, event]
    found = [one for one in sides if one is not None]
    if len(found) < 2:
        raise DeskError(_("This cannot be undone."))
    return found


def _assigned(ticket: Ticket, event: Event) -> bool:
    if ticket.assignee_id != event.details["after_id"]:
        return False
    return _assign(ticket, event.details["before_id"])


def _assign(ticket: Ticket, agent: int | None) -> bool:
    to = User.objects.filter(pk=agent or 0).first()
    if agent and (to is None or not works_in(to, ticket.department_id)):
        return False
    ticket.assignee = to
    ticket.save(update_fields=["assignee"])
    return True


def _moved(ticket: Ticket, event: Event) -> bool:
    details = event.details
    before = Department.objects.filter(pk=details["before_id"], is_active=True).first()
    if ticket.department_id != details["after_id"] or before is None:
        return False
    ticket.department = before
    ticket.save(update_fields=["department"])
    Ticket.objects.filter(pk__in=steps.absorbed([ticket.pk])).update(department=before)
    if ticket.assignee is None:
        _assign(ticket, details.get("let_go_id"))
    elif not works_in(ticket.assignee, before):
        _assign(ticket, None)
    return True


def _prioritised(ticket: Ticket, event: Event) -> bool:
    if ticket.priority != event.details["after"]:
        return False
    ticket.priority = Priority(event.details["before"])
    ticket.save(update_fields=["priority"])
    return True


def _tagged(ticket: Ticket, event: Event) -> bool:
    present = set(ticket.tags.values_list("name", flat=True))
    added, removed = set(event.details["added"]), set(event.details["removed"])
    if not added <= present or removed & present:
        return False
    ticket.tags.remove(*Tag.objects.filter(name__in=added))
    ticket.tags.add(*Tag.objects.filter(name__in=removed))
    search.remember_ticket(ticket)
    return True


def _categorised(ticket: Ticket, event: Event) -> bool:
    if [ticket.category_id, ticket.service_id] != event.details.get("after_ids"):
        return False
    category, service = event.details["before_ids"]
    ticket.category = Category.objects.filter(pk=category or 0).first()
    ticket.service = Service.objects.filter(pk=service or 0).first()
    ticket.save(update_fields=["category", "service"])
    return True


def _fields_set(ticket: Ticket, event: Event) -> bool:
    now: dict[str, Any] = event.details["now"]
    if {slug: ticket.fields.get(slug) for slug in now} != now:
        return False
    put_fields(ticket, event.details["was"])
    return True


def _renamed(ticket: Ticket, event: Event) -> bool:
    if ticket.subject != event.details["after"]:
        return False
    put_subject(ticket, event.details["before"])
    return True


def _followed(ticket: Ticket, event: Event) -> bool:
    gone, _rows = Follower.objects.filter(ticket=ticket, user=event.details["who_id"]).delete()
    return bool(gone)


def _unfollowed(ticket: Ticket, event: Event) -> bool:
    _row, is_new = Follower.objects.get_or_create(
        ticket=ticket,
        user_id=event.details["who_id"],
        defaults={
            "in_copy": event.details.get("in_copy", False),
            "stands_in": event.details.get("stands_in", False),
        },
    )
    return is_new


def _linked(ticket: Ticket, event: Event) -> bool:
    gone, _rows = TicketLink.objects.filter(
        pk=event.details.get("link_id") or 0, source=ticket
    ).delete()
    return bool(gone)


def _unlinked(ticket: Ticket, event: Event) -> bool:
    link = event.details["link"]
    other = link["target"] if link["source"] == ticket.pk else link["source"]
    if not Ticket.objects.filter(pk=other).exists():
        return False
    _row, is_new = TicketLink.objects.get_or_create(
        source_id=link["source"], target_id=link["target"], kind=link["kind"]
    )
    return is_new


def _macro(ticket: Ticket, event: Event) -> bool:
    """Everything it did, from the last act to the first, or nothing of it."""
    did = ticket.events.filter(pk__in=event.details["did"])
    undone = ticket.events.filter(kind=Event.Kind.UNDONE, details__undoes__in=event.details["did"])
    left = did.exclude(pk__in=[one.details["undoes"] for one in undone])
    return all(WITHIN_MACROS[Event.Kind(one.kind)](ticket, one) for one in left.order_by("-pk"))


def _note_written(ticket: Ticket, event: Event) -> bool:
    rows = Message.objects.filter(pk=event.message_id or 0, withdrawn_at__isnull=True)
    return bool(rows.update(withdrawn_at=timezone.now()))


def _went_to(status: Status) -> Callable[[Ticket, Event], bool]:
    """For events after which the ticket stood at `status`."""

    def put_back(ticket: Ticket, event: Event) -> bool:
        was: dict[str, Any] | None = event.details.get("was")
        if ticket.status != status or was is None:
            return False
        if event.details.get("took") and ticket.assignee_id == event.actor_id:
            _assign(ticket, None)
        steps.put_back(ticket, was)
        return True

    return put_back


INVERSES: Final[dict[Event.Kind, Callable[[Ticket, Event], bool]]] = {
    Event.Kind.ASSIGNED: _assigned,
    Event.Kind.MOVED: _moved,
    Event.Kind.PRIORITISED: _prioritised,
    Event.Kind.TAGGED: _tagged,
    Event.Kind.CATEGORISED: _categorised,
    Event.Kind.FIELDS_SET: _fields_set,
    Event.Kind.RENAMED: _renamed,
    Event.Kind.FOLLOWED: _followed,
    Event.Kind.UNFOLLOWED: _unfollowed,
    Event.Kind.LINKED: _linked,
    Event.Kind.UNLINKED: _unlinked,
    Event.Kind.SOLVED: _went_to(Status.SOLVED),
    Event.Kind.AWAITED: _went_to(Status.PENDING),
    Event.Kind.HELD: _went_to(Status.ON_HOLD),
    Event.Kind.WOKEN: _went_to(Status.OPEN),
    Event.Kind.REOPENED: _went_to(Status.OPEN),
    Event.Kind.CLOSED: _went_to(Status.CLOSED),
    Event.Kind.MARKED_SPAM: _went_to(Status.SPAM),
    Event.Kind.ADMITTED: parting.not_admitted,
    Event.Kind.CALL_ASKED: calls.not_asked,
    Event.Kind.CALLED: calls.not_called,
    Event.Kind.MACRO: _macro,
}
# A note somebody wrote stays; one that a macro wrote goes with it.
WITHIN_MACROS: Final = {**INVERSES, Event.Kind.NOTED: _note_written}
# What was done between two tickets.
JOINT: Final[dict[Event.Kind, Callable[[Event, Event], bool]]] = {
    Event.Kind.MERGED: parting.not_merged,
    Event.Kind.SPLIT: parting.not_split,
    Event.Kind.MOVED_OUT: parting.not_moved_out,
}
UNDOABLE: Final = frozenset(INVERSES) | frozenset(JOINT)
"""Kinds of events that can be taken back."""
