"""The history of a ticket in one column: what was said and done, also where it was merged from."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from departments.models import User
from tickets.actions import UNDOABLE
from tickets.lifecycle import Status
from tickets.models import Attachment, Delivery, Event, Message, Ticket
from tickets.refusals import meaning

UNDO_OFFERED_FOR = timedelta(days=1)
# What changes a ticket: the newest of these is what "undo" means.
WORTH_UNDOING = UNDOABLE | {Event.Kind.UNDONE}
# These are put back at any time, by every agent of the ticket.
AT_ANY_TIME = {Event.Kind.MERGED, Event.Kind.SPLIT, Event.Kind.MOVED_OUT, Event.Kind.ADMITTED}
SILENT_AFTER = {"", Status.OPEN, Status.PENDING}
# Reasons of letters that began their ticket; all others joined one, perhaps by mistake.
OPENING = {"", "new", "others_number", "follow_up", "forwarded", "by_hand"}


@dataclass
class Line:
    """One line of the column: a message or an event. `came_from` is the number of the merged ticket
    it belongs to, None for the ticket's own."""

    at: datetime
    message: Message | None = None
    event: Event | None = None
    came_from: int | None = None
    files: tuple[Attachment, ...] = ()
    is_new: bool = False
    can_take_back: bool = False
    can_resend: bool = False
    can_correct: bool = False
    joined: bool = False
    can_undo: bool = False
    is_last_act: bool = False

    @property
    def order(self) -> tuple[datetime, bool, int]:
        """By time; what was said before what happened by it."""
        row = self.message or self.event
        return self.at, self.message is None, row.pk if row else 0


def thread_of(ticket: Ticket, absorbed: Collection[int], reader: User) -> list[Line]:
    """The whole column, oldest first, as `reader` sees it now: three questions.

    `absorbed` are the numbers of the tickets merged into it. Replies that were taken back are left
    out; the line that says so stays. Replies that were replaced stay as well.
    """
    numbers = [ticket.pk, *absorbed]
    lines = lines_of(_messages(numbers), ticket, reader)
    events = list(
        Event.objects.filter(ticket__in=numbers).select_related("actor", "message__author")
    )
    undone = {one.details.get("undoes") for one in events if one.kind == Event.Kind.UNDONE}
    lines += [
        Line(
            event.at,
            event=event,
            came_from=_origin(event.ticket_id, ticket),
            can_undo=event.kind in AT_ANY_TIME and event.pk not in undone,
        )
        for event in events
        if _is_told(event, ticket)
    ]
    lines.sort(key=lambda line: line.order)
    _offer_undo(lines, ticket, reader)
    return lines


def _offer_undo(lines: list[Line], ticket: Ticket, reader: User) -> None:
    """The last thing that was done to the ticket may be taken back for a day by who did it."""
    for line in reversed(lines):
        event = line.event
        if event is not None and event.kind in WORTH_UNDOING:
            line.is_last_act = (
                event.kind in UNDOABLE
                and (event.ticket_id, event.actor_id) == (ticket.pk, reader.pk)
                and event.at > timezone.now() - UNDO_OFFERED_FOR
            )
            line.can_undo = line.can_undo or line.is_last_act
            return


def news_of(ticket: Ticket, absorbed: Collection[int], reader: User, after: int) -> list[Line]:
    """What others have said since the message `after`."""
    messages = _messages([ticket.pk, *absorbed]).filter(pk__gt=after).exclude(author=reader)
    lines = lines_of(messages, ticket, reader)
    for line in lines:
        line.is_new = True
    return lines


def lines_of(messages: Iterable[Message], ticket: Ticket, reader: User) -> list[Line]:
    """Lines for `messages` of `_messages`, each with the files that do not stand in its text
    already."""
    return [_line(message, ticket, reader) for message in messages]


def _line(message: Any, ticket: Ticket, reader: User) -> Line:
    for report in message.reports:
        report["meaning"] = meaning(report["detail"])
    states = {report["state"] for report in message.reports}
    stands = message.withdrawn_at is None
    return Line(
        message.created_at,
        message=message,
        came_from=_origin(message.ticket_id, ticket),
        files=_loose_files(message),
        can_take_back=message.author_id == reader.pk and message.can_still_be_taken_back,
        can_resend=stands and bool(states & Delivery.MISSED),
        joined=message.from_customer and message.why not in OPENING,
        can_correct=stands and not message.from_customer and states == Delivery.REFUSED,
    )


def _messages(numbers: Collection[int]) -> QuerySet[Message]:
    reports = Delivery.objects.filter(message=OuterRef("pk")).order_by("pk")
    return (
        Message.objects.kept()
        .filter(ticket__in=numbers)
        .defer("words")
        .select_related("author")
        .prefetch_related("attachments")
        .annotate(
            reports=ArraySubquery(
                reports.values(data=JSONObject(address="address", state="state", detail="detail"))
            )
        )
        .order_by("created_at", "pk")
    )


def _loose_files(message: Message) -> tuple[Attachment, ...]:
    shown = message.html + message.quoted_html
    return tuple(
        file
        for file in message.attachments.all()
        if not (file.is_inline and file.get_absolute_url() in shown)
    )


def _origin(number: int, ticket: Ticket) -> int | None:
    return None if number == ticket.pk else number


def _is_told(event: Event, ticket: Ticket) -> bool:
    """Does the line say anything that the message beside it does not?"""
    details = event.details
    if event.ticket_id != ticket.pk and ticket.pk in {details.get("into"), details.get("source")}:
        return False  # the line on the other side says the same
    if event.kind == Event.Kind.OPENED:
        return bool(details.get("follows"))
    if event.kind == Event.Kind.NOTED:
        return False
    if event.kind == Event.Kind.REPLIED:
        message = event.message
        if message and message.withdrawn_at and message.replaced_by_id is None:
            return False
        return bool(details.get("took")) or details.get("after", "") not in SILENT_AFTER
    if event.kind == Event.Kind.MERGED:
        return event.ticket_id == ticket.pk or "source" in details
    return True
