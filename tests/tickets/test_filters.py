"""The filter of lists, feeds and API."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from departments.models import Category, Service, User
from tests.tickets.custom_fields import make
from tickets.actions import (
    assign_ticket,
    categorise_ticket,
    open_ticket,
    rate_answer,
    reply_to_ticket,
    set_fields,
    set_priority,
    solve_ticket,
    tag_ticket,
)
from tickets.filters import Sight, TicketFilter
from tickets.lifecycle import Priority
from tickets.models import CustomField, Ticket


@pytest.fixture
def other(billing, mallory):
    """Mallory's, in Billing too."""
    return open_ticket(
        customer=mallory, by=mallory, department=billing, subject="Invoice twice", body="Look."
    )


@pytest.fixture
def pick(ada):
    def narrow(query, by=ada):
        tickets = Ticket.objects.workable_by(by).order_by("pk")
        return list(TicketFilter(QueryDict(query), queryset=tickets, sight=Sight(by)).tickets)

    return narrow


def test_an_empty_filter_lets_everything_through(ticket, other, pick):
    assert pick("") == [ticket, other]
    assert pick("status=&priority=&assignee=&q=&overdue=&since=") == [ticket, other]


def test_by_status_and_groups_of_them(ticket, other, ada, pick):
    solve_ticket(ticket, by=ada)

    assert pick("status=new") == [other]
    assert pick("status=ours") == [other]
    assert pick("status=at_work") == [other]
    assert pick("status=finished") == [ticket]


def test_by_assignee(ticket, other, ada, grace, pick):
    assign_ticket(ticket, to=ada, by=grace)

    assert pick("assignee=me") == [ticket]
    assert pick("assignee=none") == [other]
    assert pick(f"assignee={ada.pk}", by=grace) == [ticket]
    assert pick(f"assignee={grace.pk}") == []


def test_by_priority(ticket, other, ada, pick):
    set_priority(other, priority=Priority.URGENT, by=ada)

    assert pick("priority=4") == [other]


@pytest.mark.parametrize("part", ["carla", "BONDAR", "customer.example"])
def test_by_a_part_of_the_customer(ticket, other, pick, part):
    assert pick(f"customer={part}") == [ticket]


def test_by_tag_category_and_service(ticket, other, ada, billing, pick):
    category = Category.objects.create(slug="invoices", name={"en": "Invoices"}, department=billing)
    service = Service.objects.create(slug="cloud", name={"en": "Cloud"})
    categorise_ticket(ticket, category=category, service=service, by=ada)
    tag_ticket(ticket, by=ada, add=["Refund"])

    assert pick("tag=REFUND") == [ticket]
    assert pick("category=invoices") == [ticket]
    assert pick("service=cloud") == [ticket]


def test_by_the_days_on_which_it_was_opened(ticket, other, pick):
    long_ago = timezone.now() - timedelta(days=10)
    Ticket.objects.filter(pk=ticket.pk).update(created_at=long_ago)
    today, then = timezone.localdate(), timezone.localdate(long_ago)

    assert pick(f"since={today}") == [other]
    assert pick(f"until={then}") == [ticket]
    assert pick(f"since={then}&until={then}") == [ticket]
    assert pick("until=9999-12-31") == [ticket, other]


def test_overdue_only(ticket, other, pick):
    Ticket.objects.filter(pk=other.pk).update(due_at=timezone.now() - timedelta(minutes=1))

    assert pick("overdue=true") == [other]


def test_rated_bad_only(ticket, other, pick, ada):
    for one, good in ((ticket, False), (other, True)):
        answer = reply_to_ticket(one, by=ada, body="Here")
        rate_answer(answer, good=good, by=one.customer)

    assert pick("disliked=true") == [ticket]
    assert pick("disliked=") == [ticket, other]


def test_by_words_anywhere_in_the_subject_or_in_messages(ticket, other, pick):
    assert pick("q=рахунки") == [ticket]
    assert pick("subject=invoices") == [other]
    assert pick("text=договір") == [ticket]


def test_a_department_of_others_is_no_choice(ticket, pick, hosting, linus, billing):
    assert pick("department=billing") == [ticket]
    assert pick("department=hosting") == []
    assert pick("department=billing", by=linus) == []


@pytest.mark.parametrize(
    "query", ["status=gone", "priority=9", "since=yesterday", "assignee=0", "since=2026-02-30"]
)
def test_what_cannot_be_understood_shows_nothing_and_says_why(ticket, ada, query):
    tickets = Ticket.objects.workable_by(ada)
    wanted = TicketFilter(QueryDict(query), queryset=tickets, sight=Sight(ada))

    assert list(wanted.tickets) == []
    assert wanted.first_error


def test_colleagues_are_those_of_ones_departments_who_are_still_here(ada, grace, linus, bo):
    sight = Sight(ada)

    assert {person.pk for person in sight.colleagues} == {ada.pk, grace.pk}
    assert User.objects.filter(pk=bo.pk).exists()


@pytest.fixture
def fields(ticket, other, ada, hosting):
    make("contract")
    make("amount", "number")
    make("paid_on", "date")
    make("plan", "choice", options=("small", "large", "huge"))
    make("urgent", "yes_no")
    make("domain", departments=(hosting,))
    first = {"contract": "Ж-4711", "amount": 5, "paid_on": "2026-11-05", "plan": "small"}
    set_fields(ticket, values=first | {"urgent": False}, by=ada)
    set_fields(other, values={"amount": 12.5, "paid_on": "2026-12-01", "plan": "huge"}, by=ada)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("field.contract=ж-47", [0]),
        ("field.contract=%25", []),
        ("field.amount=5.0", [0]),
        ("field.amount__gte=5", [0, 1]),
        ("field.amount__gte=5.5", [1]),
        ("field.amount__lte=12&field.amount__gte=1", [0]),
        ("field.paid_on__gte=2026-11-06", [1]),
        ("field.paid_on=2026-11-05", [0]),
        ("field.plan=small", [0]),
        ("field.plan=huge,%20large", [1]),
        ("field.plan=huge,small&field.urgent=no", [0]),
        ("field.urgent=yes", []),
        ("field.amount=&field.plan=", [0, 1]),
    ],
)
def test_by_custom_fields(ticket, other, fields, pick, query, found):
    both = [ticket, other]

    assert pick(query) == [both[number] for number in found]


@pytest.mark.parametrize(
    "query",
    [
        "field.nothing=1",
        "field.amount__contains=1",
        "field.amount__gte__lte=1",
        "field.words=x",
        "field.department__slug=billing",
        "field.domain=desk",  # Hosting's, and Ada works in Billing
        "field.=1&field=2&field.__class__=3&field.amount'%20OR%201=1",
    ],
)
def test_names_that_are_no_field_mean_nothing(ticket, other, fields, pick, query):
    assert pick(query) == [ticket, other]


@pytest.mark.parametrize(
    "query",
    ["field.amount=x", "field.amount__gte=1e9", "field.paid_on=tomorrow", "field.plan=tiny"],
)
def test_values_that_no_field_can_have_let_nothing_through(fields, pick, query):
    assert pick(query) == []


def test_a_field_that_is_switched_off_is_no_filter(ticket, other, fields, pick):
    CustomField.objects.update(is_active=False)

    assert pick("field.plan=small") == [ticket, other]


def test_filters_without_fields_ask_nothing_of_them(ticket, ada, django_assert_num_queries):
    assert ada.is_agent  # which a page has asked before

    with django_assert_num_queries(1):
        tickets = Ticket.objects.all()
        list(TicketFilter(QueryDict("tag=x"), queryset=tickets, sight=Sight(ada)).tickets)
