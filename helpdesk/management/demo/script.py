"""The words in which scenes are written: who does what on which ticket, and when.

A time is either `"-40"`, forty minutes before now, or `"11 10:15"`, a quarter past ten on the
eleventh working day before today. Today is always told in minutes, so that nothing lies ahead.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

SATURDAY = 5


@dataclass(frozen=True)
class Step:
    """Something that happens on a ticket after it was opened. `by` as in `people`."""

    at: str
    verb: str
    by: str = ""
    text: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scene:
    """One ticket from its first message on. `files` are names that `files.make` knows."""

    key: str
    at: str
    customer: str
    subject: str
    body: str
    category: str = ""
    service: str = ""
    place: str = ""
    priority: int = 2
    channel: str = "mail"
    files: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


def moment(at: str, now: datetime) -> datetime:
    """The instant that `at` means, seen from the aware local time `now`."""
    if at.startswith("-"):
        return now - timedelta(minutes=int(at[1:]))
    days, _space, clock = at.partition(" ")
    day = working_day(now.date(), int(days))
    return datetime.combine(day, time.fromisoformat(clock), now.tzinfo)


def working_day(today: date, back: int) -> date:
    """The `back`-th day from Monday to Friday before `today`."""
    day = today
    while back:
        day -= timedelta(days=1)
        back -= day.weekday() < SATURDAY
    return day


def says(at: str, text: str, *files: str, by: str = "") -> Step:
    """The customer goes on (or somebody in Cc)."""
    return Step(at, "says", by, text, {"files": files})


def answers(at: str, by: str, text: str, *files: str, then: str = "", minutes: int = 0) -> Step:
    """An agent answers; `then` is a status, `minutes` the time it took."""
    return Step(at, "answers", by, text, {"files": files, "then": then, "minutes": minutes})


def notes(at: str, by: str, text: str, *files: str, minutes: int = 0) -> Step:
    """An agent writes what only agents see."""
    return Step(at, "notes", by, text, {"files": files, "minutes": minutes})


def assigns(at: str, by: str, to: str) -> Step:
    """It becomes somebody's."""
    return Step(at, "assigns", by, options={"to": to})


def moves(at: str, by: str, to: str) -> Step:
    """It goes to another department."""
    return Step(at, "moves", by, options={"to": to})


def raises(at: str, by: str, priority: int) -> Step:
    """It becomes more urgent, or less."""
    return Step(at, "raises", by, options={"priority": priority})


def tags(at: str, by: str, *names: str) -> Step:
    """Words are put on it."""
    return Step(at, "tags", by, options={"names": names})


def solves(at: str, by: str = "") -> Step:
    """It is done; without `by` the customer says so."""
    return Step(at, "solves", by)


def closes(at: str, by: str = "") -> Step:
    """It is closed; without `by` the clock does it."""
    return Step(at, "closes", by)


def reopens(at: str, by: str = "") -> Step:
    """It comes back; without `by` through the customer."""
    return Step(at, "reopens", by)


def holds(at: str, by: str, days: int) -> Step:
    """It rests for some days from today."""
    return Step(at, "holds", by, options={"days": days})


def rates(at: str, score: int, comment: str = "") -> Step:
    """The customer says how it went, 1 to 5."""
    return Step(at, "rates", text=comment, options={"score": score})


def likes(at: str, comment: str = "", *, good: bool = True) -> Step:
    """The customer rates the newest answer."""
    return Step(at, "likes", text=comment, options={"good": good})


def merges(at: str, by: str, into: str) -> Step:
    """It goes on in the ticket of another scene."""
    return Step(at, "merges", by, options={"into": into})


def splits(at: str, by: str, subject: str) -> Step:
    """Its newest message becomes a ticket of its own."""
    return Step(at, "splits", by, subject)


def links(at: str, by: str, to: str) -> Step:
    """It points at the ticket of another scene."""
    return Step(at, "links", by, options={"to": to})


def follows(at: str, by: str, who: str) -> Step:
    """A colleague hears of it from now on."""
    return Step(at, "follows", by, options={"who": who})


def calls_lead(at: str, by: str, reason: str) -> Step:
    """An agent asks the lead to look."""
    return Step(at, "calls_lead", by, reason)


def is_spam(at: str, by: str) -> Step:
    """Nobody's matter."""
    return Step(at, "is_spam", by)


def bounces(at: str, reason: str) -> Step:
    """The newest answer could not be delivered."""
    return Step(at, "bounces", text=reason)
