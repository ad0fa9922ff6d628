"""What customers think of our answers."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from departments.actions import retire_agent
from helpdesk.lib import tokens
from tickets import actions, links
from tickets.models import Rating, Ticket


@pytest.fixture
def answer(ticket, ada):
    return actions.reply_to_ticket(ticket, by=ada, body="Надіслали ще раз.")


@pytest.fixture
def solved(ticket, ada, answer):
    actions.solve_ticket(ticket, by=ada)
    ticket.refresh_from_db()
    return ticket


def rating_page(ticket, message, user):
    return links.rating_link(ticket, message, user).removeprefix("http://127.0.0.1:8000")


def test_carla_rates_an_answer_on_its_page_and_changes_her_mind(enter, carla, ada, answer):
    browser = enter(carla)
    where = f"/tickets/{answer.ticket.number}/messages/{answer.pk}/rating/"

    browser.post(where, {"score": "1"})
    browser.post(where, {"score": "5"})

    rating = Rating.objects.get()
    assert (rating.score, rating.customer, rating.agent, rating.message) == (5, carla, ada, answer)


def test_only_good_and_bad_fit_an_answer(enter, carla, answer):
    where = f"/tickets/{answer.ticket.number}/messages/{answer.pk}/rating/"

    for score in ("3", "", "x", "500"):
        assert enter(carla).post(where, {"score": score}).status_code == 422
    assert not Rating.objects.exists()


def test_notes_and_answers_of_others_cannot_be_rated(enter, carla, mallory, ada, answer):
    note = actions.add_note(answer.ticket, by=ada, body="x")
    number = answer.ticket.number

    assert (
        enter(carla)
        .post(f"/tickets/{number}/messages/{note.pk}/rating/", {"score": "1"})
        .status_code
        == 404
    )
    assert (
        enter(mallory)
        .post(f"/tickets/{number}/messages/{answer.pk}/rating/", {"score": "1"})
        .status_code
        == 404
    )
    assert not Rating.objects.exists()


def test_carla_rates_the_solved_ticket(enter, carla, solved):
    browser = enter(carla)
    assert 'name="score"' in browser.get(f"/tickets/{solved.number}/").text

    browser.post(f"/tickets/{solved.number}/rating/", {"score": "4", "comment": "Дякую!"})

    rating = Rating.objects.get()
    assert (rating.score, rating.comment, rating.message) == (4, "Дякую!", None)


def test_a_score_must_be_chosen_and_the_comment_is_kept(enter, carla, solved):
    response = enter(carla).post(f"/tickets/{solved.number}/rating/", {"comment": "Дякую!"})

    assert response.status_code == 422
    assert "Дякую!" in response.text
    assert not Rating.objects.exists()


def test_what_is_not_solved_yet_cannot_be_rated_as_a_whole(enter, carla, ticket):
    response = enter(carla).post(f"/tickets/{ticket.number}/rating/", {"score": "4"})

    assert response.status_code == 422
    assert not Rating.objects.exists()


def test_a_link_in_a_letter_needs_no_sign_in_and_records_nothing_by_itself(
    client, carla, ada, answer
):
    page = rating_page(answer.ticket, answer, carla)

    shown = client.get(f"{page}?score=1")

    assert shown.status_code == 200
    assert "Не прийшов рахунок" in shown.text
    assert not Rating.objects.exists()
    assert Client().head(page).status_code == 200
    assert not Rating.objects.exists()


def test_the_button_records_it_and_it_may_be_changed(client, carla, ada, answer):
    page = rating_page(answer.ticket, answer, carla)

    assert client.post(page, {"score": "1", "comment": "Нічого не прийшло"}).url == page
    assert "Нічого не прийшло" in client.get(page).text
    client.post(page, {"score": "5", "comment": ""})

    rating = Rating.objects.get()
    assert (rating.score, rating.comment, rating.customer) == (5, "", carla)


def test_the_score_of_the_link_is_chosen_beforehand(client, carla, solved):
    page = rating_page(solved, None, carla)

    shown = "".join(client.get(f"{page}?score=4").text.split())

    assert 'value="4"requiredchecked' in shown
    assert shown.count("checked") == 1
    assert client.get(f"{page}?score=<b>").status_code == 200


def test_the_whole_ticket_is_rated_by_link(client, carla, solved):
    client.post(rating_page(solved, None, carla), {"score": "2"})

    assert Rating.objects.get().score == 2


def test_a_rating_link_opens_nothing_else(client, carla, answer):
    page = rating_page(answer.ticket, answer, carla)
    client.get(page)

    assert client.get(f"/tickets/{answer.ticket.number}/").status_code == 302
    assert "Надіслали ще раз" not in client.get(page).text


@pytest.mark.parametrize("token", ["x", "eyJ4IjoxfQ:1abc:def", "%00"])
def test_forged_links_say_so(client, db, token):
    assert client.get(f"/ratings/{token}/").status_code == 404


def test_a_token_of_another_purpose_is_no_rating_link(client, carla, answer):
    other = tokens.make("reply", [answer.ticket.pk, answer.pk, carla.pk])

    assert client.get(f"/ratings/{other}/").status_code == 404


def test_a_link_for_somebody_without_a_part_in_it_is_worth_nothing(client, mallory, answer):
    page = rating_page(answer.ticket, answer, mallory)

    assert client.post(page, {"score": "1"}).status_code == 404
    assert not Rating.objects.exists()


def test_links_are_over_after_sixty_days(client, carla, answer):
    page = rating_page(answer.ticket, answer, carla)

    with time_machine.travel(timezone.now() + timedelta(days=61)):
        assert client.get(page).status_code == 404


def test_what_was_solved_long_ago_is_no_longer_rated(client, carla, solved):
    page = rating_page(solved, None, carla)
    Ticket.objects.filter(pk=solved.pk).update(solved_at=timezone.now() - timedelta(days=31))

    assert client.post(page, {"score": "5"}).status_code == 409
    assert not Rating.objects.exists()


def test_somebody_disabled_rates_nothing(client, carla, answer):
    page = rating_page(answer.ticket, answer, carla)
    retire_agent(carla)

    assert client.get(page).status_code == 404


def test_an_answer_taken_back_is_no_longer_rated(client, carla, ada, ticket, settings):
    settings.DESK_UNDO_SECONDS = 10
    answer = actions.reply_to_ticket(ticket, by=ada, body="Помилка")
    page = rating_page(ticket, answer, carla)
    actions.take_back_reply(answer, by=ada)

    assert client.get(page).status_code == 404


def test_links_stand_in_letters_with_the_address_of_the_desk(carla, answer, settings):
    settings.DESK_URL = "https://desk.example"
    number = answer.ticket.number

    assert links.portal_link(answer.ticket) == f"https://desk.example/tickets/{number}/"
    assert links.agent_ticket_link(answer.ticket) == (
        f"https://desk.example/agent/tickets/{number}/"
    )
    link = links.rating_link(answer.ticket, answer, carla)
    assert link.startswith("https://desk.example/ratings/")
    token = link.rstrip("/").rpartition("/")[2]
    assert links.read_rating_token(token) == links.RatingClaim(number, answer.pk, carla.pk)
