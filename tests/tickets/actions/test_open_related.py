"""Several tickets of one person at once."""

import pytest

from tickets.actions import open_related
from tickets.lifecycle import Status
from tickets.models import Ticket, TicketLink

PARTS = ({"subject": "Site", "body": "502"}, {"subject": "Mail", "body": "535"})


def test_each_is_a_ticket_of_its_own_and_linked_with_the_others(billing, hosting, carla):
    parts = [*PARTS, {"subject": "Invoice", "body": "4711"}]

    opened = open_related(customer=carla, by=carla, parts=parts, department=hosting)

    assert [one.subject for one in opened] == ["Site", "Mail", "Invoice"]
    assert {(one.department, one.status) for one in opened} == {(hosting, Status.NEW)}
    assert [one.events.get().kind for one in opened] == ["opened"] * 3
    links = TicketLink.objects.filter(kind=TicketLink.Kind.RELATED)
    assert {(one.source.subject, one.target.subject) for one in links} == {
        ("Site", "Mail"),
        ("Site", "Invoice"),
        ("Mail", "Invoice"),
    }


def test_all_of_them_or_none(billing, carla):
    with pytest.raises(TypeError):
        open_related(customer=carla, by=carla, parts=[*PARTS, {"subject": "No text"}])

    assert not Ticket.objects.exists()
