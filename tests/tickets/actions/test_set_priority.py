"""How soon."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import set_priority
from tickets.lifecycle import Priority
from tickets.models import Event, Target


def test_it_is_told_from_what_to_what(ticket, ada):
    set_priority(ticket, priority=Priority.URGENT, by=ada)

    ticket.refresh_from_db()
    assert ticket.priority == Priority.URGENT
    event = ticket.events.get(kind=Event.Kind.PRIORITISED)
    assert event.details == {"before": 2, "after": 4}
    assert (event.words["before"], event.words["after"]) == ("Normal", "Urgent")


def test_the_promise_for_that_priority_counts(ticket, ada, billing):
    Target.objects.create(department=billing, first_answer=240)
    Target.objects.create(department=billing, priority=Priority.URGENT, first_answer=15)

    set_priority(ticket, priority=Priority.URGENT, by=ada)

    ticket.refresh_from_db()
    assert (ticket.due_at - ticket.waiting_since).total_seconds() == 15 * 60


def test_the_same_again_is_no_line(ticket, ada):
    set_priority(ticket, priority=Priority.NORMAL, by=ada)

    assert not ticket.events.filter(kind=Event.Kind.PRIORITISED).exists()


def test_there_are_four(ticket, ada):
    with pytest.raises(ValueError, match="5"):
        set_priority(ticket, priority=5, by=ada)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, who, request):
    with pytest.raises(PermissionDenied):
        set_priority(ticket, priority=Priority.URGENT, by=request.getfixturevalue(who))
