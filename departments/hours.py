"""Working-time arithmetic on plain values: no rows, no Django.

A calendar says which stretches of local wall-clock time are worked. Durations are whole working
time; instants are aware datetimes. Daylight saving is honoured because every stretch is resolved
to absolute instants before it is measured.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

# A calendar without any working time within this many days has none worth waiting for.
HORIZON_DAYS = 400


class NoWorkingTime(ValueError):
    """The calendar has no working time within the horizon."""


@dataclass(frozen=True)
class Stretch:
    """From `opens` until `closes` on one local day; `closes` of 00:00 means midnight at its end."""

    opens: time
    closes: time


@dataclass(frozen=True)
class WorkingCalendar:
    """Weekly stretches (0 = Monday), days that differ, and the zone they are meant in.

    `special` maps a date to its own stretches; an empty tuple is a holiday.
    """

    zone: ZoneInfo
    week: Mapping[int, tuple[Stretch, ...]]
    special: Mapping[date, tuple[Stretch, ...]] = field(default_factory=dict)

    def stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        """The worked stretches of the local `day` as UTC instants, in order."""
        worked = self.special.get(day, self.week.get(day.weekday(), ()))
        found = []
        for one in worked:
            end_day = day + timedelta(days=1) if one.closes == time(0) else day
            start = datetime.combine(day, one.opens, self.zone).astimezone(UTC)
            end = datetime.combine(end_day, one.closes, self.zone).astimezone(UTC)
            if end > start:
                found.append((start, end))
        return sorted(found)

    def _ahead(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        # One day early: a stretch of the local day before may still be running.
        day = start.astimezone(self.zone).date() - timedelta(days=1)
        for _n in range(HORIZON_DAYS):
            for opens, closes in self.stretches(day):
                if closes > start:
                    yield max(opens, start), closes
            day += timedelta(days=1)

    def is_open(self, moment: datetime) -> bool:
        """Is `moment` within working time?"""
        return next((opens <= moment for opens, _closes in self._ahead(moment)), False)

    def add(self, start: datetime, working: timedelta) -> datetime:
        """The instant at which `working` time has passed since `start`. Raises NoWorkingTime."""
        left = working
        for opens, closes in self._ahead(start):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        raise NoWorkingTime(f"no working time after {start:%Y-%m-%d}")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` until `end`; zero if `end` is not after `start`."""
        total = timedelta()
        for opens, closes in self._ahead(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total


def always(zone: ZoneInfo) -> WorkingCalendar:
    """A calendar without nights: for departments that have no opening hours."""
    whole_day = (Stretch(time(0), time(0)),)
    return WorkingCalendar(zone, dict.fromkeys(range(7), whole_day))
