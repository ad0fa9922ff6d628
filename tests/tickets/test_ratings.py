"""Ratings where tickets end, go on elsewhere or were never answered by a person."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.actions import retire_agent
from helpdesk.lib.errors import DeskError
from tickets import actions, escalation
from tickets.lifecycle import Status
from tickets.links import rating_token
from tickets.models import Delivery, Event, Message, Rating, Ticket


@pytest.fixture
def solved(ticket, ada):
    """Answered and solved by Ada."""
    actions.reply_to_ticket(ticket, by=ada, body="Here it is.")
    return actions.solve_ticket(ticket, by=ada)


@pytest.fixture
def answer(solved):
    return solved.messages.get(from_customer=False)


def asked_after(*, days: float) -> int:
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        return escalation.ask_due()


def test_an_answer_that_was_taken_back_or_is_nobodys_is_not_rated(
    ticket, carla, ada, settings, client
):
    settings.DESK_UNDO_SECONDS = 10
    taken_back = actions.reply_to_ticket(ticket, by=ada, body="Wrong")
    actions.take_back_reply(taken_back, by=ada)
    taken_back.refresh_from_db()
    by_the_house = Message.objects.create(ticket=ticket, text="Hello", html="<p>Hello</p>")

    for message in (taken_back, by_the_house):
        with pytest.raises(DeskError, match="Only answers of our agents"):
            actions.rate_answer(message, good=True, by=carla)
        assert client.get(f"/ratings/{rating_token(ticket, message, carla)}/").status_code == 404


def test_a_word_may_follow_the_same_score(answer, carla):
    actions.rate_answer(answer, good=False, by=carla)
    actions.rate_answer(answer, good=False, by=carla, comment="The wrong month")

    assert Rating.objects.get().comment == "The wrong month"


def test_who_was_switched_off_rates_nothing_by_whatever_way(answer, solved, carla):
    retire_agent(carla)

    with pytest.raises(PermissionDenied):
        actions.rate_answer(answer, good=True, by=carla)
    with pytest.raises(PermissionDenied):
        actions.rate_ticket(solved, score=5, by=carla)


def test_the_days_to_rate_begin_when_it_was_closed_though_nobody_solved_it(ticket, carla, ada):
    actions.reply_to_ticket(ticket, by=ada, body="Here it is.")
    actions.close_ticket(ticket, by=ada)
    Ticket.objects.update(solved_at=None, closed_at=timezone.now() - timedelta(days=31))

    with pytest.raises(DeskError, match="too long ago"):
        actions.rate_ticket(Ticket.objects.get(), score=5, by=carla)


def test_two_tickets_of_one_customer_are_rated_apart(solved, carla, ada):
    other = actions.open_ticket(customer=carla, by=carla, subject="Other", body="Other")
    actions.solve_ticket(other, by=ada)
    actions.rate_ticket(solved, score=5, by=carla)
    actions.rate_ticket(other, score=2, by=carla)

    assert dict(Rating.objects.values_list("ticket", "score")) == {solved.pk: 5, other.pk: 2}


def test_what_can_no_longer_be_rated_is_not_asked_about(solved):
    assert asked_after(days=31) == 0
    assert not solved.events.filter(kind=Event.Kind.RATING_ASKED).exists()


def test_the_clock_does_not_come_back_to_what_it_asked_about(solved):
    assert asked_after(days=4) == 1

    assert Ticket.objects.get().ask_rating_at is None


def test_who_rated_what_was_merged_into_it_is_left_in_peace(solved, answer, carla, ada):
    other = actions.open_ticket(customer=carla, by=carla, subject="Other", body="Other")
    actions.rate_answer(answer, good=True, by=carla)
    actions.merge_tickets(solved, into=other, by=ada)
    actions.reply_to_ticket(other, by=ada, body="Here", then=Status.SOLVED)

    assert asked_after(days=4) == 0


def test_an_answer_that_missed_somebody_in_copy_asks_the_customer_all_the_same(
    solved, answer, mallory
):
    actions.note_delivery(answer, address=mallory.email, state=Delivery.State.FAILED)

    assert asked_after(days=4) == 1


def test_what_was_solved_long_ago_shows_no_buttons_to_rate_its_answers(
    enter, carla, solved, answer
):
    page, where = f"/tickets/{solved.number}/", f"/messages/{answer.pk}/rating/"
    browser = enter(carla)
    assert where in browser.get(page).text

    Ticket.objects.update(solved_at=timezone.now() - timedelta(days=31))

    shown = browser.get(page)
    assert shown.status_code == 200
    assert where not in shown.text


def test_answers_of_what_was_merged_are_rated_where_it_goes_on(enter, carla, ada, solved, answer):
    other = actions.open_ticket(customer=carla, by=carla, subject="Other", body="Other")
    actions.merge_tickets(solved, into=other, by=ada)
    page = f"/tickets/{other.number}/"
    browser = enter(carla)
    assert f'action="{page}messages/{answer.pk}/rating/"' in browser.get(page).text

    browser.post(f"{page}messages/{answer.pk}/rating/", {"score": "5"})

    assert Rating.objects.get().message == answer


def test_a_link_to_a_ticket_whose_agent_one_became_is_worth_nothing(
    client, solved, carla, grace, billing
):
    page = f"/ratings/{rating_token(solved, None, grace)}/"

    assert client.get(page).status_code == 404
    assert client.post(page, {"score": "5"}).status_code == 404
