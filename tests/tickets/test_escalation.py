"""A ticket that waits too long reaches the lead, and each step once."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tickets import actions, escalation
from tickets.lifecycle import Priority, Status
from tickets.models import EscalationRule, EscalationStep, Event, Notification, Target, Ticket

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture
def morning(billing):
    Target.objects.create(department=billing, first_answer=120, next_answer=60)
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def rule(billing):
    return EscalationRule.objects.create(name="Billing answers", department=billing)


@pytest.fixture
def warning(rule):
    """Half an hour before: the assignee."""
    return EscalationStep.objects.create(
        rule=rule, offset_minutes=-30, tells_lead=False, tells_assignee=True
    )


@pytest.fixture
def alarm(rule):
    """At the time: the lead, and it becomes urgent."""
    return EscalationStep.objects.create(rule=rule, sets_priority=Priority.URGENT)


def escalations(ticket: Ticket) -> list[Event]:
    return list(ticket.events.filter(kind=Event.Kind.ESCALATED))


def test_nothing_fires_before_its_time(morning, warning, alarm, ticket):
    assert ticket.next_check_at == MORNING + timedelta(minutes=90)

    morning.shift(timedelta(minutes=89))

    assert escalation.run_due() == 0


def test_each_step_fires_once_and_says_why(morning, warning, alarm, ticket, grace):
    morning.shift(timedelta(minutes=91))
    assert escalation.run_due() == 1
    assert escalation.run_due() == 0
    morning.shift(timedelta(minutes=30))
    assert escalation.run_due() == 1
    assert escalation.run_due() == 0

    before, at_time = escalations(ticket)
    assert before.details["offset_minutes"] == -30
    assert at_time.details["rule"] == "Billing answers"
    assert at_time.details["due_at"] == (MORNING + timedelta(hours=2)).isoformat()
    assert at_time.actor is None


def test_the_lead_hears_it_and_nobody_of_another_department(morning, alarm, ticket, grace, linus):
    morning.shift(timedelta(minutes=121))
    escalation.run_due()

    told = Notification.objects.filter(event__kind=Event.Kind.ESCALATED)
    assert [one.user for one in told] == [grace]


def test_a_step_does_what_it_says_besides(morning, alarm, ticket, ada, grace):
    alarm.assigns_to = ada
    alarm.save()
    morning.shift(timedelta(minutes=121))
    escalation.run_due()

    ticket.refresh_from_db()
    assert ticket.priority == Priority.URGENT
    assert ticket.assignee == ada
    kinds = list(ticket.events.order_by("id").values_list("kind", flat=True))
    assert kinds == ["opened", "escalated", "prioritised", "assigned"]


def test_a_new_wait_may_escalate_again(morning, alarm, ticket, ada, carla, grace):
    morning.shift(timedelta(minutes=121))
    escalation.run_due()
    actions.reply_to_ticket(ticket, by=ada, body="Here you are")
    morning.shift(timedelta(minutes=10))
    actions.reply_to_ticket(ticket, by=carla, body="No, that is September")
    morning.shift(timedelta(minutes=61))

    assert escalation.run_due() == 1
    assert len(escalations(ticket)) == 2


def test_one_that_was_answered_in_time_is_left_alone(morning, alarm, ticket, ada):
    actions.reply_to_ticket(ticket, by=ada, body="Here you are")
    morning.shift(timedelta(days=2))

    assert escalation.run_due() == 0


def test_a_ticket_that_breaks_does_not_stop_the_others(morning, alarm, ticket, carla, monkeypatch):
    other = actions.open_ticket(customer=carla, by=carla, subject="Second", body="Also")
    morning.shift(timedelta(minutes=121))
    escalate = actions.escalate_ticket

    def breaks_on_the_first(one, **kwargs):
        if one.pk == ticket.pk:
            raise RuntimeError("broken")
        return escalate(one, **kwargs)

    monkeypatch.setattr(actions, "escalate_ticket", breaks_on_the_first)

    assert escalation.run_due() == 1
    assert len(escalations(other)) == 1


def test_a_hold_ends_by_itself(morning, ticket, ada):
    actions.hold_ticket(ticket, until=MORNING + timedelta(days=1), by=ada)
    assert escalation.wake_due() == 0
    morning.shift(timedelta(days=1, minutes=1))

    assert escalation.wake_due() == 1
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
    assert ticket.events.last().kind == Event.Kind.WOKEN


def test_a_solved_ticket_closes_after_its_departments_days(morning, ticket, ada, billing):
    actions.solve_ticket(ticket, by=ada)
    morning.shift(timedelta(days=billing.close_after_days - 1))
    assert escalation.close_due() == 0
    morning.shift(timedelta(days=1, seconds=1))

    assert escalation.close_due() == 1
    ticket.refresh_from_db()
    assert ticket.status == Status.CLOSED


def test_the_question_of_the_clock_does_not_grow_with_the_tickets(
    morning, ticket, django_assert_num_queries
):
    with django_assert_num_queries(1):
        escalation.run_due()
