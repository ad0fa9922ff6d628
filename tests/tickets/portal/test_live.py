"""What open pages of customers ask, calmly."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models import Organisation
from tickets import actions
from tickets.models import Message, Ticket


@pytest.fixture(autouse=True)
def _carla_reads_english(carla):
    carla.language = "en"
    carla.save()


@pytest.fixture
def ask(enter, ticket):
    """`ask(carla)`: the answer to a page that was opened just now; `known` is what it says."""

    def question(who, **known):
        page = Ticket.objects.get(pk=ticket.pk)
        shown = Message.objects.public().filter(ticket=ticket).values_list("pk", flat=True)
        said = {"shown": ",".join(map(str, shown)), "status": page.status} | known
        return enter(who).get(f"/tickets/{ticket.number}/news/", said)

    return question


def shown(*messages) -> str:
    return ",".join(str(message.pk) for message in messages)


def test_nothing_new_is_an_empty_answer(ask, carla):
    answer = ask(carla)

    assert answer.status_code == 204
    assert "no-store" in answer.headers["Cache-Control"]


def test_an_answer_comes_with_whose_turn_it_is_now(ask, carla, ada, ticket):
    first = ticket.messages.get()
    reply = actions.reply_to_ticket(ticket, by=ada, body="Який номер договору?")

    news = ask(carla, shown=shown(first), status="new").json()

    assert news["count"] == 1
    assert "Який номер договору?" in news["messages"]
    assert f'id="message-{reply.pk}"' in news["messages"]
    assert news["turn"].strip() == "Waiting for your answer"
    assert "Рахунок за жовтень" not in news["messages"]
    assert "Kovalenko" not in news["messages"]


def test_a_note_is_no_news(ask, carla, ada, ticket):
    actions.add_note(ticket, by=ada, body="Він завжди скаржиться")

    assert ask(carla).status_code == 204


def test_an_answer_that_may_be_taken_back_comes_when_it_no_longer_can(
    ask, carla, ada, ticket, settings
):
    settings.DESK_UNDO_SECONDS = 10
    first = ticket.messages.get()
    answer = actions.reply_to_ticket(ticket, by=ada, body="Який номер договору?")
    later = actions.reply_to_ticket(ticket, by=carla, body="Ще одне")
    known = {"shown": shown(first, later), "status": "open"}

    assert ask(carla, **known).status_code == 204
    Message.objects.filter(pk=answer.pk).update(undo_until=timezone.now())
    assert "Який номер договору?" in ask(carla, **known).json()["messages"]


def test_who_solved_it_shows_without_a_message(ask, carla, ada, ticket):
    actions.solve_ticket(ticket, by=ada)

    news = ask(carla, status="open").json()

    assert (news["count"], news["turn"].strip(), news["status"]) == (0, "Solved", "solved")


def test_others_hear_nothing(ask, mallory, ada, linus, ticket):
    actions.reply_to_ticket(ticket, by=ada, body="Таємниця")

    for who in (mallory, ada, linus):
        assert ask(who, shown="").status_code == 404


def test_what_earlier_pages_hold_is_not_sent_again(ask, carla, ada, ticket):
    actions.reply_to_ticket(ticket, by=ada, body="Раніше")
    last = actions.reply_to_ticket(ticket, by=ada, body="Пізніше")

    assert ask(carla, shown=shown(last)).status_code == 204


def test_it_is_one_question_beside_session_and_person(enter, carla, ada, ticket):
    carla.organisation = Organisation.objects.create(name="Akme", shares_tickets=True)
    carla.save()
    known = {"shown": shown(ticket.messages.get()), "status": "new"}
    browser = enter(carla)
    for path, said in ((f"/tickets/{ticket.number}/news/", known), ("/news/", {"since": "now"})):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(path, said).status_code == 204
        assert len(queries) == 3


@pytest.mark.parametrize("odd", ["", "x", "-1", "9" * 40, "1,,x", "\0", "2026-13-45T00:00:00Z"])
def test_an_odd_question_is_answered_all_the_same(ask, enter, carla, odd):
    assert ask(carla, shown=odd, status=odd).status_code == 200
    assert enter(carla).get("/news/", {"since": odd, "had": odd}).status_code in {200, 204}


def test_the_list_says_in_a_line_that_something_is_new(enter, carla, ada, mallory, ticket):
    browser, since = enter(carla), timezone.now()
    assert browser.get("/news/", {"since": since.isoformat()}).status_code == 204

    actions.reply_to_ticket(ticket, by=ada, body="Який номер договору?")
    news = browser.get("/news/", {"since": since.isoformat()}).json()

    assert news["count"] == 1
    assert "1 request with a new answer" in news["bar"]
    again = {"since": since.isoformat(), "had": news["had"]}
    assert browser.get("/news/", again).status_code == 204
    assert enter(mallory).get("/news/", {"since": since.isoformat()}).status_code == 204
    later = {"since": (timezone.now() + timedelta(seconds=1)).isoformat()}
    assert browser.get("/news/", later).status_code == 204


def test_what_one_wrote_oneself_is_no_news(enter, carla, ticket):
    since = timezone.now() - timedelta(hours=1)
    actions.reply_to_ticket(ticket, by=carla, body="Ще одне")

    assert enter(carla).get("/news/", {"since": since.isoformat()}).status_code == 204


def test_a_page_whose_session_ended_is_told_so_and_gets_a_token_later(ask, carla, ticket):
    address = f"/tickets/{ticket.number}/news/"
    answer = Client().get(address, headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"].startswith("/account/login/")
    assert len(ask(carla, csrf=1).json()["csrf"]) == 64
