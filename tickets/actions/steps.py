"""What several verbs share. Every function expects the ticket locked, inside the transaction;
`hold_living` locks it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import DeskSettings, User
from helpdesk.lib.errors import DeskError
from tickets import lifecycle, sla
from tickets.lifecycle import AT_WORK, FINISHED, OURS, Status
from tickets.models import CustomField, Event, Mention, Message, Ticket

PREVIEW_LENGTH = 200
# What hangs on where a ticket stands.
_TIMES = ("waiting_since", "hold_until", "solved_at", "closed_at", "ask_rating_at")


def move(ticket: Ticket, status: Status, *, until: datetime | None = None) -> str:
    """Bring `ticket` to `status` if the table of moves allows it; the status it had before.

    Keeps whose turn it is and since when, and the times of solving and closing.
    """
    before = ticket.status
    lifecycle.check_move(before, status)
    now = timezone.now()
    if before != status:
        if (before in OURS) != (status in OURS):
            ticket.waiting_since = now
        if status in AT_WORK:
            ticket.solved_at = ticket.closed_at = None
        elif status == Status.SOLVED:
            ticket.solved_at = now
            ticket.ask_rating_at = _ask_at(now)
        elif status == Status.CLOSED:
            ticket.solved_at = ticket.solved_at or now
            ticket.closed_at = now
    if status not in FINISHED:
        ticket.ask_rating_at = None
    ticket.status = status
    ticket.hold_until = until if status == Status.ON_HOLD else None
    ticket.save(update_fields=["status", *_TIMES])
    sla.refresh(ticket)
    return before


def _ask_at(solved_at: datetime) -> datetime | None:
    days = DeskSettings.current().rating_reminder_days
    return solved_at + timedelta(days=days) if days else None


def require_filled(ticket: Ticket) -> None:
    """Refuse with a sentence where a required custom field of `ticket` says nothing."""
    required = CustomField.objects.filter(is_active=True, required=True)
    wanted = required.fitting(ticket.department_id, ticket.category_id)
    if not wanted:
        return
    # A canned reply may just have filled them.
    said = Ticket.objects.values_list("fields", flat=True).get(pk=ticket.pk)
    missing = [str(one) for one in wanted if one.slug not in said]
    if missing:
        raise DeskError(
            _("Before the ticket is solved, fill these fields: %(names)s.")
            % {"names": ", ".join(missing)}
        )


def standing(ticket: Ticket) -> dict[str, str | None]:
    """Where it stands, with the times that hang on it, for the history; see `put_back`."""
    kept = {name: getattr(ticket, name) for name in _TIMES}
    return {"status": str(ticket.status)} | {
        name: at.isoformat() if at else None for name, at in kept.items()
    }


def put_back(ticket: Ticket, was: dict[str, str | None]) -> None:
    """Undo a move: the table of moves is for going on, not for going back."""
    ticket.status = str(was["status"])
    for name in _TIMES:
        text = was.get(name)  # lines from before it was kept have none
        # To the microsecond: steps of escalation know a wait by when it began.
        setattr(ticket, name, datetime.fromisoformat(text) if text else None)
    ticket.save(update_fields=["status", *_TIMES])
    sla.refresh(ticket)


def leave_empty(ticket: Ticket, into: Ticket) -> None:
    """`ticket` has no messages left: it points to where they went, so that answers arrive there."""
    move(ticket, Status.MERGED)
    ticket.merged_into, ticket.department = into, into.department
    ticket.save(update_fields=["merged_into", "department"])


def said_since(ticket: Ticket, event: Event) -> bool:
    """Has anybody said something in public since `event`, besides its own message?"""
    later = ticket.messages.filter(kind=Message.Kind.REPLY, created_at__gt=event.at)
    return later.exclude(pk=event.message_id or 0).exists()


def answer_mentions(ticket: Ticket, by: User) -> None:
    """Whoever was named in a note and says something on the ticket has answered."""
    here = Q(ticket=ticket) | Q(ticket__merged_into=ticket)
    named = Mention.objects.filter(here, user=by, answered_at__isnull=True)
    named.update(answered_at=timezone.now())


def preview_of(text: str) -> str:
    """The beginning of a message, as the row of the queue shows it."""
    return " ".join(text.split())[:PREVIEW_LENGTH]


def touch(ticket: Ticket, message: Message) -> None:
    """Let the row of the queue show `message` as the newest."""
    ticket.updated_at = message.created_at
    ticket.preview = preview_of(message.text)
    ticket.has_files = ticket.has_files or message.attachments.exists()
    ticket.save(update_fields=["updated_at", "preview", "has_files"])


def retell(ticket: Ticket) -> None:
    """Work out anew what `touch` keeps, after messages came or went."""
    newest = ticket.messages.filter(kind=Message.Kind.REPLY).order_by("-created_at", "-id").first()
    ticket.has_files = ticket.messages.filter(attachments__isnull=False).exists()
    ticket.first_answered_at = first_answer_of(ticket)
    ticket.save(update_fields=["first_answered_at"])
    if newest is not None:
        touch(ticket, newest)
    else:
        ticket.save(update_fields=["has_files"])


def absorbed(numbers: Iterable[int]) -> list[int]:
    """Numbers of all tickets that were merged into these, and into those in turn."""
    found: list[int] = []
    level = list(numbers)
    while level:
        rows = Ticket.objects.filter(merged_into__in=level).exclude(pk__in=found)
        level = list(rows.values_list("pk", flat=True))
        found += level
    return found


def first_answer_of(ticket: Ticket) -> datetime | None:
    """When an agent first answered, counting only answers that stand; the message with which an
    agent opened it is none."""
    answer = (
        ticket.messages.filter(
            events__kind=Event.Kind.REPLIED, from_customer=False, withdrawn_at__isnull=True
        )
        .order_by("created_at", "id")
        .first()
    )
    return answer.created_at if answer else None


def current(ticket: Ticket) -> Ticket:
    """Where a ticket lives on: itself, or the end of its chain of merges."""
    seen = {ticket.pk}
    while ticket.merged_into is not None and ticket.merged_into.pk not in seen:
        ticket = ticket.merged_into
        seen.add(ticket.pk)
    return ticket


def hold_living(ticket: Ticket) -> Ticket:
    """Where `ticket` lives on, locked: also where it was merged while we waited for the lock."""
    held = Ticket.objects.locked(current(ticket))
    while held.merged_into is not None:
        held = Ticket.objects.locked(current(held))
    return held
