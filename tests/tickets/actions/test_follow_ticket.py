"""Letting somebody hear of a ticket."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import NotAmongAgents, follow_ticket
from tickets.models import Event, Ticket


def test_an_agent_follows(ticket, ada):
    follow_ticket(ticket, who=ada, by=ada)
    follow_ticket(ticket, who=ada, by=ada)

    assert [(one.user, one.in_copy) for one in ticket.followers.all()] == [(ada, False)]
    assert ticket.events.filter(kind=Event.Kind.FOLLOWED).count() == 1


def test_a_person_in_copy_sees_it_in_the_portal(ticket, mallory, ada):
    follow_ticket(ticket, who=mallory, by=ada, in_copy=True)

    assert ticket in Ticket.objects.of_customer(mallory)
    assert ticket not in Ticket.objects.workable_by(mallory)


def test_the_customer_may_add_somebody_in_copy(ticket, mallory, carla):
    follow_ticket(ticket, who=mallory, by=carla, in_copy=True)

    assert ticket.followers.get().user == mallory


def test_the_customer_is_never_in_copy_of_their_own(ticket, carla, ada):
    follow_ticket(ticket, who=carla, by=ada, in_copy=True)

    assert not ticket.followers.exists()


def test_who_follows_already_is_put_in_copy_as_well(ticket, grace, ada):
    follow_ticket(ticket, who=grace, by=ada)
    follow_ticket(ticket, who=grace, by=ada, in_copy=True)

    assert ticket.followers.get().in_copy
    assert ticket.events.filter(kind=Event.Kind.FOLLOWED).count() == 2


@pytest.mark.parametrize("who", ["linus", "mallory", "bo"])
def test_only_agents_of_the_department_follow(ticket, who, ada, request):
    with pytest.raises(NotAmongAgents):
        follow_ticket(ticket, who=request.getfixturevalue(who), by=ada)


@pytest.mark.parametrize("who", ["mallory", "linus", "bo"])
def test_strangers_add_nobody(ticket, who, request):
    person = request.getfixturevalue(who)

    with pytest.raises(PermissionDenied):
        follow_ticket(ticket, who=person, by=person, in_copy=True)


def test_the_customer_makes_nobody_follow(ticket, carla, ada):
    with pytest.raises(PermissionDenied):
        follow_ticket(ticket, who=ada, by=carla)
