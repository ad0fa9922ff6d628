"""Forgetting what was typed."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import discard_draft, save_draft
from tickets.models import Draft, Message


def test_only_this_draft_of_this_agent_goes(ticket, ada, grace):
    for agent in (ada, grace):
        save_draft(ticket, by=agent, kind=Message.Kind.REPLY, text="half")

    discard_draft(ticket, by=ada, kind=Message.Kind.REPLY)

    assert Draft.objects.get().author == grace


def test_where_there_is_none_nothing_happens(ticket, ada):
    discard_draft(ticket, by=ada, kind=Message.Kind.NOTE)

    assert not Draft.objects.exists()
    assert ticket.events.count() == 1


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, who, request):
    with pytest.raises(PermissionDenied):
        discard_draft(ticket, by=request.getfixturevalue(who), kind=Message.Kind.REPLY)
