"""Letting somebody hear no more of it."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import follow_ticket, unfollow_ticket
from tickets.models import Event, Ticket


@pytest.fixture
def with_copy(ticket, mallory, ada):
    return follow_ticket(ticket, who=mallory, by=ada, in_copy=True)


@pytest.mark.parametrize("by", ["ada", "mallory"])
def test_an_agent_or_the_person_themselves(with_copy, mallory, by, request):
    unfollow_ticket(with_copy, who=mallory, by=request.getfixturevalue(by))

    assert not with_copy.followers.exists()
    assert with_copy not in Ticket.objects.of_customer(mallory)
    assert with_copy.events.get(kind=Event.Kind.UNFOLLOWED).details["who"] == "Mallory"


def test_who_did_not_follow_leaves_no_line(ticket, ada):
    unfollow_ticket(ticket, who=ada, by=ada)

    assert not ticket.events.filter(kind=Event.Kind.UNFOLLOWED).exists()


@pytest.mark.parametrize("by", ["carla", "linus", "bo"])
def test_others_remove_nobody(with_copy, mallory, by, request):
    with pytest.raises(PermissionDenied):
        unfollow_ticket(with_copy, who=mallory, by=request.getfixturevalue(by))

    assert with_copy.followers.exists()
