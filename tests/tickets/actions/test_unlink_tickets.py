"""Two tickets point at each other no longer."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import link_tickets, merge_tickets, open_ticket, undo, unlink_tickets
from tickets.models import Event, TicketLink


@pytest.fixture
def other(ticket, carla):
    return open_ticket(customer=carla, by=carla, subject="Another matter", body="Hello")


@pytest.mark.parametrize("kind", TicketLink.BY_HAND)
def test_the_link_goes_from_whichever_side(ticket, other, ada, kind):
    link_tickets(ticket, to=other, by=ada, kind=kind)

    unlink_tickets(other, other=ticket.number, by=ada)

    assert not TicketLink.objects.exists()
    event = Event.objects.get(kind=Event.Kind.UNLINKED)
    assert (event.ticket, event.actor, event.details["to"]) == (other, ada, ticket.number)


def test_it_comes_back_as_it_was(ticket, other, ada):
    link_tickets(ticket, to=other, by=ada, kind=TicketLink.Kind.FOLLOW_UP)
    unlink_tickets(other, other=ticket.number, by=ada)

    undo(Event.objects.get(kind=Event.Kind.UNLINKED), by=ada)

    link = TicketLink.objects.get()
    assert (link.source, link.target, link.kind) == (ticket, other, "follow_up")


def test_what_was_merged_stays_linked(ticket, other, ada):
    merge_tickets(other, into=ticket, by=ada)

    unlink_tickets(ticket, other=other.number, by=ada)

    assert TicketLink.objects.get().kind == TicketLink.Kind.MERGED
    assert not Event.objects.filter(kind=Event.Kind.UNLINKED).exists()


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, other, ada, who, request):
    link_tickets(ticket, to=other, by=ada)

    with pytest.raises(PermissionDenied):
        unlink_tickets(ticket, other=other.number, by=request.getfixturevalue(who))
