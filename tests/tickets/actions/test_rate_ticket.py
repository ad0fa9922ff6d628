"""How the whole matter went."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets.actions import (
    assign_ticket,
    mark_as_spam,
    merge_tickets,
    open_ticket,
    rate_ticket,
    solve_ticket,
)
from tickets.models import Event, Rating, Ticket


@pytest.fixture
def solved(ticket, ada):
    return solve_ticket(ticket, by=ada)


def test_the_assignee_hears_what_the_customer_thinks(solved, carla, ada):
    rate_ticket(solved, score=4, by=carla, comment="Quick")

    rating = Rating.objects.get()
    assert (rating.agent, rating.score, rating.message) == (ada, 4, None)
    assert solved.events.get(kind=Event.Kind.RATED).details["score"] == 4


@pytest.mark.parametrize("score", [0, 6, -1])
def test_scores_go_from_one_to_five(solved, carla, score):
    with pytest.raises(DeskError):
        rate_ticket(solved, score=score, by=carla)


def test_not_before_it_is_solved(ticket, carla):
    with pytest.raises(DeskError):
        rate_ticket(ticket, score=5, by=carla)


def test_not_for_ever(solved, carla):
    Ticket.objects.update(solved_at=timezone.now() - timedelta(days=31))

    with pytest.raises(DeskError):
        rate_ticket(solved, score=5, by=carla)


@pytest.mark.parametrize("who", ["ada", "grace", "mallory", "linus", "bo", "root"])
def test_agents_and_strangers_do_not_rate(solved, who, request):
    with pytest.raises(PermissionDenied):
        rate_ticket(solved, score=5, by=request.getfixturevalue(who))


def test_nobody_rates_their_own_work_after_leaving(billing, ada, grace):
    own = open_ticket(customer=ada, by=ada, subject="Mine", body="Mine", department=billing)
    assign_ticket(own, to=ada, by=grace)
    solve_ticket(own, by=grace)
    ada.memberships.all().delete()

    with pytest.raises(PermissionDenied):
        rate_ticket(own, score=5, by=User.objects.get(pk=ada.pk))


def test_merged_tickets_and_spam_are_not_rated(solved, carla, ada):
    other = open_ticket(customer=carla, by=carla, subject="Also", body="Also")
    merge_tickets(solved, into=other, by=ada)
    with pytest.raises(DeskError):
        rate_ticket(solved, score=5, by=carla)

    mark_as_spam(other, by=ada)
    with pytest.raises(PermissionDenied):
        rate_ticket(other, score=5, by=carla)
