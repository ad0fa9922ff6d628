"""What open pages ask every few seconds."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from departments.models import Reason, Way
from tickets import presence
from tickets.actions import (
    add_note,
    assign_ticket,
    merge_tickets,
    reply_to_ticket,
    set_priority,
)
from tickets.agent.nav import nav_of
from tickets.models import Event, Message


@pytest.fixture
def ask(enter):
    """`ask(ada, "all", since=…)`: the answer of the poll to a page that was made now and knows what
    was behind the bell."""

    def question(who, view="all", **known):
        nav = nav_of(who)
        page = {"since": nav.newest_event, "told": nav.newest_told, "bell": nav.bell}
        page["fresh"] = nav.newest_event
        return enter(who).get("/agent/live/", {**page, "view": view, "back": "/agent/", **known})

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

    news = ask(ada, since=since).json()

    assert news["count"] == 3
    assert "3 new" in news["bar"]
    assert 'href="/agent/"' in news["bar"]


def test_the_same_is_not_said_twice(ask, ada, write):
    since = newest()
    write(2)
    first = ask(ada, since=since).json()

    assert ask(ada, since=since, had=first["had"]).status_code == 204
    assert ask(ada, had=first["had"]).json()["count"] == 0


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

    for view, count in (("mine", 1), ("unassigned", 1), ("all", 2), ("department:billing", 2)):
        assert ask(ada, view, since=since).json()["count"] == count


def test_other_departments_have_no_news_for_one(ask, linus, carla, ticket):
    since = newest()
    reply_to_ticket(ticket, by=carla, body="Ще одне питання.")

    assert ask(linus, since=since).status_code == 204
    assert ask(linus, "department:billing", since=since).status_code == 204
    assert ask(linus, rows=ticket.pk, ticket=ticket.pk).status_code == 204


def test_rows_that_one_sees_change_in_their_place_and_are_not_new(ask, ada, grace, write):
    first, second = write(2)
    since = newest()
    set_priority(first, priority=4, by=grace)
    reply_to_ticket(second, by=second.customer, body="І ще одне.")
    shown = {"rows": f"{first.pk},{second.pk}", "since": since}

    news = ask(ada, fresh=since, **shown).json()

    assert news["changed"] == [first.pk, second.pk]
    assert news["count"] == 0
    assert ask(ada, fresh=news["newest"], **shown).status_code == 204


def test_who_reads_and_who_writes_is_said_in_the_row(ask, ada, grace, linus, ticket):
    presence.look(ticket.pk, grace, writing=True)

    news = ask(ada, rows=ticket.pk).json()
    assert "Grace Melnyk is writing" in news["here"][str(ticket.pk)]
    assert ask(ada, rows=ticket.pk, had=news["had"]).status_code == 204

    presence.look(ticket.pk, grace)
    assert "is reading" in ask(ada, rows=ticket.pk).json()["here"][str(ticket.pk)]

    presence.leave(ticket.pk, grace)
    assert ask(ada, rows=ticket.pk).status_code == 204
    # Whoever does not work on the ticket does not learn who does.
    presence.look(ticket.pk, grace)
    assert ask(linus, rows=ticket.pk).status_code == 204


def test_whoever_asks_for_a_ticket_is_seen_on_it(ask, ada, grace, ticket):
    assert ask(grace, "", ticket=ticket.pk, after=10**9, writing=1).status_code == 204

    news = ask(ada, "", ticket=ticket.pk, after=10**9).json()

    assert "Grace Melnyk is writing" in news["here"][str(ticket.pk)]


def test_a_ticket_tells_of_messages_and_of_what_colleagues_changed(ask, ada, grace, carla, ticket):
    known = {"since": newest(), "after": Message.objects.latest("pk").pk, "ticket": ticket.pk}
    reply_to_ticket(ticket, by=carla, body="Ще одне.")
    reply_to_ticket(ticket, by=ada, body="Моє.")
    news = ask(ada, "", **known).json()
    assert (news["said"], news["bar"]) == (1, "")

    set_priority(ticket, priority=4, by=grace)

    assert "A colleague changed this ticket" in ask(ada, "", **known).json()["bar"]


def test_what_is_said_on_a_ticket_that_was_merged_into_it_is_told(ask, ada, carla, write, ticket):
    (other,) = write(1)
    merge_tickets(other, into=ticket, by=ada)
    after = Message.objects.latest("pk").pk
    Message.objects.create(ticket=other, author=carla, from_customer=True, text="x", html="x")

    assert ask(ada, "", ticket=ticket.pk, after=after).json()["said"] == 1


def test_what_rings_is_told_without_what_was_said(ask, ada, carla, grace, ticket):
    assign_ticket(ticket, to=ada, by=grace)
    ada.turn(Reason.MINE, Way.SOUND, on=False)
    ada.save()
    told = nav_of(ada).newest_told
    said = reply_to_ticket(ticket, by=carla, body="Таємниця 4711")

    answer = ask(ada, "", told=told)

    (line,) = answer.json()["told"]
    assert line["title"] == f"#{ticket.pk} {ticket.subject}"
    assert line["why"] == "A customer writes on a ticket of yours, or it comes back"
    assert line["url"] == f"/agent/tickets/{ticket.pk}/#message-{said.pk}"
    assert (line["sound"], line["browser"]) == (False, True)
    assert "Таємниця" not in answer.content.decode()


def test_the_poll_is_one_question_beside_those_who_asks(enter, ada, grace, ticket):
    presence.look(ticket.pk, grace)
    page = {"since": 0, "view": "all", "rows": ticket.pk, "ticket": ticket.pk, "after": 0}
    browser = enter(ada)
    with CaptureQueriesContext(connection) as queries:
        browser.get("/agent/live/", page)

    # Session, person, departments, and the question itself.
    assert len(queries) == 4


@pytest.mark.parametrize("name", ["since", "fresh", "told", "bell", "rows", "ticket", "after"])
@pytest.mark.parametrize("odd", ["", "yesterday", "-1", "9" * 40, "1e9", "٣", ",,", "\0"])
def test_an_odd_question_is_answered_all_the_same(ask, ada, ticket, name, odd):
    assert ask(ada, **{name: odd}).status_code in {200, 204}


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_back_stays_in_the_house(ask, ada, ticket, back):
    answer = ask(ada, since=0, back=back)

    assert "new" in answer.json()["bar"]
    assert "evil" not in answer.content.decode()
    assert "javascript" not in answer.content.decode()


def test_fresh_counters_come_with_the_navigation(enter, ada, ticket):
    text = enter(ada).get("/agent/live/?counts=1&lit=mine").content.decode()

    assert 'id="nav"' in text
    assert 'aria-current="page"' in text


def test_a_page_that_outlived_its_session_gets_a_token_for_its_forms(ask, ada):
    assert len(ask(ada, csrf=1).json()["csrf"]) == 64


def test_a_page_whose_session_ended_is_told_so(ticket):
    answer = Client().get("/agent/live/", headers={"HX-Request": "true"})

    assert answer.headers["HX-Redirect"].startswith("/account/login/")


def test_customers_may_not_ask(enter, carla):
    assert enter(carla).get("/agent/live/?since=0").status_code == 403
