"""When an answer is due, and what pauses the clock."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from departments.models import Holiday, OpeningHours, OpeningSlot
from tickets import actions, sla
from tickets.lifecycle import Priority
from tickets.models import Target

MONDAY_NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)  # 14:00 in Kyiv


@pytest.fixture
def office_hours(billing):
    """Monday to Friday, 9 to 18 in Kyiv."""
    hours = OpeningHours.objects.create(name="Office", time_zone="Europe/Kyiv")
    for weekday in range(5):
        OpeningSlot.objects.create(hours=hours, weekday=weekday, opens=time(9), closes=time(18))
    billing.opening_hours = hours
    billing.save()
    return hours


@pytest.fixture
def promise(billing, office_hours):
    """First answer in 4 hours, next ones in 2, solved in 8."""
    return Target.objects.create(
        department=billing, first_answer=240, next_answer=120, solution=480
    )


@pytest.fixture
def noon(promise):
    with time_machine.travel(MONDAY_NOON, tick=False) as traveller:
        yield traveller


def test_the_first_answer_is_due_within_opening_hours(noon, ticket):
    assert ticket.answer_due_at == MONDAY_NOON + timedelta(hours=4)
    assert ticket.due_at == ticket.answer_due_at


def test_the_night_and_a_holiday_do_not_count(noon, office_hours, carla, billing):
    Holiday.objects.create(hours=office_hours, date=date(2026, 3, 3), name="Holiday")
    noon.move_to(MONDAY_NOON + timedelta(hours=3))  # 17:00 in Kyiv, one hour left

    late = actions.open_ticket(customer=carla, by=carla, subject="Invoice", body="Where?")

    # Three more hours on Wednesday, 9 to 12 in Kyiv.
    assert late.answer_due_at == datetime(2026, 3, 4, 10, tzinfo=UTC)


def test_nothing_is_due_while_we_wait_for_the_customer(noon, ticket, ada):
    actions.reply_to_ticket(ticket, by=ada, body="Which contract?")

    ticket.refresh_from_db()
    assert ticket.due_at is None
    assert ticket.next_check_at is None


def test_the_next_answer_counts_from_the_customers_letter(noon, ticket, ada, carla):
    actions.reply_to_ticket(ticket, by=ada, body="Which contract?")
    noon.move_to(MONDAY_NOON + timedelta(hours=1))
    actions.reply_to_ticket(ticket, by=carla, body="4711")
    noon.move_to(MONDAY_NOON + timedelta(hours=2))
    actions.reply_to_ticket(ticket, by=carla, body="Any news?")

    ticket.refresh_from_db()
    assert ticket.answer_due_at == MONDAY_NOON + timedelta(hours=3)


def test_the_solution_clock_rests_while_the_customer_thinks(noon, ticket, ada, carla):
    noon.move_to(MONDAY_NOON + timedelta(hours=1))
    actions.reply_to_ticket(ticket, by=ada, body="Which contract?")
    noon.move_to(MONDAY_NOON + timedelta(hours=3))
    actions.reply_to_ticket(ticket, by=carla, body="4711")

    ticket.refresh_from_db()
    # One of eight hours is used up; one is left today, six on Tuesday: 15:00 in Kyiv.
    assert ticket.solving_took == timedelta(hours=1)
    assert ticket.solution_due_at == datetime(2026, 3, 3, 13, tzinfo=UTC)


def test_moving_it_does_not_forget_what_was_used_up(noon, ticket, hosting, ada):
    Target.objects.create(department=hosting, solution=600)
    noon.move_to(MONDAY_NOON + timedelta(hours=2))

    actions.move_ticket(ticket, to=hosting, by=ada)

    ticket.refresh_from_db()
    assert ticket.solving_took == timedelta(hours=2)
    assert ticket.solution_due_at == MONDAY_NOON + timedelta(hours=10)
    assert ticket.answer_due_at is None


def test_a_line_for_the_priority_beats_the_general_one(noon, ticket, billing, ada):
    Target.objects.create(department=billing, priority=Priority.URGENT, first_answer=30)

    actions.set_priority(ticket, priority=Priority.URGENT, by=ada)

    ticket.refresh_from_db()
    assert ticket.answer_due_at == MONDAY_NOON + timedelta(minutes=30)


def test_a_department_that_promises_nothing_has_no_clock(ticket):
    assert ticket.due_at is None
    assert sla.planned_steps(ticket) == []


def test_an_overrun_solution_stays_due_since_the_moment_it_ran_out(noon, ticket, carla):
    ran_out = ticket.solution_due_at
    noon.move_to(MONDAY_NOON + timedelta(days=3))
    actions.reply_to_ticket(ticket, by=carla, body="Any news?")
    actions.reply_to_ticket(ticket, by=carla, body="Hello?")

    ticket.refresh_from_db()
    assert ticket.solution_due_at == ran_out
