"""Figures per agent: a chart, a table, and the table as a file."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest, agent_required
from helpdesk.lib.htmx import render_page
from tickets import reports
from tickets.agent.nav import nav_of
from tickets.filters import DayInput, Sight

PERIODS: Final = (7, 30, 90)
USUAL: Final = 30
CHART_HEIGHT: Final = 100
OLDEST: Final = date(2000, 1, 1)


class PeriodForm(forms.Form):
    """A number of days, or two dates; one's departments, or one of them."""

    days = forms.TypedChoiceField(
        choices=[(str(count), str(count)) for count in PERIODS],
        coerce=int,
        required=False,
        empty_value=None,
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=DayInput, input_formats=["%Y-%m-%d"]
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=DayInput, input_formats=["%Y-%m-%d"]
    )
    department = forms.ChoiceField(label=gettext_lazy("Department"), required=False)

    def __init__(self, data: Any, sight: Sight) -> None:
        super().__init__(data)
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # for the type checker
        field.choices = [("", _("All my departments")), *sight.department_choices()]

    def clean(self) -> None:
        """From before until, and not longer than two years."""
        super().clean()
        since: date | None = self.cleaned_data.get("since")
        until: date | None = self.cleaned_data.get("until")
        if self.errors or not (since or until):
            return
        today = timezone.localdate()
        last = until or today
        first = since or max(last, OLDEST) - timedelta(days=USUAL - 1)
        if first > last:
            self.add_error("until", _("The last day lies before the first."))
        elif first < OLDEST or last > today + reports.LONGEST_PERIOD:
            self.add_error("since", _("There was nothing to count then."))
        elif last - first > reports.LONGEST_PERIOD:
            self.add_error("since", _("Choose two years at most."))
        else:
            self.cleaned_data["period"] = reports.Period(first, last)

    @property
    def period(self) -> reports.Period:
        """What was asked for; the usual days if it cannot be understood."""
        asked = getattr(self, "cleaned_data", {})
        return asked.get("period") or reports.Period.of_days(asked.get("days") or USUAL)


@dataclass(frozen=True)
class Line:
    """One agent in the table: times in words, `share` of the busiest agent's replies in percent."""

    figures: reports.AgentFigures
    average: str
    median: str
    share: int


@dataclass(frozen=True)
class Bar:
    """One day of the chart, in the units of its view box."""

    figures: reports.DayFigures
    x: int
    y: float
    height: float


@agent_required
@require_GET
def figures(request: SignedInRequest) -> HttpResponse:
    """What the agents of one's departments did in a period; `format=csv` gives a file."""
    nav = nav_of(request.user)
    form = PeriodForm(request.GET, nav.sight)
    form.is_valid()
    wanted = form.cleaned_data.get("department", "")
    places = [place for place in nav.sight.departments if wanted in {"", place.slug}]
    period = form.period
    rows = reports.per_agent(places, period)
    if request.GET.get("format") == "csv":
        return _file(rows, period)
    days = reports.per_day(places, period)
    query = request.GET.copy()
    query["format"] = "csv"
    context = {
        "nav": nav,
        "current_view": "figures",
        "form": form,
        "period": period,
        "periods": PERIODS,
        "chosen_days": 0 if "period" in form.cleaned_data else len(days),
        "department": wanted,
        "lines": _lines(rows),
        "days": days,
        "total": sum(day.replies for day in days),
        "bars": _bars(days),
        "peak": max((day.replies for day in days), default=0),
        "csv_query": query.urlencode(),
    }
    return render_page(request, "agent/figures.html", context, part="agent/_figures.html")


def _lines(rows: list[reports.AgentFigures]) -> list[Line]:
    most = max((row.replies for row in rows), default=0) or 1
    return [
        Line(
            row,
            _words(row.average_first_answer),
            _words(row.median_first_answer),
            round(row.replies / most * 100),
        )
        for row in rows
    ]


def _words(span: timedelta | None) -> str:
    """A span as people say it: minutes, then hours, then days; "—" for none."""
    if span is None:
        return "—"
    minutes = round(span.total_seconds() / 60)
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    if minutes < 48 * 60:
        return _("%(hours)d h %(minutes)02d min") % {
            "hours": minutes // 60,
            "minutes": minutes % 60,
        }
    return _("%(days)d d %(hours)d h") % {"days": minutes // 1440, "hours": minutes % 1440 // 60}


def _bars(days: list[reports.DayFigures]) -> list[Bar]:
    """Ten units a day, the highest as high as the chart."""
    most = max((day.replies for day in days), default=0) or 1
    heights = [round(day.replies / most * CHART_HEIGHT, 1) for day in days]
    return [
        Bar(day, number * 10 + 1, CHART_HEIGHT - height, height)
        for number, (day, height) in enumerate(zip(days, heights, strict=True))
    ]


def _file(rows: list[reports.AgentFigures], period: reports.Period) -> HttpResponse:
    """The table as CSV: times in minutes, a mark at the start so that Excel reads UTF-8."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            _("Agent"),
            _("E-mail address"),
            _("Answered tickets"),
            _("Replies"),
            _("First answers"),
            _("Average first answer, minutes"),
            _("Median first answer, minutes"),
            _("Solved"),
            _("Reopened"),
            _("Rating"),
            _("Ratings"),
        ]
    )
    for row in rows:
        writer.writerow(
            [
                _plain(str(row.agent)),
                _plain(row.agent.email),
                row.answered,
                row.replies,
                row.first_answers,
                _minutes(row.average_first_answer),
                _minutes(row.median_first_answer),
                row.solved,
                row.reopened,
                "" if row.rating is None else round(row.rating, 2),
                row.ratings,
            ]
        )
    name = f"figures-{period.first:%Y-%m-%d}-{period.last:%Y-%m-%d}.csv"
    return HttpResponse(
        "\ufeff" + text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _plain(text: str) -> str:
    """A name that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _minutes(span: timedelta | None) -> int | str:
    return "" if span is None else round(span.total_seconds() / 60)
