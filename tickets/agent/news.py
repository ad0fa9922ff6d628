"""What is new for an open page: one question, however much the page shows.

All of it comes from one statement that reads along primary keys: the lines of history since the
page was made, the messages since the last one shown, the lines behind the bell since the last one
heard. Neither the number of tickets nor of closed ones matters.
"""

import zlib
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.http import QueryDict

from departments.models import User
from helpdesk.lib.keys import key_in
from tickets import presence
from tickets.agent.lists import VIEWS
from tickets.agent.nav import MOST_BELL, CappedCount, unread
from tickets.models import Event, Message, Ticket
from tickets.presence import Viewer

MOST_NEWS: Final = 99
MOST_ROWS: Final = 100
MOST_TOLD: Final = 5
# Somebody who comes back to a page after a night is told "more than 99", not the whole night.
MOST_EVENTS: Final = 2000
SAID: Final = (
    *(Event.Kind.OPENED, Event.Kind.REPLIED, Event.Kind.NOTED),
    *(Event.Kind.FORWARDED, Event.Kind.ASIDE, Event.Kind.SCHEDULED),
)
NEWS: Final = (
    *SAID,
    Event.Kind.ASSIGNED,
    Event.Kind.MOVED,
    Event.Kind.REOPENED,
    Event.Kind.WOKEN,
    Event.Kind.ESCALATED,
    Event.Kind.UNDELIVERED,
)
# What a page reads only once more to show it anew, not what it says of itself.
UNSEEN: Final = (*SAID, Event.Kind.TAKEN_BACK, Event.Kind.FOLLOWED, Event.Kind.UNFOLLOWED)


@dataclass(frozen=True)
class Asked:
    """What a page knows already. `since` is the newest line of history it was made with, `fresh`
    the newest its rows were made with, `told` the newest line behind the bell it has heard of and
    `bell` their number; `view` is the key of its list, `rows` the numbers it shows; `ticket` is the
    number of its ticket, `after` the last message it shows."""

    since: int = 0
    fresh: int = 0
    told: int = 0
    bell: int = 0
    view: str = ""
    rows: tuple[int, ...] = ()
    ticket: int = 0
    after: int = 0

    @classmethod
    def of(cls, data: QueryDict) -> "Asked":
        """As the address says it; what is no number is none."""
        numbers = ("since", "fresh", "told", "bell", "ticket", "after")
        rows = [key for one in data.get("rows", "").split(",")[:MOST_ROWS] if (key := key_in(one))]
        found = {name: key_in(data.get(name, "")) for name in numbers}
        return cls(view=data.get("view", ""), rows=tuple(rows), **found)


@dataclass(frozen=True)
class News:
    """The answer: `count` tickets of the list that the page does not show, the numbers of rows that
    have `changed`, the number behind the `bell`, up to five newest lines it was `told`
    [{pk, reason, number, subject, message}], who looks at what the page shows (`here`), how many
    messages were `said` and how often something else was done (`acts`). `newest` is the newest line
    of history there is."""

    newest: int = 0
    count: int = 0
    changed: tuple[int, ...] = ()
    bell: int = 0
    told: tuple[dict[str, Any], ...] = ()
    here: dict[int, list[Viewer]] = field(default_factory=dict)
    said: int = 0
    acts: int = 0

    @property
    def digest(self) -> str:
        """The same for two answers that say the same."""
        facts = asdict(self) | {"newest": 0}
        return f"{zlib.crc32(repr(facts).encode()):08x}"


def news_for(user: User, asked: Asked, *, writing: bool = False) -> News:
    """What `user` does not know yet. Whoever asks for a ticket looks at it, or is `writing`."""
    looking = presence.viewers(asked.rows, besides=user)
    wanted = _questions(user, asked, looking)
    row = User.objects.filter(pk=user.pk).annotate(**wanted).values(*wanted).get()
    seen = set(row.get("seen", []))
    here = {number: people for number, people in looking.items() if number in seen}
    if row.get("is_theirs"):
        here = {asked.ticket: presence.look(asked.ticket, user, writing=writing)}
    return News(
        newest=row["newest"] or 0,
        count=row.get("count") or 0,
        changed=tuple(sorted(row.get("changed", []))),
        bell=row["bell"] or 0,
        told=tuple(row["lines"]),
        here={number: people for number, people in here.items() if people},
        said=row.get("said") or 0,
        acts=row.get("acts") or 0,
    )


def _questions(user: User, asked: Asked, looking: dict[int, Any]) -> dict[str, Any]:
    tickets = Ticket.objects.workable_by(user)
    told = unread(user).filter(pk__gt=asked.told).order_by("-pk")
    line = JSONObject(
        pk="pk",
        reason="reason",
        number="event__ticket_id",
        subject="event__ticket__subject",
        message="event__message_id",
    )
    questions: dict[str, Any] = {
        "newest": Subquery(Event.objects.order_by("-pk").values("pk")[:1]),
        "bell": CappedCount(unread(user), MOST_BELL),
        "lines": ArraySubquery(told.values(data=line)[:MOST_TOLD]),
    }
    if asked.view:
        listed = _listed(asked.view, user).exclude(pk__in=asked.rows)
        recent = _events(user, asked.since).filter(kind__in=NEWS).order_by("pk")
        news = listed.filter(pk__in=recent.values("ticket")[:MOST_EVENTS])
        questions["count"] = CappedCount(news, MOST_NEWS)
    if asked.rows:
        recent = _events(user, asked.fresh).filter(ticket__in=asked.rows)
        changed = tickets.filter(pk__in=recent.values("ticket")[:MOST_EVENTS])
        questions["changed"] = ArraySubquery(changed.values("pk"))
    if looking:
        questions["seen"] = ArraySubquery(tickets.filter(pk__in=list(looking)).values("pk"))
    if asked.ticket:
        theirs = tickets.filter(pk=asked.ticket)
        here = tickets.filter(Q(pk=asked.ticket) | Q(merged_into=asked.ticket)).values("pk")
        said = Message.objects.kept().filter(ticket__in=here, pk__gt=asked.after)
        acts = _events(user, asked.since).filter(ticket=asked.ticket).exclude(kind__in=UNSEEN)
        questions["is_theirs"] = Subquery(theirs.values("pk"))
        questions["said"] = CappedCount(said.exclude(author=user), MOST_NEWS)
        questions["acts"] = CappedCount(acts.filter(ticket__in=theirs.values("pk")), MOST_NEWS)
    return questions


def _listed(key: str, user: User) -> QuerySet[Ticket]:
    listed = VIEWS.get(key)
    tickets = listed.tickets(user) if listed else Ticket.objects.workable_by(user)
    if key.startswith("department:"):
        return tickets.filter(department__slug=key.removeprefix("department:"))
    return tickets


def _events(user: User, since: int) -> QuerySet[Event]:
    """What others have done since; what the house did by itself has no actor, and is news."""
    return Event.objects.filter(Q(actor__isnull=True) | ~Q(actor=user), pk__gt=since).order_by()
