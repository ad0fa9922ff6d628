"""One answer was good, or not."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.models import DeskSettings, Organisation, User
from helpdesk.lib.errors import DeskError
from tickets.actions import (
    add_note,
    follow_ticket,
    forward_ticket,
    open_ticket,
    rate_answer,
    reply_to_ticket,
)
from tickets.models import Event, Follower, Rating


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


def test_the_same_said_twice_is_heard_once(answer, carla, ticket):
    for _press in range(3):
        rate_answer(answer, good=False, by=carla, comment="No")

    assert ticket.events.filter(kind=Event.Kind.RATED).count() == 1


def test_it_may_be_changed_for_the_desks_days_from_the_first_time(answer, carla):
    DeskSettings(rating_change_days=3).save()
    first = timezone.now()
    rate_answer(answer, good=True, by=carla)
    for days, good in ((1, False), (2.9, True)):
        with time_machine.travel(first + timedelta(days=days)):
            rate_answer(answer, good=good, by=carla)

    with time_machine.travel(first + timedelta(days=3.1)):
        rate_answer(answer, good=True, by=carla)  # as it stands already
        with pytest.raises(DeskError, match="can no longer be changed"):
            rate_answer(answer, good=False, by=carla)
    assert Rating.objects.get().score == 5


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


def test_an_agent_rates_as_the_customer_of_another_department(ada, linus, billing):
    own = open_ticket(customer=linus, by=linus, subject="Mine", body="Mine", department=billing)
    answer = reply_to_ticket(own, by=ada, body="Here")

    rate_answer(answer, good=False, by=linus)

    assert Rating.objects.get().agent == ada


def test_the_customer_and_who_stands_in_rate_and_nobody_else_who_reads_it(
    answer, carla, mallory, linus, ticket, ada
):
    shared = Organisation.objects.create(name="Garden", shares_tickets=True)
    User.objects.filter(pk__in=[carla.pk, linus.pk]).update(organisation=shared)
    colleague = User.objects.get(pk=linus.pk)
    follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    for who in (mallory, colleague):
        with pytest.raises(PermissionDenied):
            rate_answer(answer, good=True, by=who)

    Follower.objects.filter(user=mallory).update(stands_in=True)
    rate_answer(answer, good=True, by=mallory)

    assert Rating.objects.get().customer == mallory
