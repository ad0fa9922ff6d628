"""Telling the leads, by hand or by the clock."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from tickets.actions import escalate_ticket
from tickets.lifecycle import Priority
from tickets.models import EscalationRule, EscalationStep, Event, FiredStep, Notification


@pytest.fixture
def step(db):
    rule = EscalationRule.objects.create(name="Nobody answers")
    return EscalationStep.objects.create(rule=rule)


def test_an_agent_says_why_and_the_lead_hears(ticket, ada, grace):
    event = escalate_ticket(ticket, by=ada, reason="  The customer is angry  ")

    assert event.details["reason"] == "The customer is angry"
    assert Notification.objects.filter(user=grace, event=event).exists()


def test_without_a_reason_nothing_happens(ticket, ada):
    with pytest.raises(DeskError):
        escalate_ticket(ticket, by=ada, reason=" ")

    assert not ticket.events.filter(kind=Event.Kind.ESCALATED).exists()


def test_a_step_fires_once_a_wait(ticket, step):
    first = escalate_ticket(ticket, by=None, step=step)
    second = escalate_ticket(ticket, by=None, step=step)

    assert first is not None
    assert second is None
    assert FiredStep.objects.count() == 1
    assert first.details["rule"] == "Nobody answers"


def test_a_step_does_what_it_says_besides(ticket, step, hosting, linus):
    step.sets_priority, step.moves_to, step.assigns_to = Priority.URGENT, hosting, linus
    step.save()

    escalate_ticket(ticket, by=None, step=step)

    ticket.refresh_from_db()
    assert (ticket.priority, ticket.department, ticket.assignee) == (4, hosting, linus)
    kinds = set(ticket.events.filter(actor=None).values_list("kind", flat=True))
    assert kinds == {"escalated", "prioritised", "moved", "assigned"}


def test_somebody_who_cannot_have_it_does_not_get_it(ticket, step, linus):
    step.assigns_to = linus
    step.save()

    escalate_ticket(ticket, by=None, step=step)

    ticket.refresh_from_db()
    assert ticket.assignee is None


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, who, request):
    with pytest.raises(PermissionDenied):
        escalate_ticket(ticket, by=request.getfixturevalue(who), reason="Me first")
