"""Nothing more is to do."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import assign_ticket, close_ticket, solve_ticket
from tickets.lifecycle import ImpossibleMove, Status
from tickets.models import Event


def test_what_was_nobodys_becomes_the_agents(ticket, ada):
    solve_ticket(ticket, by=ada)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.assignee) == (Status.SOLVED, ada)
    assert ticket.solved_at is not None
    assert ticket.events.get(kind=Event.Kind.SOLVED).details["before"] == "new"


def test_somebody_elses_stays_theirs(ticket, ada, grace):
    assign_ticket(ticket, to=ada, by=grace)

    assert solve_ticket(ticket, by=grace).assignee == ada


def test_the_customer_may_say_so_and_gets_no_work_for_it(ticket, carla):
    solved = solve_ticket(ticket, by=carla)

    assert (solved.status, solved.assignee) == (Status.SOLVED, None)


def test_said_twice_it_is_one_line(ticket, ada):
    solve_ticket(ticket, by=ada)
    solve_ticket(ticket, by=ada)

    assert ticket.events.filter(kind=Event.Kind.SOLVED).count() == 1


def test_what_is_closed_is_reopened_first(ticket, ada):
    close_ticket(ticket, by=ada)

    with pytest.raises(ImpossibleMove):
        solve_ticket(ticket, by=ada)


@pytest.mark.parametrize("who", ["mallory", "linus", "bo"])
def test_strangers_may_not(ticket, who, request):
    with pytest.raises(PermissionDenied):
        solve_ticket(ticket, by=request.getfixturevalue(who))
