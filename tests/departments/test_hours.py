"""Working time: nights, holidays, the hours that a year gives and takes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from departments.hours import NoWorkingTime, Stretch, WorkingCalendar, always

KYIV = ZoneInfo("Europe/Kyiv")
BERLIN = ZoneInfo("Europe/Berlin")
DAY = Stretch(time(9), time(18))
OFFICE = WorkingCalendar(KYIV, dict.fromkeys(range(5), (DAY,)))
HOUR = timedelta(hours=1)


def kyiv(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KYIV)


def test_within_a_day_working_time_is_the_time_on_the_wall():
    assert OFFICE.add(kyiv("2026-11-23 10:00"), 2 * HOUR) == kyiv("2026-11-23 12:00")


def test_the_night_does_not_count():
    assert OFFICE.add(kyiv("2026-11-23 17:30"), HOUR) == kyiv("2026-11-24 09:30")


def test_a_letter_that_comes_at_night_begins_to_wait_in_the_morning():
    assert OFFICE.add(kyiv("2026-11-23 03:00"), HOUR) == kyiv("2026-11-23 10:00")


def test_friday_evening_goes_on_on_monday():
    assert OFFICE.add(kyiv("2026-11-27 17:00"), 2 * HOUR) == kyiv("2026-11-30 10:00")


def test_the_last_minute_of_a_day_still_belongs_to_it():
    assert OFFICE.add(kyiv("2026-11-23 09:00"), 9 * HOUR) == kyiv("2026-11-23 18:00")


def test_no_time_at_all_is_over_at_once_or_when_work_begins():
    assert OFFICE.add(kyiv("2026-11-23 10:00"), timedelta()) == kyiv("2026-11-23 10:00")
    assert OFFICE.add(kyiv("2026-11-22 10:00"), timedelta()) == kyiv("2026-11-23 09:00")


def test_a_lunch_break_does_not_count():
    split = (Stretch(time(9), time(12)), Stretch(time(13), time(17)))
    office = WorkingCalendar(KYIV, {0: split})

    assert office.add(kyiv("2026-11-23 11:00"), 2 * HOUR) == kyiv("2026-11-23 14:00")
    assert not office.is_open(kyiv("2026-11-23 12:30"))


def test_stretches_count_in_their_order_whatever_order_they_were_written_in():
    split = (Stretch(time(13), time(17)), Stretch(time(9), time(12)))

    assert WorkingCalendar(KYIV, {0: split}).add(kyiv("2026-11-23 11:00"), 2 * HOUR) == kyiv(
        "2026-11-23 14:00"
    )


def test_a_holiday_does_not_count():
    office = WorkingCalendar(KYIV, OFFICE.week, {date(2026, 11, 24): ()})

    assert office.add(kyiv("2026-11-23 17:30"), HOUR) == kyiv("2026-11-25 09:30")
    assert not office.is_open(kyiv("2026-11-24 12:00"))


def test_a_short_day_counts_for_what_it_has():
    office = WorkingCalendar(KYIV, OFFICE.week, {date(2026, 12, 31): (Stretch(time(9), time(12)),)})

    assert office.add(kyiv("2026-12-31 11:00"), 2 * HOUR) == kyiv("2027-01-01 10:00")


def test_one_may_work_on_a_day_that_is_free_in_other_weeks():
    office = WorkingCalendar(KYIV, OFFICE.week, {date(2026, 11, 28): (DAY,)})

    assert office.is_open(kyiv("2026-11-28 10:00"))
    assert not office.is_open(kyiv("2026-12-05 10:00"))


def test_opening_counts_and_closing_does_not():
    assert OFFICE.is_open(kyiv("2026-11-23 09:00"))
    assert OFFICE.is_open(kyiv("2026-11-23 17:59"))
    assert not OFFICE.is_open(kyiv("2026-11-23 18:00"))
    assert not OFFICE.is_open(kyiv("2026-11-23 08:59"))


def test_the_night_in_which_clocks_go_forward_has_an_hour_less():
    night = WorkingCalendar(KYIV, {6: (Stretch(time(1), time(6)),)})
    start, end = kyiv("2026-03-29 00:00"), kyiv("2026-03-29 12:00")

    assert night.between(start, end) == 4 * HOUR


def test_the_night_in_which_clocks_go_back_has_an_hour_more():
    night = WorkingCalendar(KYIV, {6: (Stretch(time(1), time(6)),)})
    start, end = kyiv("2026-10-25 00:00"), kyiv("2026-10-25 12:00")

    assert night.between(start, end) == 6 * HOUR


def test_a_stretch_that_begins_in_the_hour_that_is_left_out_still_ends_at_its_time():
    night = WorkingCalendar(BERLIN, {6: (Stretch(time(2, 30), time(5)),)})
    day = date(2026, 3, 29)

    [(opens, closes)] = night.stretches(day)

    assert closes == datetime(2026, 3, 29, 3, tzinfo=UTC)
    assert timedelta() < closes - opens <= 2.5 * HOUR


def test_around_the_clock_a_day_is_as_long_as_it_really_is():
    for day, hours in (("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-23", 24)):
        start = kyiv(f"{day} 00:00")
        end = datetime.combine(start.date() + timedelta(days=1), time(0), KYIV)
        assert always(KYIV).between(start, end) == hours * HOUR


def test_midnight_closes_the_day_and_not_the_one_before():
    late = WorkingCalendar(KYIV, {0: (Stretch(time(20), time(0)),)})

    assert late.between(kyiv("2026-11-23 00:00"), kyiv("2026-11-24 12:00")) == 4 * HOUR
    assert late.is_open(kyiv("2026-11-23 23:59"))
    assert not late.is_open(kyiv("2026-11-24 00:00"))


def test_the_zone_of_the_office_counts_and_not_the_one_of_the_asker():
    asked = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # nine in the morning in Kyiv

    assert OFFICE.is_open(asked)
    assert OFFICE.add(asked, HOUR) == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert not WorkingCalendar(ZoneInfo("America/New_York"), OFFICE.week).is_open(asked)


def test_backwards_there_is_no_working_time():
    assert OFFICE.between(kyiv("2026-11-23 12:00"), kyiv("2026-11-23 10:00")) == timedelta()


def test_an_office_that_never_opens_says_so():
    closed = WorkingCalendar(KYIV, {})

    with pytest.raises(NoWorkingTime, match="2026-11-23"):
        closed.add(kyiv("2026-11-23 10:00"), HOUR)
    assert closed.between(kyiv("2026-11-23 10:00"), kyiv("2027-11-23 10:00")) == timedelta()
    assert not closed.is_open(kyiv("2026-11-23 10:00"))


moments = some.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
working = some.integers(1, 60 * 60 * 200).map(lambda seconds: timedelta(seconds=seconds))
zones = some.sampled_from(["Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "UTC"])
MINUTES = some.integers(0, 24 * 60 - 1)


@some.composite
def calendars(draw):
    """Weeks with one or two stretches on some days, at least one; some days differ."""
    week = {}
    for weekday in draw(some.sets(some.integers(0, 6), min_size=1)):
        edges = sorted(draw(some.sets(MINUTES, min_size=4, max_size=4)))
        times = [time(edge // 60, edge % 60) for edge in edges]
        week[weekday] = (Stretch(times[0], times[1]), Stretch(times[2], times[3]))
    special = dict.fromkeys(
        draw(some.lists(some.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=5)), ()
    )
    return WorkingCalendar(ZoneInfo(draw(zones)), week, special)


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, some.integers(1, 600))
def test_what_is_added_is_what_lies_between(calendar, start, minutes):
    amount = timedelta(minutes=minutes)
    try:
        end = calendar.add(start, amount)
    except NoWorkingTime:
        return

    assert calendar.between(start, end) == amount
    assert end > start


@settings(max_examples=60, deadline=None)
@given(calendars(), moments, some.integers(0, 2000), some.integers(0, 2000))
def test_time_between_adds_up_and_is_never_more_than_has_passed(calendar, start, hours, more):
    middle, end = start + hours * HOUR, start + (hours + more) * HOUR

    first, second = calendar.between(start, middle), calendar.between(middle, end)

    assert first + second == calendar.between(start, end)
    assert timedelta() <= first <= middle - start


@settings(max_examples=60, deadline=None)
@given(calendars(), moments)
def test_whoever_is_open_has_working_time_in_the_next_second(calendar, moment):
    worked = calendar.between(moment, moment + timedelta(microseconds=1))

    assert calendar.is_open(moment) == (worked > timedelta())


@settings(max_examples=60, deadline=None)
@given(zones, moments, working)
def test_around_the_clock_time_is_just_time(zone, start, amount):
    assert always(ZoneInfo(zone)).add(start, amount) == start + amount
