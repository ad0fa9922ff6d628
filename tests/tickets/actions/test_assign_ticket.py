"""Making somebody the one who answers."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import NotAmongAgents, assign_ticket
from tickets.models import Event


def test_it_tells_who_had_it_and_who_has_it(ticket, ada, grace):
    assign_ticket(ticket, to=ada, by=grace)
    assign_ticket(ticket, to=grace, by=grace)

    ticket.refresh_from_db()
    assert ticket.assignee == grace
    last = ticket.events.filter(kind=Event.Kind.ASSIGNED).last()
    assert (last.details["before"], last.details["after"]) == (str(ada), str(grace))
    assert last.actor == grace


def test_nobody_is_possible(ticket, ada, grace):
    assign_ticket(ticket, to=ada, by=grace)
    assign_ticket(ticket, to=None, by=grace)

    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_said_twice_it_is_one_line(ticket, ada):
    assign_ticket(ticket, to=ada, by=ada)
    assign_ticket(ticket, to=ada, by=ada)

    assert ticket.events.filter(kind=Event.Kind.ASSIGNED).count() == 1


@pytest.mark.parametrize("who", ["linus", "bo", "carla"])
def test_only_agents_of_its_department_can_have_it(ticket, who, grace, request):
    with pytest.raises(NotAmongAgents):
        assign_ticket(ticket, to=request.getfixturevalue(who), by=grace)


def test_an_administrator_can_have_it(ticket, root, grace):
    assert assign_ticket(ticket, to=root, by=grace).assignee == root


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not_assign(ticket, who, ada, request):
    with pytest.raises(PermissionDenied):
        assign_ticket(ticket, to=ada, by=request.getfixturevalue(who))
