"""What open pages ask every few seconds, and the bell."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.actions import join_department
from tickets.actions import (
    add_note,
    assign_ticket,
    move_ticket,
    open_ticket,
    reply_to_ticket,
    set_priority,
)
from tickets.agent.nav import read_bell
from tickets.models import Event, Notification


@pytest.fixture
def ask(enter):
    """`ask(ada, "all", since=…)`: the answer of the poll; `since` is now unless it is given."""

    def question(who, view="all", since=None):
        if since is None:
            since = newest()
        return enter(who).get("/agent/live/", {"since": since, "view": view, "back": "/agent/"})

    return question


def newest():
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def test_nothing_new_is_an_empty_answer(ask, ada, ticket):
    answer = ask(ada)

    assert answer.status_code == 204
    assert "no-store" in answer.headers["Cache-Control"]


def test_what_others_did_is_told_with_its_number(ask, ada, carla, write, ticket):
    since = newest()
    write(2)
    reply_to_ticket(ticket, by=carla, body="Ще одне питання.")
    reply_to_ticket(ticket, by=carla, body="І ще одне.")

    answer = ask(ada, since=since)

    assert answer.headers["X-News"] == "3"
    assert "3 new" in answer.content.decode()
    assert 'href="/agent/"' in answer.content.decode()


def test_what_one_did_oneself_is_no_news(ask, ada, ticket):
    since = newest()
    reply_to_ticket(ticket, by=ada, body="Готово.")
    add_note(ticket, by=ada, body="Перевірити.")

    assert ask(ada, since=since).status_code == 204


def test_a_change_of_priority_is_no_news(ask, ada, grace, ticket):
    since = newest()
    set_priority(ticket, priority=4, by=grace)

    assert ask(ada, since=since).status_code == 204


def test_only_the_list_one_looks_at_has_news(ask, ada, grace, write, ticket):
    since = newest()
    assign_ticket(ticket, to=ada, by=grace)
    write(1)

    assert ask(ada, "mine", since).headers["X-News"] == "1"
    assert ask(ada, "unassigned", since).headers["X-News"] == "1"
    assert ask(ada, "all", since).headers["X-News"] == "2"
    assert ask(ada, "department:billing", since).headers["X-News"] == "2"


def test_other_departments_have_no_news_for_one(ask, linus, carla, ticket):
    since = newest()
    reply_to_ticket(ticket, by=carla, body="Ще одне питання.")

    assert ask(linus, since=since).status_code == 204
    assert ask(linus, "department:billing", since).status_code == 204


def test_the_poll_is_one_question_beside_those_who_asks(enter, ada, ticket):
    browser = enter(ada)
    with CaptureQueriesContext(connection) as queries:
        browser.get("/agent/live/", {"since": 0, "view": "all"})

    # Session, person, departments, and the question itself.
    assert len(queries) == 4


@pytest.mark.parametrize("since", ["", "yesterday", "-1", "9" * 40, "1e9", "٣"])
def test_an_odd_question_is_answered_with_nothing(ask, ada, ticket, since):
    assert ask(ada, since=since).status_code in {200, 204}


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_back_stays_in_the_house(enter, ada, ticket, back):
    answer = enter(ada).get("/agent/live/", {"since": 0, "view": "all", "back": back})

    assert "evil" not in answer.content.decode()
    assert "javascript" not in answer.content.decode()


def test_fresh_counters_come_with_navigation_and_bell(enter, ada, ticket):
    text = enter(ada).get("/agent/live/?counts=1&lit=mine").content.decode()

    assert 'id="nav"' in text
    assert 'id="bell"' in text
    assert "1 unread notification" in text


def test_the_sound_is_on_for_those_who_want_it(enter, ada, ticket):
    assert 'data-sound="off"' in enter(ada).get("/agent/").content.decode()
    ada.plays_sound = True
    ada.save()

    assert 'data-sound="on"' in enter(ada).get("/agent/").content.decode()


def test_customers_may_not_ask(enter, carla):
    assert enter(carla).get("/agent/live/?since=0").status_code == 403
    assert enter(carla).get("/agent/notifications/").status_code == 403


def test_the_bell_tells_what_concerns_one_until_it_is_read(enter, ada, grace, ticket):
    assign_ticket(ticket, to=ada, by=grace)
    browser = enter(ada)

    page = browser.get("/agent/notifications/")
    assert page.context["nav"].bell == 2
    assert ticket.subject in page.content.decode()

    assert browser.post("/agent/notifications/").status_code == 302
    assert browser.get("/agent/notifications/").context["nav"].bell == 0
    assert not Notification.objects.filter(user=ada, read_at__isnull=True).exists()
    assert Notification.objects.filter(user=grace, read_at__isnull=True).exists()


def test_opening_a_ticket_reads_what_the_bell_says_of_it(enter, ada, write):
    first, _second = write(2)

    read_bell(ada, first)

    assert enter(ada).get("/agent/notifications/").context["nav"].bell == 1


def test_the_bell_is_silent_of_tickets_that_went_elsewhere(enter, ada, hosting, ticket):
    join_department(ada, hosting)
    move_ticket(ticket, to=hosting, by=ada)
    ada.memberships.filter(department=hosting).delete()

    page = enter(ada).get("/agent/notifications/")

    assert page.context["nav"].bell == 0
    assert ticket.subject not in page.content.decode()


def test_a_new_ticket_rings_in_its_department_alone(enter, ada, linus, mallory, hosting):
    open_ticket(customer=mallory, by=mallory, department=hosting, subject="DNS", body="Help")

    assert enter(linus).get("/agent/notifications/").context["nav"].bell == 1
    assert enter(ada).get("/agent/notifications/").context["nav"].bell == 0


def test_the_bell_stands_on_every_page(enter, ada, ticket):
    for address in ("/agent/", "/agent/search/", "/agent/figures/", "/agent/profile/"):
        assert "1 unread notification" in enter(ada).get(address).content.decode()
