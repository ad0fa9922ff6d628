"""Going on from a ticket that was closed too long ago."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.models import Category
from tickets.actions import categorise_ticket, close_ticket, open_follow_up
from tickets.models import Event, TicketLink


@pytest.fixture
def closed(ticket, ada, billing):
    about = Category.objects.create(slug="bills", name={"en": "Bills"}, department=billing)
    categorise_ticket(ticket, category=about, service=None, by=ada)
    return close_ticket(ticket, by=ada)


def test_it_takes_over_what_the_old_one_was_about(closed, carla):
    new = open_follow_up(closed, by=carla, body="Знову.")

    assert (new.subject, new.category, new.department, new.customer) == (
        closed.subject,
        closed.category,
        closed.department,
        carla,
    )
    link = TicketLink.objects.get()
    assert (link.source, link.target, link.kind) == (closed, new, "follow_up")
    assert new.events.get(kind=Event.Kind.OPENED).details == {"follows": closed.number}


def test_an_agent_opens_it_for_the_customer(closed, ada, carla):
    new = open_follow_up(closed, by=ada, body="We found something.")

    assert (new.customer, new.assignee) == (carla, ada)


@pytest.mark.parametrize("who", ["mallory", "linus", "bo"])
def test_strangers_do_not_go_on_from_it(closed, who, request):
    with pytest.raises(PermissionDenied):
        open_follow_up(closed, by=request.getfixturevalue(who), body="Hello")
