"""One act on many tickets: ordinary verbs, ticket by ticket, each in its own transaction.

A job is rows first: what it still has to do is found in the database, so a worker that dies leaves
nothing half done, and nothing is done twice. A few tickets are done while the agent waits, many by
the worker. Undoing a job takes back every line of history it made that still stands.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from departments.models import Department, User
from helpdesk.lib.errors import DeskError
from tickets import actions
from tickets.models import BulkItem, BulkJob, CannedReply, Event, Ticket

log = logging.getLogger(__name__)

AT_ONCE: Final = 50
"""Tickets that are worked on before anybody else may go on with a job."""
MOST: Final = 10_000
PATIENCE = timedelta(minutes=5)
State = BulkItem.State

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """What can be done to many tickets. `verb` takes the ticket, the agent and the arguments."""

    name: Any
    verb: Callable[[Ticket, User, Arguments], Any]
    needs: tuple[str, ...] = ()


def _assign(ticket: Ticket, by: User, given: Arguments) -> None:
    to = User.objects.get(pk=given["agent"]) if given["agent"] else None
    actions.assign_ticket(ticket, to=to, by=by)


def _move(ticket: Ticket, by: User, given: Arguments) -> None:
    actions.move_ticket(ticket, to=Department.objects.get(pk=given["department"]), by=by)


def _hold(ticket: Ticket, by: User, given: Arguments) -> None:
    actions.hold_ticket(ticket, until=datetime.fromisoformat(given["until"]), by=by)


def _merge(ticket: Ticket, by: User, given: Arguments) -> None:
    if ticket.pk != given["into"]:
        actions.merge_tickets(ticket, into=Ticket.objects.get(pk=given["into"]), by=by)


def _set_field(ticket: Ticket, by: User, given: Arguments) -> None:
    actions.set_fields(ticket, values={given["field"]: given["value"]}, by=by)


def _macro(ticket: Ticket, by: User, given: Arguments) -> None:
    macro = CannedReply.objects.usable_by(by).filter(pk=given["macro"]).first()
    if macro is None:
        raise DeskError(_("This macro is not there any more."))
    actions.apply_macro(ticket, macro=macro, by=by)


ACTS: Final[dict[str, Act]] = {
    "assign": Act(_("Assign"), _assign, ("agent",)),
    "take": Act(_("Take"), lambda ticket, by, given: actions.assign_ticket(ticket, to=by, by=by)),
    "move": Act(_("Move"), _move, ("department",)),
    "priority": Act(
        _("Set priority"),
        lambda ticket, by, given: actions.set_priority(ticket, priority=given["priority"], by=by),
        ("priority",),
    ),
    "field": Act(_("Set a field"), _set_field, ("field", "value")),
    "tag": Act(
        _("Add tags"),
        lambda ticket, by, given: actions.tag_ticket(ticket, add=given["tags"], by=by),
        ("tags",),
    ),
    "untag": Act(
        _("Take tags off"),
        lambda ticket, by, given: actions.tag_ticket(ticket, remove=given["tags"], by=by),
        ("tags",),
    ),
    "solve": Act(_("Solve"), lambda ticket, by, given: actions.solve_ticket(ticket, by=by)),
    "close": Act(_("Close"), lambda ticket, by, given: actions.close_ticket(ticket, by=by)),
    "reopen": Act(_("Reopen"), lambda ticket, by, given: actions.reopen_ticket(ticket, by=by)),
    "hold": Act(_("Put on hold"), _hold, ("until",)),
    "follow": Act(
        _("Follow"), lambda ticket, by, given: actions.follow_ticket(ticket, who=by, by=by)
    ),
    "spam": Act(_("Mark as spam"), lambda ticket, by, given: actions.mark_as_spam(ticket, by=by)),
    "merge": Act(_("Merge"), _merge, ("into",)),
    "macro": Act(_("Apply a macro"), _macro, ("macro",)),
}


@transaction.atomic
def start(numbers: Iterable[int], *, act: str, arguments: Arguments, by: User) -> BulkJob:
    """Write down that `by` wants `act` done to these tickets; nothing is done yet. Tickets that
    `by` does not work on are left out. Raises DeskError if none is left, or too many are."""
    wanted = list(dict.fromkeys(numbers))
    mine = Ticket.objects.workable_by(by).filter(pk__in=wanted)
    keys = list(mine.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if not keys:
        raise DeskError(_("Choose some tickets first."))
    if len(keys) > MOST:
        raise DeskError(_("At most %(most)d tickets at once. Narrow the list.") % {"most": MOST})
    job = BulkJob.objects.create(owner=by, act=act, arguments=arguments)
    BulkItem.objects.bulk_create((BulkItem(job=job, ticket_id=key) for key in keys), 1_000)
    return job


@transaction.atomic
def undo(job: BulkJob, *, by: User) -> None:
    """Take it all back, as far as it still stands; done by `run` like the act itself."""
    job = BulkJob.objects.select_for_update().get(pk=job.pk)
    if job.owner_id != by.pk:
        raise PermissionDenied(_("You may not do that."))
    if job.undo_began_at is None:
        job.undo_began_at = job.next_try_at = timezone.now()
        job.items.filter(state=State.WAITING).update(state=State.UNCHANGED)
        job.save(update_fields=["undo_began_at", "next_try_at"])


def due() -> list[int]:
    """Keys of jobs that somebody should go on with."""
    waiting = BulkJob.objects.filter(next_try_at__lte=timezone.now()).order_by("next_try_at")
    return list(waiting.values_list("pk", flat=True)[:100])


def run(pk: int, *, most: int = AT_ONCE) -> bool:
    """Go on with a job, if nobody else does so now; whether there is more to do."""
    now = timezone.now()
    if not BulkJob.objects.filter(pk=pk, next_try_at__lte=now).update(next_try_at=now + PATIENCE):
        return False
    job = BulkJob.objects.select_related("owner").get(pk=pk)
    todo, step = (State.WAITING, _do) if job.undo_began_at is None else (State.DONE, _take_back)
    waiting = job.items.filter(state=todo)
    with override(job.owner.language or settings.LANGUAGE_CODE):
        for item in waiting.order_by("pk")[:most]:
            step(job, item)
    # Undoing may have begun meanwhile: then there is more to do.
    more = (
        waiting.exists()
        or BulkJob.objects.filter(
            pk=pk, undo_began_at__isnull=False, items__state=State.DONE
        ).exists()
    )
    BulkJob.objects.filter(pk=pk).update(next_try_at=timezone.now() if more else None)
    return more


@transaction.atomic
def _do(job: BulkJob, item: BulkItem) -> None:
    """The act on one ticket, and in the same transaction the word that it is done."""
    ticket = Ticket.objects.locked(item.ticket)
    if not BulkItem.objects.filter(pk=item.pk, state=State.WAITING).exists():
        return
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    try:
        with transaction.atomic():
            ACTS[job.act].verb(ticket, job.owner, job.arguments)
    except (DeskError, PermissionDenied) as refusal:
        item.state, item.detail = State.REFUSED, str(refusal)[:300]
    except Exception:  # one ticket must not stop the others
        log.exception("Job %s could not be done on ticket %s", job.pk, ticket.pk)
        item.state, item.detail = State.REFUSED, str(_("Something went wrong here."))
    else:
        # The ticket is held, so whatever was written to its history since is ours.
        made = Event.objects.filter(ticket=ticket, pk__gt=newest, actor=job.owner)
        # One line may stand for others, and takes them back with it.
        covered = {pk for one in made for pk in one.details.get("did", ())}
        item.events = sorted({one.pk for one in made} - covered)
        item.state = State.DONE if item.events else State.UNCHANGED
    item.save(update_fields=["state", "detail", "events"])


@transaction.atomic
def _take_back(job: BulkJob, item: BulkItem) -> None:
    Ticket.objects.locked(item.ticket)
    if not BulkItem.objects.filter(pk=item.pk, state=State.DONE).exists():
        return
    try:
        with transaction.atomic():
            for event in Event.objects.filter(pk__in=item.events).order_by("-pk"):
                actions.undo(event, by=job.owner)
    except (DeskError, PermissionDenied) as refusal:
        item.state, item.detail = State.KEPT, str(refusal)[:300]
    else:
        item.state = State.UNDONE
    item.save(update_fields=["state", "detail"])


def tally(job: BulkJob) -> Counter[str]:
    """How many of its tickets stand where."""
    rows = job.items.order_by().values_list("state").annotate(Count("pk"))
    return Counter(dict(rows))
