"""What was done is put back, as long as it still stands."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.actions import join_department
from departments.models import Category
from helpdesk.lib.errors import DeskError
from tickets import actions
from tickets.actions import ChangedMeanwhile, undo
from tickets.lifecycle import Priority, Status
from tickets.models import Event, Ticket


def last(ticket) -> Event:
    return ticket.events.order_by("-pk").first()


def state_of(ticket) -> tuple:
    ticket = Ticket.objects.get(pk=ticket.pk)
    return (
        ticket.status,
        ticket.assignee,
        ticket.department,
        ticket.priority,
        ticket.category,
        ticket.waiting_since,
        ticket.hold_until,
        ticket.solved_at,
        ticket.closed_at,
        sorted(ticket.tags.values_list("name", flat=True)),
        sorted(ticket.followers.values_list("user", "in_copy")),
    )


ACTS = {
    "assign": lambda one, by, **more: actions.assign_ticket(one, to=by, by=by),
    "priority": lambda one, by, **more: actions.set_priority(one, priority=4, by=by),
    "tag": lambda one, by, **more: actions.tag_ticket(one, add=["vip"], remove=["old"], by=by),
    "category": lambda one, by, category, **more: actions.categorise_ticket(
        one, category=category, service=None, by=by
    ),
    "follow": lambda one, by, **more: actions.follow_ticket(one, who=by, by=by),
    "unfollow": lambda one, by, other, **more: actions.unfollow_ticket(one, who=other, by=by),
    "solve": lambda one, by, **more: actions.solve_ticket(one, by=by),
    "close": lambda one, by, **more: actions.close_ticket(one, by=by),
    "hold": lambda one, by, **more: actions.hold_ticket(
        one, until=timezone.now() + timedelta(days=1), by=by
    ),
    "spam": lambda one, by, **more: actions.mark_as_spam(one, by=by),
}


@pytest.mark.parametrize("act", ACTS)
def test_everything_stands_as_before(ticket, ada, mallory, billing, act):
    category = Category.objects.create(slug="invoice", name={"en": "Invoice"}, department=billing)
    actions.tag_ticket(ticket, add=["old"], by=ada)
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    before = state_of(ticket)

    ACTS[act](ticket, ada, category=category, other=mallory)
    assert state_of(ticket) != before
    undo(last(ticket), by=ada)

    assert state_of(ticket) == before
    assert last(ticket).kind == Event.Kind.UNDONE


def test_a_reopened_ticket_is_solved_again_since_when_it_was(ticket, ada):
    actions.solve_ticket(ticket, by=ada)
    before = state_of(ticket)
    actions.reopen_ticket(ticket, by=ada)

    undo(last(ticket), by=ada)

    assert state_of(ticket) == before


def test_a_move_by_mistake_is_taken_back_by_who_made_it_with_the_assignee(
    ticket, ada, billing, hosting
):
    actions.assign_ticket(ticket, to=ada, by=ada)
    actions.move_ticket(ticket, to=hosting, by=ada)
    assert not Ticket.objects.workable_by(ada).exists()

    undo(last(ticket), by=ada)

    ticket.refresh_from_db()
    assert (ticket.department, ticket.assignee) == (billing, ada)


def test_a_colleague_who_does_not_work_there_cannot_bring_it_back(ticket, ada, grace, hosting):
    actions.move_ticket(ticket, to=hosting, by=ada)

    with pytest.raises(PermissionDenied):
        undo(last(ticket), by=grace)


def test_a_move_of_long_ago_stays(ticket, ada, hosting):
    actions.move_ticket(ticket, to=hosting, by=ada)
    Event.objects.filter(pk=last(ticket).pk).update(at=timezone.now() - timedelta(days=2))

    with pytest.raises(PermissionDenied):
        undo(last(ticket), by=ada)


def test_somebodys_later_act_is_not_lost(ticket, ada, grace):
    actions.set_priority(ticket, priority=Priority.HIGH, by=ada)
    mistake = last(ticket)
    actions.set_priority(ticket, priority=Priority.URGENT, by=grace)

    with pytest.raises(ChangedMeanwhile):
        undo(mistake, by=ada)

    ticket.refresh_from_db()
    assert ticket.priority == Priority.URGENT


def test_what_the_customer_wrote_meanwhile_keeps_its_ticket_open(ticket, ada, carla):
    actions.close_ticket(ticket, by=ada)
    closed = last(ticket)
    actions.continue_conversation(ticket, by=carla, body="One more thing")

    with pytest.raises(ChangedMeanwhile):
        undo(closed, by=ada)

    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN


def test_one_act_is_undone_once(ticket, ada):
    actions.tag_ticket(ticket, add=["vip"], by=ada)
    tagged = last(ticket)
    undo(tagged, by=ada)
    actions.tag_ticket(ticket, add=["vip"], by=ada)

    with pytest.raises(ChangedMeanwhile):
        undo(tagged, by=ada)


def test_an_answer_that_left_cannot_be_undone_here(ticket, ada):
    actions.reply_to_ticket(ticket, by=ada, body="Hello")

    with pytest.raises(DeskError, match="cannot be undone"):
        undo(last(ticket), by=ada)


def test_an_assignee_who_left_the_department_does_not_come_back(ticket, ada, linus, billing):
    join_department(linus, billing)
    actions.assign_ticket(ticket, to=linus, by=ada)
    actions.assign_ticket(ticket, to=ada, by=ada)
    linus.memberships.filter(department=billing).delete()

    with pytest.raises(ChangedMeanwhile):
        undo(last(ticket), by=ada)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_who_does_not_work_on_it_undoes_nothing(ticket, ada, who, request):
    actions.set_priority(ticket, priority=Priority.HIGH, by=ada)

    with pytest.raises(PermissionDenied):
        undo(last(ticket), by=request.getfixturevalue(who))
