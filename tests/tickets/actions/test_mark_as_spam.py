"""Nobody's matter."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import mark_as_spam, reply_to_ticket, solve_ticket
from tickets.lifecycle import ImpossibleMove, Status
from tickets.models import Event, Ticket


def test_it_leaves_every_queue_and_the_portal(ticket, ada, carla):
    mark_as_spam(ticket, by=ada)

    assert ticket not in Ticket.objects.at_work()
    assert ticket not in Ticket.objects.of_customer(carla)
    assert ticket.events.get(kind=Event.Kind.MARKED_SPAM).details["before"] == "new"


def test_more_from_its_sender_does_not_bring_it_back(ticket, ada, carla):
    mark_as_spam(ticket, by=ada)

    reply_to_ticket(ticket, by=carla, body="Buy now")

    ticket.refresh_from_db()
    assert ticket.status == Status.SPAM


def test_what_was_solved_is_no_spam(ticket, ada):
    solve_ticket(ticket, by=ada)

    with pytest.raises(ImpossibleMove):
        mark_as_spam(ticket, by=ada)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, who, request):
    with pytest.raises(PermissionDenied):
        mark_as_spam(ticket, by=request.getfixturevalue(who))
