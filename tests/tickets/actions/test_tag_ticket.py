"""Words on a ticket."""

import pytest
from django.core.exceptions import PermissionDenied

from tickets.actions import tag_ticket
from tickets.models import Event, Tag


def names(ticket):
    return sorted(ticket.tags.values_list("name", flat=True))


def test_new_words_become_tags_in_lower_case(ticket, ada):
    tag_ticket(ticket, add=[" Рахунки ", "VIP  client", ""], by=ada)

    assert names(ticket) == ["vip client", "рахунки"]
    event = ticket.events.get(kind=Event.Kind.TAGGED)
    assert event.details == {"added": ["vip client", "рахунки"], "removed": []}
    assert event.words["added"] == "vip client, рахунки"


def test_words_are_taken_off_and_the_tag_stays_for_others(ticket, ada):
    tag_ticket(ticket, add=["a", "b"], by=ada)
    tag_ticket(ticket, remove=["a", "never there"], by=ada)

    assert names(ticket) == ["b"]
    assert Tag.objects.filter(name="a").exists()


def test_what_is_added_and_removed_at_once_stays(ticket, ada):
    tag_ticket(ticket, add=["a"], by=ada)
    tag_ticket(ticket, add=["a"], remove=["a"], by=ada)

    assert names(ticket) == ["a"]
    assert ticket.events.filter(kind=Event.Kind.TAGGED).count() == 1


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, who, request):
    with pytest.raises(PermissionDenied):
        tag_ticket(ticket, add=["mine"], by=request.getfixturevalue(who))

    assert not Tag.objects.exists()
