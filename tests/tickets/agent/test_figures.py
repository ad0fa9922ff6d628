"""Figures per agent."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tickets import reports
from tickets.actions import (
    close_ticket,
    open_ticket,
    rate_ticket,
    reopen_ticket,
    reply_to_ticket,
    solve_ticket,
    take_back_reply,
)
from tickets.lifecycle import Status
from tickets.models import Message, Rating, Ticket


@pytest.fixture
def month():
    return reports.Period.of_days(30)


@pytest.fixture
def answer(billing):
    """`answer(ticket, ada, minutes=30)`: an answer that took so long."""

    def after(ticket, by, minutes):
        opened = timezone.now() - timedelta(minutes=minutes)
        Ticket.objects.filter(pk=ticket.pk).update(created_at=opened)
        return reply_to_ticket(ticket, by=by, body="Так.")

    return after


def of(person, figures):
    return next(one for one in figures if one.agent == person)


def test_replies_and_answered_tickets_are_counted_apart(ada, write, billing, month):
    first, second = write(2)
    for ticket in (first, first, second):
        reply_to_ticket(ticket, by=ada, body="Так.")

    figures = of(ada, reports.per_agent([billing], month))

    assert (figures.answered, figures.replies) == (2, 3)


def test_only_the_first_of_us_to_answer_gets_the_first_answer(
    ada, grace, write, billing, month, answer
):
    tickets = write(3)
    for ticket, minutes in zip(tickets, (10, 20, 90), strict=True):
        answer(ticket, ada, minutes)
    reply_to_ticket(tickets[0], by=grace, body="Ще додам.")

    figures = reports.per_agent([billing], month)

    mine = of(ada, figures)
    assert mine.first_answers == 3
    assert mine.average_first_answer.total_seconds() // 60 == 40
    assert mine.median_first_answer.total_seconds() // 60 == 20
    assert of(grace, figures).first_answers == 0
    assert of(grace, figures).median_first_answer is None


def test_a_reply_that_was_taken_back_was_none(ada, ticket, billing, month, settings):
    settings.DESK_UNDO_SECONDS = 60
    message = reply_to_ticket(ticket, by=ada, body="Ой.")
    take_back_reply(message, by=ada)

    assert of(ada, reports.per_agent([billing], month)).replies == 0


def test_solving_is_counted_however_it_was_done_and_once_a_ticket(ada, write, billing, month):
    by_button, by_reply, closed = write(3)
    solve_ticket(by_button, by=ada)
    close_ticket(by_button, by=ada)
    reply_to_ticket(by_reply, by=ada, body="Готово.", then=Status.SOLVED)
    close_ticket(closed, by=ada)

    assert of(ada, reports.per_agent([billing], month)).solved == 3


def test_what_comes_back_is_counted_with_whoever_it_belongs_to(
    ada, grace, carla, write, billing, month
):
    answered, reopened, resting = write(3)
    for ticket in (answered, reopened, resting):
        solve_ticket(ticket, by=ada)
    reply_to_ticket(answered, by=carla, body="Досі ні.")
    reopen_ticket(reopened, by=grace)
    close_ticket(resting, by=ada)

    figures = reports.per_agent([billing], month)

    assert of(ada, figures).reopened == 2
    assert of(grace, figures).reopened == 0


def test_ratings_are_averaged(ada, carla, write, billing, month):
    for ticket, score in zip(write(2), (5, 2), strict=True):
        solve_ticket(ticket, by=ada)
        rate_ticket(ticket, score=score, by=carla)

    figures = of(ada, reports.per_agent([billing], month))

    assert (figures.rating, figures.ratings) == (3.5, 2)


def test_what_lies_outside_the_period_is_not_counted(ada, ticket, carla, billing):
    message = reply_to_ticket(ticket, by=ada, body="Так.")
    solve_ticket(ticket, by=ada)
    rate_ticket(ticket, score=5, by=carla)
    long_ago = timezone.now() - timedelta(days=40)
    Message.objects.filter(pk=message.pk).update(created_at=long_ago)
    ticket.events.update(at=long_ago)
    Rating.objects.update(created_at=long_ago)

    now = of(ada, reports.per_agent([billing], reports.Period.of_days(30)))
    then = of(ada, reports.per_agent([billing], reports.Period.of_days(60)))

    assert (now.replies, now.solved, now.ratings) == (0, 0, 0)
    assert (then.replies, then.solved, then.ratings) == (1, 1, 1)


def test_other_departments_do_not_count(ada, ticket, hosting, linus, month):
    reply_to_ticket(ticket, by=ada, body="Так.")

    assert [one.agent for one in reports.per_agent([hosting], month)] == [linus]
    assert sum(day.replies for day in reports.per_day([hosting], month)) == 0


def test_who_has_left_is_shown_while_the_period_knows_of_them(bo, ada, ticket, billing, month):
    assert bo not in [one.agent for one in reports.per_agent([billing], month)]
    Message.objects.create(ticket=ticket, author=bo, text="x", html="x")

    assert of(bo, reports.per_agent([billing], month)).replies == 1


def test_every_day_of_the_period_has_its_number(ada, ticket, billing):
    reply_to_ticket(ticket, by=ada, body="Так.")

    days = reports.per_day([billing], reports.Period.of_days(7))

    assert [day.replies for day in days] == [0, 0, 0, 0, 0, 0, 1]
    assert days[-1].day == timezone.localdate()


def test_the_report_asks_five_questions_however_many_agents_there_are(
    ada, grace, bo, ticket, billing, month
):
    reply_to_ticket(ticket, by=ada, body="Так.")
    with CaptureQueriesContext(connection) as queries:
        reports.per_agent([billing], month)

    assert len(queries) <= 5


def test_the_page_shows_a_chart_and_the_table_behind_it(enter, ada, ticket):
    reply_to_ticket(ticket, by=ada, body="Так.")

    text = enter(ada).get("/agent/figures/").content.decode()

    assert "<svg" in text
    assert "<table" in text
    assert "Ada Kovalenko" in text
    assert "1 reply from" in text


@pytest.mark.parametrize("days", [7, 30, 90])
def test_the_period_can_be_chosen(enter, ada, days):
    page = enter(ada).get(f"/agent/figures/?days={days}")

    assert len(page.context["days"]) == days


def test_two_dates_are_a_period_as_well(enter, ada):
    page = enter(ada).get("/agent/figures/?since=2026-01-01&until=2026-01-31")

    assert len(page.context["days"]) == 31


@pytest.mark.parametrize(
    "query",
    [
        "since=2026-02-01&until=2026-01-01",
        "since=1000-01-01",
        "since=2020-01-01&until=2026-01-01",
        "until=0001-01-01",
        "since=9999-12-31",
        "until=9999-12-31",
        "since=soon",
        "days=5",
        "department=hosting",
    ],
)
def test_a_period_that_is_none_is_answered_with_a_sentence(enter, ada, hosting, query):
    page = enter(ada).get(f"/agent/figures/?{query}")

    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()


def test_agents_see_figures_of_their_departments_alone(enter, linus, ada, ticket):
    reply_to_ticket(ticket, by=ada, body="Так.")

    assert "Ada" not in enter(linus).get("/agent/figures/").content.decode()


def test_customers_see_none(enter, carla):
    assert enter(carla).get("/agent/figures/").status_code == 403


def test_the_table_comes_as_a_file_that_no_spreadsheet_calculates(enter, ada, ticket):
    ada.name = "=1+1"
    ada.save()
    reply_to_ticket(ticket, by=ada, body="Так.")

    answer = enter(ada).get("/agent/figures/?format=csv")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Agent", "E-mail address", "Answered tickets", "Replies"]
    assert rows[1][:4] == ["'=1+1", "ada@desk.example", "1", "1"]


def test_what_an_agent_opens_for_a_customer_is_no_answer_to_them(ada, carla, billing, month):
    open_ticket(customer=carla, by=ada, department=billing, subject="Дзвінок", body="Телефоном.")

    figures = of(ada, reports.per_agent([billing], month))

    assert figures.first_answers == 0
