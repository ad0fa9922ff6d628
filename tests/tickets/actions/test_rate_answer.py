"""One answer was good, or not."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from tickets.actions import add_note, forward_ticket, rate_answer, reply_to_ticket
from tickets.models import Event, Rating


@pytest.fixture
def answer(ticket, ada):
    return reply_to_ticket(ticket, by=ada, body="Here it is.")


def test_it_is_kept_for_the_one_who_wrote_it(answer, carla, ada, ticket):
    rate_answer(answer, good=True, by=carla, comment="  Дякую ")

    rating = Rating.objects.get()
    assert (rating.agent, rating.score, rating.comment) == (ada, 5, "Дякую")
    event = ticket.events.get(kind=Event.Kind.RATED)
    assert (event.message, event.details["changed"]) == (answer, False)


def test_said_again_it_replaces(answer, carla, ticket):
    rate_answer(answer, good=True, by=carla)
    rate_answer(answer, good=False, by=carla)

    assert Rating.objects.get().score == 1
    assert ticket.events.filter(kind=Event.Kind.RATED).last().details["changed"] is True


def test_only_answers_of_ours_are_rated(ticket, carla, ada, mallory):
    for message in (
        ticket.messages.get(),
        add_note(ticket, by=ada, body="hm"),
        forward_ticket(ticket, by=ada, to=[mallory], body="hm"),
    ):
        with pytest.raises(DeskError):
            rate_answer(message, good=True, by=carla)


@pytest.mark.parametrize("who", ["ada", "grace", "mallory", "linus", "bo"])
def test_agents_and_strangers_do_not_rate(answer, who, request):
    with pytest.raises(PermissionDenied):
        rate_answer(answer, good=True, by=request.getfixturevalue(who))
