"""Figures: one function a report, dataclasses out, few questions each.

A period is whole days in the reader's time zone. The time to a first answer is clock time from the
opening of the ticket, nights and weekends included: it is what the customer felt.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    Avg,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
)
from django.db.models.functions import TruncDate
from django.utils import timezone

from departments.models import Department, User
from tickets.lifecycle import AT_WORK, FINISHED, Status
from tickets.models import Event, Message, Rating

LONGEST_PERIOD = timedelta(days=731)


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    @classmethod
    def of_days(cls, count: int) -> "Period":
        """The last `count` days, today among them."""
        today = timezone.localdate()
        return cls(today - timedelta(days=count - 1), today)

    @property
    def starts(self) -> datetime:
        """Its first moment."""
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return timezone.make_aware(datetime.combine(self.last + timedelta(days=1), time.min))

    def days(self) -> Iterator[date]:
        """Every day of it."""
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


@dataclass(frozen=True)
class AgentFigures:
    """What one agent did in a period. Times are None where nothing was answered for the first time,
    `rating` (1 to 5) is None where nobody rated."""

    agent: User
    answered: int = 0
    replies: int = 0
    first_answers: int = 0
    average_first_answer: timedelta | None = None
    median_first_answer: timedelta | None = None
    solved: int = 0
    reopened: int = 0
    rating: float | None = None
    ratings: int = 0


@dataclass(frozen=True)
class DayFigures:
    """How many replies left us on one day."""

    day: date
    replies: int


class Median(Aggregate):
    """The middle of all values (PostgreSQL's percentile_cont)."""

    function = "PERCENTILE_CONT"
    name = "Median"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def per_agent(departments: Iterable[Department], period: Period) -> list[AgentFigures]:
    """What everybody who works in `departments` did there, busiest first.

    answered: tickets with a reply of theirs · replies: public messages, those taken back left out ·
    first answers: they were the first of us to answer · solved: tickets they solved or closed ·
    reopened: times a finished ticket that is theirs came back · rating: average of the scores given
    in the period. Five questions.
    """
    places = [place.pk for place in departments]
    people = list(User.objects.filter(memberships__department__in=places).distinct())
    said = _said(places, people, period)
    solved, reopened = _endings(places, people, period)
    rated = _ratings(places, people, period)
    figures = [
        AgentFigures(
            agent=person,
            solved=solved.get(person.pk, 0),
            reopened=reopened.get(person.pk, 0),
            **said.get(person.pk, {}),
            **rated.get(person.pk, {}),
        )
        for person in people
    ]
    # Those who have left are shown as long as the period knows of them.
    shown = [one for one in figures if one.agent.is_active or one.replies or one.solved]
    return sorted(shown, key=lambda one: (-one.replies, -one.solved, str(one.agent)))


def per_day(departments: Iterable[Department], period: Period) -> list[DayFigures]:
    """Replies of agents in `departments` on every day of the period. One question."""
    places = [place.pk for place in departments]
    rows = (
        _replies(places, period)
        .annotate(day=TruncDate("created_at"))
        .order_by()
        .values_list("day")
        .annotate(Count("pk"))
    )
    counts = dict(rows)
    return [DayFigures(day, counts.get(day, 0)) for day in period.days()]


def _replies(places: list[int], period: Period) -> QuerySet[Message]:
    return Message.objects.filter(
        kind=Message.Kind.REPLY,
        from_customer=False,
        is_automatic=False,
        withdrawn_at__isnull=True,
        # Members only: their index finds the period, however long the history is.
        author__in=User.objects.filter(memberships__department__in=places).values("pk"),
        ticket__department__in=places,
        created_at__gte=period.starts,
        created_at__lt=period.ends,
    )


def _said(places: list[int], people: list[User], period: Period) -> dict[int, dict[str, Any]]:
    first = Q(created_at=F("ticket__first_answered_at"))
    waited = ExpressionWrapper(
        F("created_at") - F("ticket__created_at"), output_field=DurationField()
    )
    rows = (
        _replies(places, period)
        .filter(author__in=people)
        .order_by()
        .values("author")
        .annotate(
            answered=Count("ticket", distinct=True),
            replies=Count("pk"),
            first_answers=Count("pk", filter=first),
            average_first_answer=Avg(waited, filter=first),
            median_first_answer=Median(waited, filter=first),
        )
    )
    return {
        row["author"]: {name: value for name, value in row.items() if name != "author"}
        for row in rows
    }


def _endings(
    places: list[int], people: list[User], period: Period
) -> tuple[dict[int, int], dict[int, int]]:
    events = Event.objects.filter(
        ticket__department__in=places, at__gte=period.starts, at__lt=period.ends
    ).order_by()
    ended = Q(kind=Event.Kind.SOLVED) | Q(
        kind=Event.Kind.REPLIED, details__after=Status.SOLVED.value
    )
    # A solved ticket that then closes is one ending, not two.
    ended |= Q(kind=Event.Kind.CLOSED) & ~Q(details__before=Status.SOLVED.value)
    solved = (
        events.filter(ended, actor__in=people)
        .values_list("actor")
        .annotate(Count("ticket", distinct=True))
    )
    came_back = events.filter(
        Q(kind=Event.Kind.REOPENED)
        | Q(kind=Event.Kind.REPLIED, details__after__in=sorted(AT_WORK)),
        details__before__in=sorted(FINISHED),
        ticket__assignee__in=people,
    )
    reopened = came_back.values_list("ticket__assignee").annotate(Count("pk"))
    return dict(solved), dict(reopened)


def _ratings(places: list[int], people: list[User], period: Period) -> dict[int, dict[str, Any]]:
    rows = (
        Rating.objects.filter(
            agent__in=people,
            ticket__department__in=places,
            created_at__gte=period.starts,
            created_at__lt=period.ends,
        )
        .order_by()
        .values("agent")
        .values_list("agent", Avg("score"), Count("pk"))
    )
    return {agent: {"rating": average, "ratings": count} for agent, average, count in rows}
