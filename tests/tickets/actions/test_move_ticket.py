"""Handing it to another department."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.actions import join_department
from helpdesk.lib.errors import DeskError
from tickets.actions import assign_ticket, move_ticket
from tickets.models import Event, Target, Ticket


def test_others_see_it_now(ticket, ada, linus, hosting):
    move_ticket(ticket, to=hosting, by=ada)

    assert ticket in Ticket.objects.workable_by(linus)
    assert ticket not in Ticket.objects.workable_by(ada)
    event = ticket.events.get(kind=Event.Kind.MOVED)
    assert (event.details["before"], event.details["after"]) == ("Billing", "Hosting")


def test_an_assignee_who_does_not_work_there_lets_it_go(ticket, ada, hosting):
    assign_ticket(ticket, to=ada, by=ada)

    move_ticket(ticket, to=hosting, by=ada)

    ticket.refresh_from_db()
    assert ticket.assignee is None
    assert ticket.events.get(kind=Event.Kind.MOVED).details["let_go"] == str(ada)


def test_an_assignee_who_works_there_too_keeps_it(ticket, ada, hosting):
    join_department(ada, hosting)
    assign_ticket(ticket, to=ada, by=ada)

    move_ticket(ticket, to=hosting, by=ada)

    ticket.refresh_from_db()
    assert ticket.assignee == ada


def test_the_promises_of_the_new_place_count(ticket, ada, hosting):
    Target.objects.create(department=hosting, first_answer=30)

    move_ticket(ticket, to=hosting, by=ada)

    ticket.refresh_from_db()
    assert (ticket.answer_due_at - ticket.waiting_since).total_seconds() == 30 * 60


def test_a_place_that_is_switched_off_takes_nothing(ticket, ada, hosting):
    hosting.is_active = False
    hosting.save()

    with pytest.raises(DeskError):
        move_ticket(ticket, to=hosting, by=ada)


def test_to_where_it_is_is_no_move(ticket, ada, billing):
    move_ticket(ticket, to=billing, by=ada)

    assert not ticket.events.filter(kind=Event.Kind.MOVED).exists()


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not_even_to_their_own_place(ticket, who, hosting, request):
    with pytest.raises(PermissionDenied):
        move_ticket(ticket, to=hosting, by=request.getfixturevalue(who))
