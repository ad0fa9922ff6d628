"""The history of a ticket in one column: what was said and done, also where it was merged from."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    CharField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, JSONObject, NullIf
from django.utils import timezone

from departments.models import User
from tickets.actions import UNDOABLE
from tickets.agent.mentioned import with_marks
from tickets.agent.outline import UNDO_OFFERED_FOR, Fold, History, last_act
from tickets.agent.references import with_links
from tickets.coach import unsaid
from tickets.models import Attachment, Delivery, Event, Mention, Message, Ticket
from tickets.refusals import meaning

# These are put back at any time, by every agent of the ticket.
AT_ANY_TIME = {Event.Kind.MERGED, Event.Kind.SPLIT, Event.Kind.MOVED_OUT, Event.Kind.ADMITTED}
# Reasons of letters that began their ticket; all others joined one, perhaps by mistake.
OPENING = {"", "new", "others_number", "follow_up", "forwarded", "by_hand"}
MOST_FIRED = 10


@dataclass
class Line:
    """One line of the column: a message, an event, or a fold that stands for many. `came_from` is
    the number of the merged ticket it belongs to, None for the ticket's own; `html` is the text of
    the message for this reader; `not_said` is what the customer was asked for and passed over."""

    at: datetime
    message: Message | None = None
    event: Event | None = None
    fold: Fold | None = None
    came_from: int | None = None
    html: str = ""
    files: tuple[Attachment, ...] = ()
    is_new: bool = False
    not_said: tuple[str, ...] = ()
    can_take_back: bool = False
    can_resend: bool = False
    can_correct: bool = False
    joined: bool = False
    can_undo: bool = False
    is_last_act: bool = False

    @property
    def order(self) -> tuple[datetime, bool, int, bool]:
        """By time; what was said before what happened by it; a fold behind its first neighbour."""
        if self.fold is not None:
            return (*self.fold.after, True)
        row = self.message or self.event
        return self.at, self.message is None, row.pk if row else 0, False


@dataclass
class Thread:
    """The column, oldest first, and what is known of the whole history besides: the key of its
    newest message, the minutes spent on it, its newest escalations."""

    lines: list[Line] = field(default_factory=list)
    newest: int = 0
    minutes: int = 0
    fired: list[Event] = field(default_factory=list)


def thread_of(
    ticket: Ticket, absorbed: Collection[int], reader: User, *, whole: bool = False, around: int = 0
) -> Thread:
    """The column as `reader` sees it now: `whole`, or folded in the middle where it is long, with
    what stands around the message `around`. Three questions; one for `around`, one for numbers of
    tickets that are named in it.

    `absorbed` are the numbers of the tickets merged into it. Replies that were taken back are left
    out; the line that says so stays. Replies that were replaced stay as well.
    """
    history = History.of(ticket, absorbed, reader)
    outline = history.outline(reader, whole=whole, around=around)
    messages, events = history.messages, history.events
    if not outline.is_whole:
        messages = messages.filter(pk__in=outline.keys(of_events=False))
        events = Event.objects.filter(pk__in=outline.keys(of_events=True)).order_by()
    fired = Event.objects.filter(ticket__in=history.numbers, kind=Event.Kind.ESCALATED)
    newest = fired.order_by("-at", "-pk").values("pk")[:MOST_FIRED]
    shown = events.values("pk")
    # Not one or the other, for which every event there is would be read.
    found = list(
        _events(history, Q(pk__in=shown.union(newest))).annotate(
            is_line=ExpressionWrapper(Q(pk__in=shown), BooleanField())
        )
    )
    lines = lines_of(_messages(messages), ticket, reader)
    lines += [_act(event, ticket, reader) for event in found if event.is_line]
    lines += [Line(fold.after[0], fold=fold) for fold in outline.folds]
    lines.sort(key=lambda line: line.order)
    return Thread(
        lines,
        newest=outline.newest,
        minutes=outline.minutes,
        fired=[event for event in found if event.kind == Event.Kind.ESCALATED],
    )


def lines_between(
    ticket: Ticket, absorbed: Collection[int], reader: User, *, after: str, before: str
) -> list[Line]:
    """What is folded between two lines ("m4", "e7"), oldest first; nothing if they do not stand in
    this history."""
    history = History.of(ticket, absorbed, reader)
    first, last = history.place_of(after), history.place_of(before)
    if first is None or last is None:
        return []
    part = history.between(first, last)
    lines = lines_of(_messages(part.messages), ticket, reader)
    lines += [
        _act(event, ticket, reader)
        for event in _events(history, Q(pk__in=part.events.values("pk")))
    ]
    return sorted(lines, key=lambda line: line.order)


def news_of(ticket: Ticket, absorbed: Collection[int], reader: User, after: int) -> list[Line]:
    """What others have said since the message `after`."""
    said = History.of(ticket, absorbed, reader).messages
    lines = lines_of(_messages(said.filter(pk__gt=after).exclude(author=reader)), ticket, reader)
    for line in lines:
        line.is_new = True
    return lines


def lines_of(messages: Iterable[Message], ticket: Ticket, reader: User) -> list[Line]:
    """Lines for `messages` of `_messages`, each with the files that do not stand in its text
    already."""
    lines = [_line(message, ticket, reader) for message in messages]
    for line, html in zip(lines, with_links([line.html for line in lines], reader), strict=True):
        line.html = with_marks(html, line.message.mentioned) if line.message else html  # type: ignore[attr-defined]
    return lines


def _line(message: Any, ticket: Ticket, reader: User) -> Line:
    for report in message.reports:
        report["meaning"] = meaning(report["detail"])
    states = {report["state"] for report in message.reports}
    stands = message.withdrawn_at is None
    return Line(
        message.created_at,
        message=message,
        came_from=_origin(message.ticket_id, ticket),
        html=message.html,
        files=_loose_files(message),
        can_take_back=message.author_id == reader.pk and message.can_still_be_taken_back,
        can_resend=stands and bool(states & Delivery.MISSED),
        not_said=tuple(unsaid(message.skipped or [])),
        joined=message.from_customer and message.why not in OPENING and not message.is_side,
        can_correct=stands
        and message.kind == Message.Kind.REPLY
        and not message.from_customer
        and states == Delivery.REFUSED,
    )


def _act(event: Any, ticket: Ticket, reader: User) -> Line:
    """The last thing that was done to the ticket may be taken back for a day by who did it."""
    is_last_act = (
        event.pk == event.last_act
        and event.kind in UNDOABLE
        and (event.ticket_id, event.actor_id) == (ticket.pk, reader.pk)
        and event.at > timezone.now() - UNDO_OFFERED_FOR
    )
    return Line(
        event.at,
        event=event,
        came_from=_origin(event.ticket_id, ticket),
        can_undo=is_last_act or (event.kind in AT_ANY_TIME and not event.is_undone),
        is_last_act=is_last_act,
    )


def _messages(messages: QuerySet[Message]) -> QuerySet[Message]:
    here = OuterRef("pk")
    files, reports = Attachment.objects.filter(message=here), Delivery.objects.filter(message=here)
    return (
        messages.defer("words")
        .select_related("author", "later")
        .annotate(
            own_files=ArraySubquery(
                files.order_by("pk").values(data=JSONObject(**{name: name for name in FILE}))
            ),
            reports=ArraySubquery(
                reports.order_by("pk").values(
                    data=JSONObject(address="address", state="state", detail="detail")
                )
            ),
            skipped=Subquery(
                Event.objects.filter(message=here, kind=Event.Kind.OPENED).values(
                    "details__skipped"
                )[:1]
            ),
            mentioned=ArraySubquery(
                Mention.objects.filter(message=here).values(
                    name=Coalesce(
                        NullIf("user__name", Value("")), "user__email", output_field=CharField()
                    )
                )
            ),
            side_people=ArraySubquery(
                User.objects.filter(side_conversations=OuterRef("side"), is_active=True)
                .order_by("pk")
                .values("email")
            ),
        )
        .order_by("created_at", "pk")
    )


FILE = ("id", "token", "name", "content_type", "size", "is_inline", "width", "height")


def _loose_files(message: Any) -> tuple[Attachment, ...]:
    shown = message.html + message.quoted_html
    files = [Attachment(**{**row, "token": UUID(row["token"])}) for row in message.own_files]
    return tuple(
        file for file in files if not (file.is_inline and file.get_absolute_url() in shown)
    )


def _events(history: History, which: Q) -> QuerySet[Event]:
    undoings = Event.objects.filter(ticket=OuterRef("ticket"), kind=Event.Kind.UNDONE)
    undoings = undoings.annotate(of=Cast(KT("details__undoes"), BigIntegerField()))
    return (
        Event.objects.filter(which)
        .select_related("actor")
        .annotate(
            last_act=Subquery(last_act(history.all_events)),
            is_undone=Exists(undoings.filter(of=OuterRef("pk"))),
        )
        .order_by("at", "pk")
    )


def _origin(number: int, ticket: Ticket) -> int | None:
    return None if number == ticket.pk else number
