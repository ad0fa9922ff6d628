"""Letting two tickets point at each other."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from tickets.actions import link_tickets, open_ticket
from tickets.models import Event, TicketLink


@pytest.fixture
def other(ticket, carla):
    return open_ticket(customer=carla, by=carla, subject="Another matter", body="Hello")


def test_they_are_linked_once_whichever_points(ticket, other, ada):
    first = link_tickets(ticket, to=other, by=ada)
    again = link_tickets(ticket, to=other, by=ada)
    back = link_tickets(other, to=ticket, by=ada)

    assert first == again == back == TicketLink.objects.get()
    event = Event.objects.get(kind=Event.Kind.LINKED)
    assert (event.ticket, event.details["to"]) == (ticket, other.number)


def test_never_to_itself(ticket, ada):
    with pytest.raises(DeskError):
        link_tickets(ticket, to=ticket, by=ada)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, other, who, request):
    with pytest.raises(PermissionDenied):
        link_tickets(ticket, to=other, by=request.getfixturevalue(who))


def test_both_must_be_ones_own_to_work_on(ticket, carla, hosting, ada, linus):
    theirs = open_ticket(
        customer=carla, by=carla, subject="Panel", body="Hello", department=hosting
    )

    for agent in (ada, linus):
        with pytest.raises(PermissionDenied):
            link_tickets(ticket, to=theirs, by=agent)
