"""What canned replies do besides their text: each act by its own verb, all of it one step."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import events, placeholders, search
from tickets.actions.describing import set_fields
from tickets.actions.resolution import (
    hold_ticket,
    reopen_ticket,
    solve_ticket,
    wait_for_customer,
)
from tickets.actions.triage import assign_ticket, move_ticket, set_priority, tag_ticket
from tickets.lifecycle import Status
from tickets.models import (
    Body,
    CannedReply,
    CannedUse,
    CustomField,
    Event,
    Message,
    Ticket,
    understood,
)
from tickets.permissions import can_use_canned, can_work_on, require

STATUSES: Final[dict[str, Callable[..., Any]]] = {
    Status.OPEN: reopen_ticket,
    Status.PENDING: wait_for_customer,
    Status.SOLVED: solve_ticket,
}


@transaction.atomic
def apply_macro(ticket: Ticket, *, macro: CannedReply, by: User) -> Event | None:
    """Do to the ticket what `macro` says, without its text. One line of history stands for all of
    it, and undoing that line takes all of it back; None if everything was so already.

    Raises DeskError if one of the acts is not possible; then none is done.
    """
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket) and can_use_canned(by, macro))
    if not macro.acts:
        raise DeskError(
            _("“%(name)s” is only a text; it does nothing by itself.") % {"name": macro}
        )
    return act(macro, ticket, by=by)


def act(
    canned: CannedReply,
    ticket: Ticket,
    *,
    by: User,
    message: Message | None = None,
    keeps_status: bool = False,
) -> Event | None:
    """What `canned` does besides its text to the locked `ticket`; `message` is the answer it went
    into, `keeps_status` leaves the status to that answer. Counts that it was used."""
    newest = Event.objects.filter(ticket=ticket).order_by("-pk").values_list("pk", flat=True)[:1]
    seen, place = next(iter(newest), 0), ticket.department_id
    if canned.adds_note:
        _write_note(canned, ticket, by)
    if canned.sets_priority:
        set_priority(ticket, priority=canned.sets_priority, by=by)
    set_fields(ticket, values=_fitting(canned.sets_fields, ticket), by=by)
    tag_ticket(
        ticket,
        add=canned.adds_tags.values_list("name", flat=True),
        remove=canned.removes_tags.values_list("name", flat=True),
        by=by,
    )
    if canned.sets_status and not keeps_status:
        _set_status(canned, ticket, by)
    if canned.assigns:
        to = {"me": by, "person": canned.assigns_to}.get(canned.assigns)
        assign_ticket(ticket, to=to, by=by)
    if canned.moves_to:
        # Last, for behind it the ticket may be out of the agent's reach.
        move_ticket(ticket, to=canned.moves_to, by=by)
    _count_use(canned, by)
    did = Event.objects.filter(ticket=ticket, pk__gt=seen).order_by("pk")
    if not (keys := list(did.values_list("pk", flat=True))):
        return None
    return events.record(
        ticket,
        Event.Kind.MACRO,
        by=by,
        message=message,
        name=canned.title,
        did=keys,
        before_id=place,
    )


def _fitting(values: dict[str, Any], ticket: Ticket) -> dict[str, Any]:
    """Those of `values` that the ticket's fields take: one text may serve several places, and be
    older than the fields."""
    if not values:
        return {}
    fields = CustomField.objects.fitting(ticket.department_id, ticket.category_id)
    return understood(values, fields)[0]


def _write_note(canned: CannedReply, ticket: Ticket, by: User) -> None:
    body = Body.plain(placeholders.fill(canned.adds_note, ticket, by))
    note = Message.objects.create(
        ticket=ticket, kind=Message.Kind.NOTE, author=by, text=body.text, html=body.html
    )
    search.remember(note)
    events.record(ticket, Event.Kind.NOTED, by=by, message=note)


def _set_status(canned: CannedReply, ticket: Ticket, by: User) -> None:
    if canned.sets_status == Status.ON_HOLD:
        until = timezone.now() + timedelta(days=canned.holds_for_days or 1)
        hold_ticket(ticket, until=until, by=by)
    else:
        STATUSES[canned.sets_status](ticket, by=by)


def _count_use(canned: CannedReply, by: User) -> None:
    now = timezone.now()
    CannedReply.objects.filter(pk=canned.pk).update(used=F("used") + 1, last_used_at=now)
    own, _is_new = CannedUse.objects.get_or_create(canned=canned, user=by)
    CannedUse.objects.filter(pk=own.pk).update(times=F("times") + 1, last_at=now)
