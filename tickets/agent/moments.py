"""Times that agents choose with one click, in their own time zone."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MORNING = time(9, 0)
_MONDAY = 0


def presets(now: datetime | None = None) -> list[tuple[Promise, str]]:
    """(name, time as a form takes it): tomorrow morning, and Monday morning where that is another
    day. In the active time zone."""
    today = timezone.localdate(now)
    tomorrow = today + timedelta(days=1)
    monday = today + timedelta(days=(_MONDAY - today.weekday() - 1) % 7 + 1)
    found = [(_("Tomorrow at 9:00"), tomorrow), (_("Monday at 9:00"), monday)]
    if monday == tomorrow:
        found = found[:1]
    return [(name, _morning(day)) for name, day in found]


def _morning(day: date) -> str:
    return datetime.combine(day, MORNING).strftime("%Y-%m-%dT%H:%M")
