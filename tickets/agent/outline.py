"""Which lines of a history stand on the page: of a long one its two ends. What lies between is only
counted, so that a thousand messages cost what twenty cost."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from django.db.models import Aggregate, Count, F, Max, Min, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Least
from django.utils import timezone

from departments.models import User
from tickets.actions import UNDOABLE
from tickets.agent.nav import unread
from tickets.lifecycle import Status
from tickets.models import Event, Message, Ticket

FIRST: Final = 3
LAST: Final = 9
AROUND: Final = 3
LEAST_FOLDED: Final = 4
MOST_NEW: Final = 50
UNDO_OFFERED_FOR: Final = timedelta(days=1)
# What changes a ticket: the newest of these is what "undo" means.
WORTH_UNDOING: Final = UNDOABLE | {Event.Kind.UNDONE}
# Where a ticket stands after an answer goes without saying, except there.
LOUD: Final = [str(one) for one in Status if one not in {Status.OPEN, Status.PENDING}]
QUIET: Final = [
    *(Event.Kind.OPENED, Event.Kind.NOTED, Event.Kind.REPLIED, Event.Kind.MERGED),
    *(Event.Kind.FORWARDED, Event.Kind.ASIDE, Event.Kind.SCHEDULED),
]

Place = tuple[datetime, bool, int]
"""Where a line stands: its time, whether it is an event (what was said comes before what happened
by it), and its key."""


@dataclass(frozen=True)
class Fold:
    """Lines that are not shown: how many of each kind, and the lines just before and behind."""

    after: Place
    before: Place
    messages: int
    events: int

    @property
    def first(self) -> str:
        """What the page calls the line just before it."""
        return name_of(self.after)

    @property
    def last(self) -> str:
        """What the page calls the line just behind it."""
        return name_of(self.before)


def name_of(place: Place) -> str:
    """What a page calls a line: "m4" is the message with the key 4, "e7" an event."""
    return f"{'e' if place[1] else 'm'}{place[2]}"


@dataclass
class Outline:
    """What stands on the page: `places` of its lines, None where all of them do, and the `folds`
    between them. `newest` is the key of the newest message of all, `minutes` what all took."""

    places: list[Place] | None = None
    folds: list[Fold] = field(default_factory=list)
    newest: int = 0
    minutes: int = 0

    @property
    def is_whole(self) -> bool:
        """Does everything stand there?"""
        return self.places is None

    def keys(self, *, of_events: bool) -> list[int]:
        """Keys of the messages, or of the events, that stand there."""
        return [key for _at, is_event, key in self.places or () if is_event == of_events]


@dataclass(frozen=True)
class History:
    """What is told of some tickets, as questions without an order. `all_events` are those behind
    `events` for a reader who hides them."""

    numbers: list[int]
    messages: QuerySet[Message]
    events: QuerySet[Event]
    all_events: QuerySet[Event]

    @classmethod
    def of(cls, ticket: Ticket, absorbed: Collection[int], reader: User) -> Self:
        """That of `ticket` and of those merged into it (`absorbed`, their numbers), as `reader`
        wants to see it. Who hides events still sees the one that they may take back."""
        numbers = [ticket.pk, *absorbed]
        messages = Message.objects.kept().filter(ticket__in=numbers).order_by()
        told = events = Event.objects.filter(_is_told(ticket), ticket__in=numbers).order_by()
        if reader.hides_events:
            events = told.filter(
                pk=Subquery(last_act(told)),
                ticket=ticket,
                actor=reader,
                kind__in=UNDOABLE,
                at__gt=timezone.now() - UNDO_OFFERED_FOR,
            )
        return cls(numbers, messages, events, told)

    def place_of(self, name: str) -> Place | None:
        """Where the line stands that a page calls `name` ("m4", "e7"); None if it is not here."""
        kind, key = name[:1], name[1:]
        if kind not in {"m", "e"} or not (key.isascii() and key.isdigit() and len(key) < 19):
            return None
        rows: QuerySet[Any] = self.messages if kind == "m" else self.events
        at = "created_at" if kind == "m" else "at"
        when = rows.filter(pk=int(key)).values_list(at, flat=True).first()
        return (when, kind == "e", int(key)) if when else None

    def between(self, after: Place | None, before: Place | None) -> Self:
        """What stands between two lines of it, both left out; None is its end."""
        messages, events = self.messages, self.events
        for place, side in ((after, "gt"), (before, "lt")):
            if place is not None:
                messages = messages.filter(_beyond(place, side, "created_at", is_event=False))
                events = events.filter(_beyond(place, side, "at", is_event=True))
        return replace(self, messages=messages, events=events)

    def outline(self, reader: User, *, whole: bool = False, around: int = 0) -> Outline:
        """What of it stands on the page: all of it (`whole`), or the two ends of what is long, and
        the lines next to the message `around`. Of what the bell of `reader` calls new, up to
        `MOST_NEW` lines stand there as well. One question, and one more for `around`."""
        stretches: list[_Stretch] = []
        if not whole:
            place = self.place_of(f"m{around}") if around else None
            if place is None:
                stretches = [_Stretch(self, FIRST, LAST)]
            else:
                behind = (*place[:2], place[2] + 1)
                stretches = [
                    _Stretch(self.between(None, behind), FIRST, AROUND),
                    _Stretch(self.between(place, None), AROUND, LAST),
                ]
        news = unread(reader).filter(event__ticket__in=self.numbers)
        arms = [
            _sum("newest", self.messages, Max("created_at"), Max("pk")),
            _sum("minutes", self.messages, Max("created_at"), Sum("minutes_spent")),
            # What was said stands before what happened by it.
            _sum("fresh", news, Min(Least("event__at", "event__message__created_at")), Count("pk")),
        ]
        for number, stretch in enumerate(stretches):
            arms += stretch.arms(number)
        found: Found = defaultdict(list)
        for what, when, number in arms[0].union(*arms[1:], all=True):
            if when is not None:
                found[what].append((when, number))
        fresh = found["fresh"][0][0] if found["fresh"] else None
        drawn = [
            stretch.drawn(number, found, fresh if stretch.last == LAST else None)
            for number, stretch in enumerate(stretches)
        ]
        return Outline(
            places=sorted(place for places, _fold in drawn for place in places) if drawn else None,
            folds=[fold for _places, fold in drawn if fold],
            newest=found["newest"][0][1] if found["newest"] else 0,
            minutes=found["minutes"][0][1] if found["minutes"] else 0,
        )


Found = dict[str, list[tuple[datetime, int]]]


@dataclass(frozen=True)
class _Stretch:
    """A part of a history of which the first and the last lines stand on the page."""

    history: History
    first: int
    last: int

    def arms(self, name: int) -> list[QuerySet[Any, Any]]:
        """Its sums and the places at its ends, each row under a name that `drawn` knows."""
        said, done = self.history.messages, self.history.events
        return [
            _sum(f"messages {name}", said, Max("created_at"), Count("pk")),
            _sum(f"events {name}", done, Max("at"), Count("pk")),
            _rows(f"said {name}", said, "created_at").order_by("when", "number")[: self.first],
            _rows(f"done {name}", done, "at").order_by("when", "number")[: self.first],
            _rows(f"said {name}", said, "created_at").order_by("-when", "-number")[:MOST_NEW],
            _rows(f"done {name}", done, "at").order_by("-when", "-number")[:MOST_NEW],
        ]

    def drawn(
        self, name: int, found: Found, fresh: datetime | None
    ) -> tuple[list[Place], Fold | None]:
        """The places that are shown, and what is folded between them."""
        messages, events = (sum(count for _at, count in found[f"{kind} {name}"]) for kind in KINDS)
        places = sorted(
            {
                *((at, False, key) for at, key in found[f"said {name}"]),
                *((at, True, key) for at, key in found[f"done {name}"]),
            }
        )
        total = messages + events
        new = sum(at >= fresh for at, _is_event, _key in places) if fresh else 0
        last = max(self.last, min(new, MOST_NEW))
        if total < self.first + last + LEAST_FOLDED and total == len(places):
            return places, None
        shown = [*places[: self.first], *places[-last:]]
        seen = sum(is_event for _at, is_event, _key in shown)
        return shown, Fold(
            after=places[self.first - 1],
            before=places[-last],
            messages=messages - len(shown) + seen,
            events=events - seen,
        )


KINDS: Final = ("messages", "events")


def last_act(events: QuerySet[Event]) -> QuerySet[Event, Any]:
    """The key of what "undo" would put back, or of what was put back last."""
    return events.filter(kind__in=WORTH_UNDOING).order_by("-at", "-pk").values("pk")[:1]


def _is_told(ticket: Ticket) -> Q:
    """Lines that say anything which the message beside them does not."""
    here = Q(ticket=ticket)
    # Where both sides of an act stand in one history, the line of this ticket says it.
    other_side = Q(details__contains={"into": ticket.pk}) | Q(
        details__contains={"source": ticket.pk}
    )
    stands = Q(message__withdrawn_at__isnull=True) | Q(message__replaced_by__isnull=False)
    replied = Q(details__took=True) | Q(details__after__in=LOUD)
    return (here | ~other_side) & (
        ~Q(kind__in=QUIET)
        | Q(kind=Event.Kind.OPENED, details__follows__gt=0)
        | Q(replied & stands, kind=Event.Kind.REPLIED)
        | Q(here | Q(details__has_key="source"), kind=Event.Kind.MERGED)
    )


def _beyond(place: Place, side: str, at: str, *, is_event: bool) -> Q:
    """Rows behind (`side` "gt") or before ("lt") a place; their time is the column `at`."""
    when, event, key = place
    beyond = Q(**{f"{at}__{side}": when})
    if is_event == event:
        return beyond | Q(**{at: when, f"pk__{side}": key})
    return beyond | Q(**{at: when}) if is_event == (side == "gt") else beyond


def _rows(what: str, rows: QuerySet[Any], at: str) -> QuerySet[Any, Any]:
    named = rows.annotate(what=Value(what), when=F(at), number=F("pk"))
    columns: QuerySet[Any, Any] = named.values_list("what", "when", "number")
    return columns


def _sum(what: str, rows: QuerySet[Any], when: Aggregate, number: Aggregate) -> QuerySet[Any, Any]:
    named = rows.order_by().annotate(what=Value(what)).values("what")
    summed = named.annotate(when=when, number=number)
    columns: QuerySet[Any, Any] = summed.values_list("what", "when", "number")
    return columns
