"""What customers think of our answers."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from departments.actions import retire_agent
from departments.models import DeskSettings, Organisation, User
from helpdesk.lib import tokens
from tickets import actions, links
from tickets.models import Event, Rating, Ticket


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


def test_a_word_may_follow_the_two_buttons_and_a_second_press_does_not_take_it_away(
    enter, carla, answer
):
    browser = enter(carla)
    thread = f"/tickets/{answer.ticket.number}/"
    where = f"{thread}messages/{answer.pk}/rating/"
    assert f'action="{where}"' in browser.get(thread).text

    assert browser.post(where, {"score": "1"}).url == f"{thread}#message-{answer.pk}"
    shown = browser.get(thread).text
    assert f'href="{where}"' in shown
    assert f'action="{where}"' not in shown

    browser.post(where, {"score": "1", "comment": "Не той місяць"})
    browser.post(where, {"score": "5"})

    assert (Rating.objects.get().score, Rating.objects.get().comment) == (5, "Не той місяць")


def test_said_again_the_history_has_it_once(client, carla, answer):
    page = rating_page(answer.ticket, answer, carla)
    for _press in range(5):
        client.post(page, {"score": "1", "comment": "Ні"})

    assert answer.ticket.events.filter(kind=Event.Kind.RATED).count() == 1


def test_people_in_copy_and_colleagues_do_not_rate_for_the_customer(
    enter, carla, mallory, ada, answer, db
):
    shared = Organisation.objects.create(name="Garden", shares_tickets=True)
    colleague = User.objects.create_user("colleague@customer.example", organisation=shared)
    User.objects.filter(pk=carla.pk).update(organisation=shared)
    actions.follow_ticket(answer.ticket, who=mallory, by=ada, in_copy=True)
    thread = f"/tickets/{answer.ticket.number}/"
    where = f"{thread}messages/{answer.pk}/rating/"

    for reader in (mallory, colleague):
        browser = enter(reader)
        assert where not in browser.get(thread).text
        assert browser.get(where).status_code == 403
        assert browser.post(where, {"score": "1"}).status_code == 403
    assert not Rating.objects.exists()


def test_answers_of_merged_tickets_are_rated_by_whoever_asked(enter, carla, mallory, ada, answer):
    actions.follow_ticket(answer.ticket, who=mallory, by=ada, in_copy=True)
    other = actions.open_ticket(customer=mallory, by=mallory, subject="Also", body="Also")
    actions.merge_tickets(answer.ticket, into=other, by=ada)
    later = actions.reply_to_ticket(other, by=ada, body="For both")

    shown = enter(mallory).get(f"/tickets/{other.number}/").text
    assert f"/messages/{later.pk}/rating/" in shown
    assert f"/messages/{answer.pk}/rating/" not in shown


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

    for ask in (client.get, client.head, client.options, client.put, client.patch):
        ask(f"{page}?score=1")
        ask(page)
    shown = client.get(f"{page}?score=1")

    assert shown.status_code == 200
    assert "no-store" in shown.headers["Cache-Control"]
    assert not Rating.objects.exists()
    assert not answer.ticket.events.filter(kind=Event.Kind.RATED).exists()


def test_it_shows_what_is_rated_in_the_language_of_the_letter(client, carla, ada, answer):
    shown = client.get(rating_page(answer.ticket, answer, carla))

    for words in ("Не прийшов рахунок", "Надіслали ще раз.", "Ada"):
        assert words in shown.text
    assert "Kovalenko" not in shown.text
    assert shown.headers["Content-Language"] == "uk"

    client.post("/language/", {"language": "de", "next": "/"})
    shown = client.get(rating_page(answer.ticket, answer, carla))
    assert shown.headers["Content-Language"] == "de"


def test_it_works_where_cookies_are_refused_and_signs_nobody_in(carla, answer):
    strict = Client(enforce_csrf_checks=True)
    page = rating_page(answer.ticket, answer, carla)

    assert strict.post(page, {"score": "1"}).status_code == 302

    assert Rating.objects.get().customer == carla
    assert "_auth_user_id" not in strict.session
    assert strict.get(f"/tickets/{answer.ticket.number}/").status_code == 302


def test_whoever_is_signed_in_is_told_whose_rating_it_is(enter, carla, mallory, answer):
    browser = enter(mallory)
    page = rating_page(answer.ticket, answer, carla)

    assert "Carla Bondar" in browser.get(page).text
    browser.post(page, {"score": "1"})

    assert Rating.objects.get().customer == carla
    assert "Carla Bondar" not in enter(carla).get(page).text


def test_the_button_records_it_and_it_may_be_changed(client, carla, ada, answer):
    page = rating_page(answer.ticket, answer, carla)

    assert client.post(page, {"score": "1", "comment": "Нічого не прийшло"}).url == page
    assert "Нічого не прийшло" in client.get(page).text
    client.post(page, {"score": "5", "comment": ""})

    rating = Rating.objects.get()
    assert (rating.score, rating.comment, rating.customer) == (5, "", carla)


def test_it_may_be_changed_for_the_desks_days_and_the_page_says_until_when(
    client, carla, ada, answer
):
    DeskSettings(rating_change_days=2).save()
    User.objects.filter(pk=carla.pk).update(language="en")
    page = rating_page(answer.ticket, answer, carla)
    client.post(page, {"score": "1", "comment": "No"})
    now = timezone.now()
    day = date_format(timezone.localtime(now + timedelta(days=2)), "DATE_FORMAT")
    assert f"Until {day} you may change your rating." in client.get(page).text

    with time_machine.travel(now + timedelta(days=1)):
        client.post(page, {"score": "5", "comment": "Oh"})
    with time_machine.travel(now + timedelta(days=2, seconds=1)):
        assert client.post(page, {"score": "1"}).status_code == 409
        shown = client.get(page).text

    assert (Rating.objects.get().score, Rating.objects.get().comment) == (5, "Oh")
    assert "Your rating can no longer be changed." in shown
    assert "You rated this answer: good." in shown
    assert 'name="score"' not in shown


def test_the_request_offers_a_change_as_long_as_there_is_one(enter, carla, answer):
    User.objects.filter(pk=carla.pk).update(language="en")
    actions.rate_answer(answer, good=False, by=carla)
    page, browser = f"/tickets/{answer.ticket.number}/", enter(carla)
    assert "Change it or say more" in browser.get(page).text

    with time_machine.travel(timezone.now() + timedelta(days=8)):
        shown = browser.get(page).text

    assert "You rated this answer: bad." in shown
    assert "Change it" not in shown


def test_a_request_that_is_open_again_or_went_on_elsewhere_asks_for_no_score(
    client, carla, ada, solved
):
    User.objects.filter(pk=carla.pk).update(language="en")
    page = rating_page(solved, None, carla)
    actions.reopen_ticket(solved, by=ada)
    shown = client.get(page).text
    assert "This request can be rated once it is solved." in shown
    assert 'name="score"' not in shown
    assert client.post(page, {"score": "1"}).status_code == 422

    other = actions.open_ticket(customer=carla, by=carla, subject="Also", body="Also")
    actions.merge_tickets(solved, into=other, by=ada)
    assert "This request goes on in another one." in client.get(page).text
    assert not Rating.objects.exists()


def test_who_works_on_the_ticket_does_not_rate_by_the_customers_link(enter, carla, ada, answer):
    link = rating_page(answer.ticket, answer, carla)

    for answered in (enter(ada).get(link), enter(ada).post(link, {"score": "5"})):
        assert answered.url == f"/agent/tickets/{answer.ticket.number}/"

    assert not Rating.objects.exists()


def test_spam_is_not_rated(client, carla, ada, answer):
    page = rating_page(answer.ticket, answer, carla)
    actions.mark_as_spam(answer.ticket, by=ada)

    assert client.get(page).status_code == 404
    assert client.post(page, {"score": "1"}).status_code == 404


def test_an_answer_is_rated_once_wherever_it_moves(client, carla, ada, answer):
    page = rating_page(answer.ticket, answer, carla)
    client.post(page, {"score": "1"})
    new = actions.split_ticket(answer.ticket, messages=[answer], subject="Apart", by=ada)

    client.post(page, {"score": "5"})

    rating = Rating.objects.get()
    assert (rating.score, rating.ticket_id) == (5, new.pk)


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
    assert "Номер договору" not in client.get(page).text


def test_of_a_long_answer_only_the_beginning_is_shown(client, carla, ada, ticket):
    answer = actions.reply_to_ticket(ticket, by=ada, body="Слово " * 500 + "кінець")

    shown = client.get(rating_page(ticket, answer, carla)).text
    assert "Слово Слово" in shown
    assert "кінець" not in shown


@pytest.mark.parametrize("token", ["x", "eyJ4IjoxfQ:1abc:def", "%00"])
def test_forged_links_offer_a_mailed_code(client, db, token):
    for ask in (client.get, client.post):
        shown = ask(f"/ratings/{token}/")
        assert shown.status_code == 404
        assert f'action="{reverse("account_request_login_code")}"' in shown.text


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
        assert client.post(page, {"score": "1"}).status_code == 404
    assert not Rating.objects.exists()


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
