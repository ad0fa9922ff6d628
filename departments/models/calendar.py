"""When a department works."""

from datetime import date, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments import hours


def check_time_zone(name: str) -> None:
    """Refuse a time zone that this machine does not know."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ValidationError(_("Unknown time zone. Example: Europe/Kyiv")) from None


def default_time_zone() -> str:
    """The desk's own."""
    return str(settings.TIME_ZONE)


class OpeningHours(models.Model):
    """A named working week, shared by departments."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100, unique=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default=default_time_zone, validators=[check_time_zone]
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")

    def __str__(self) -> str:
        return self.name

    def calendar(self) -> hours.WorkingCalendar:
        """The working calendar of these rows. Two queries."""
        week: dict[int, tuple[hours.Stretch, ...]] = {}
        for slot in self.slots.all():
            week[slot.weekday] = (
                *week.get(slot.weekday, ()),
                hours.Stretch(slot.opens, slot.closes),
            )
        special: dict[date, tuple[hours.Stretch, ...]] = {}
        for day in self.holidays.all():
            if day.opens is None or day.closes is None:
                special[day.date] = ()
            else:
                special[day.date] = (hours.Stretch(day.opens, day.closes),)
        return hours.WorkingCalendar(ZoneInfo(self.time_zone), week, special)


class OpeningSlot(models.Model):
    """One stretch of a weekday."""

    class Weekday(models.IntegerChoices):
        """As Python counts them."""

        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    hours = models.ForeignKey(OpeningHours, on_delete=models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(
        _("closes"), help_text=_("00:00 means midnight at the end of the day.")
    )

    class Meta:
        ordering = ["weekday", "opens"]
        verbose_name = _("working stretch")
        verbose_name_plural = _("working stretches")

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"

    def clean(self) -> None:
        """A stretch ends after it begins."""
        # Called with whatever was typed, so either may be missing.
        opens, closes = getattr(self, "opens", None), getattr(self, "closes", None)
        if opens is None or closes is None or closes == time(0):
            return
        if closes <= opens:
            raise ValidationError({"closes": _("Must be later than the opening.")})


class Holiday(models.Model):
    """A day that differs: closed, or open at other hours."""

    hours = models.ForeignKey(OpeningHours, on_delete=models.CASCADE, related_name="holidays")
    date = models.DateField(_("date"))
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100, blank=True)
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)

    class Meta:
        ordering = ["date"]
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        constraints = [
            models.UniqueConstraint(fields=["hours", "date"], name="one_row_per_holiday")
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}".strip()
