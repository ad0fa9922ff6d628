"""Acts taken back: what an event says was done is put back as it was, if it still stands."""

from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from departments.models import Category, Department, Service, User
from helpdesk.lib.errors import DeskError
from tickets import events, search, sla
from tickets.actions import steps
from tickets.lifecycle import Priority, Status
from tickets.models import Event, Follower, Tag, Ticket, TicketLink
from tickets.permissions import can_undo, require, works_in


class ChangedMeanwhile(DeskError):
    """What would be undone no longer stands."""

    status = 409


@transaction.atomic
def undo(event: Event, *, by: User) -> Ticket:
    """Put back what `event` did to its ticket. One event is undone once, and only while what it
    did still stands: nobody's later act is lost. Raises ChangedMeanwhile otherwise, DeskError for
    what cannot be taken back (a letter that left)."""
    ticket = Ticket.objects.locked(event.ticket)
    require(can_undo(by, event, ticket))
    put_back = INVERSES.get(Event.Kind(event.kind))
    if put_back is None:
        raise DeskError(_("This cannot be undone."))
    undone = ticket.events.filter(kind=Event.Kind.UNDONE, details__undoes=event.pk)
    if undone.exists() or not put_back(ticket, event):
        raise ChangedMeanwhile(_("It was changed again meanwhile, so nothing was undone."))
    sla.refresh(ticket)
    events.record(ticket, Event.Kind.UNDONE, by=by, what=event.kind, undoes=event.pk)
    return ticket


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


def _followed(ticket: Ticket, event: Event) -> bool:
    gone, _rows = Follower.objects.filter(ticket=ticket, user=event.details["who_id"]).delete()
    return bool(gone)


def _unfollowed(ticket: Ticket, event: Event) -> bool:
    _row, is_new = Follower.objects.get_or_create(
        ticket=ticket,
        user_id=event.details["who_id"],
        defaults={"in_copy": event.details.get("in_copy", False)},
    )
    return is_new


def _linked(ticket: Ticket, event: Event) -> bool:
    gone, _rows = TicketLink.objects.filter(
        pk=event.details.get("link_id") or 0, source=ticket
    ).delete()
    return bool(gone)


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
    Event.Kind.FOLLOWED: _followed,
    Event.Kind.UNFOLLOWED: _unfollowed,
    Event.Kind.LINKED: _linked,
    Event.Kind.SOLVED: _went_to(Status.SOLVED),
    Event.Kind.HELD: _went_to(Status.ON_HOLD),
    Event.Kind.WOKEN: _went_to(Status.OPEN),
    Event.Kind.REOPENED: _went_to(Status.OPEN),
    Event.Kind.CLOSED: _went_to(Status.CLOSED),
    Event.Kind.MARKED_SPAM: _went_to(Status.SPAM),
}
