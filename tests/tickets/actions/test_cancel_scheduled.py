"""A reply that was to leave later does not."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from tickets import actions
from tickets.actions import LeftAlready, cancel_scheduled
from tickets.models import Draft, Event, Notification


@pytest.fixture
def waiting(ticket, ada):
    leaves_at = timezone.now() + timedelta(days=3)
    return actions.schedule_reply(ticket, by=ada, body="On Monday.", leaves_at=leaves_at)


def test_its_text_is_its_authors_draft_again_and_they_hear_of_it(waiting, ticket, ada, grace):
    cancel_scheduled(waiting, by=grace)

    event = ticket.events.get(kind=Event.Kind.CALLED_OFF)
    assert (Draft.objects.get().author, Draft.objects.get().text) == (ada, "On Monday.")
    assert event.actor == grace
    assert Notification.objects.filter(user=ada, event=event).exists()


def test_what_has_left_cannot_be_called_off(waiting, ada):
    actions.send_scheduled(waiting, by=ada)

    with pytest.raises(LeftAlready):
        cancel_scheduled(waiting, by=ada)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_only_agents_of_the_department_call_it_off(waiting, who, request):
    with pytest.raises(PermissionDenied):
        cancel_scheduled(waiting, by=request.getfixturevalue(who))
