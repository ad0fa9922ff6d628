"""Custom fields beside a ticket, and its subject where it stands."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.models import Category
from tests.tickets.custom_fields import make
from tickets import actions
from tickets.models import Workspace

PART = {"HX-Request": "true"}


@pytest.fixture
def page(enter, ada, ticket):
    """Ada's page of the ticket, as text."""
    client = enter(ada)
    return lambda: client.get(reverse("agent:ticket", args=[ticket.number])).content.decode()


@pytest.fixture
def send(enter, ada, ticket):
    """Post to the ticket as Ada and look at it anew."""
    client = enter(ada)

    def post(name, data, **extra):
        answer = client.post(reverse(f"agent:{name}", args=[ticket.number]), data, **extra)
        ticket.refresh_from_db()
        return answer

    return post


def test_a_field_is_filled_and_emptied(send, ticket):
    make("contract")
    make("urgent", "yes_no")

    send("fields", {"field-contract": "4711", "field-urgent": "no"})
    assert ticket.fields == {"contract": "4711", "urgent": False}
    send("fields", {"field-contract": "", "initial-field-contract": "4711"})
    assert ticket.fields == {"urgent": False}


def test_what_is_wrong_comes_back_as_it_was_typed(send, ticket):
    make("amount", "number", help={"en": "In <euros>"})

    answer = send("fields", {"field-amount": "a lot"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="a lot"' in page
    assert "Write a number" in page
    assert "In &lt;euros&gt;" in page
    assert ticket.fields == {}


def test_an_old_page_empties_nothing_that_a_colleague_wrote(send, ticket, grace):
    make("contract")
    make("amount", "number")
    actions.set_fields(ticket, values={"contract": "4711"}, by=grace)

    send("fields", {"field-contract": "", "initial-field-contract": "", "field-amount": "5"})

    assert ticket.fields == {"contract": "4711", "amount": 5}


def test_htmx_gets_the_panel_open(send):
    make("contract")

    answer = send("fields", {"field-contract": "4711"}, headers=PART, follow=True)

    assert "<html" not in answer.content.decode()
    assert 'value="4711"' in answer.content.decode()


def test_only_fields_of_its_place_are_offered_and_others_only_say_what_they_said(
    page, ticket, root, billing, hosting
):
    topic = Category.objects.create(slug="bills", name={"en": "Bills"}, department=billing)
    make("domain", departments=(hosting,))
    make("invoice", categories=(topic,))
    assert "fields-panel" not in page()

    actions.categorise_ticket(ticket, category=topic, service=None, by=root)
    actions.set_fields(ticket, values={"invoice": "R-17"}, by=root)
    assert 'name="field-invoice"' in page()
    assert "field-domain" not in page()

    actions.categorise_ticket(ticket, category=None, service=None, by=root)
    assert 'name="field-invoice"' not in page()
    assert "R-17" in page()
    assert "From before" in page()


def test_a_choice_that_is_switched_off_stays_where_it_was_chosen(page, send, ticket, ada):
    field = make("plan", "choice", options=("small", "large"))
    actions.set_fields(ticket, values={"plan": "small"}, by=ada)
    field.options.update(is_active=False)

    assert '<option value="small" selected>Small</option>' in page()
    assert "Large" not in page()
    assert send("fields", {"field-plan": "small"}).status_code == 302


def test_the_page_asks_no_more_for_fields(enter, ada, ticket):
    browser, url = enter(ada), reverse("agent:ticket", args=[ticket.number])
    browser.get(url)
    with CaptureQueriesContext(connection) as without:
        browser.get(url)
    for number in range(5):
        make(f"field_{number}", "choice", options=("a", "b"))
    with CaptureQueriesContext(connection) as with_fields:
        page = browser.get(url).content.decode()

    assert page.count('name="field-') == 5
    assert len(with_fields) == len(without)


def test_it_is_renamed_where_its_subject_stands(page, send, ticket):
    assert 'id="renaming-subject"' in page()

    answer = send("renaming", {"subject": "No <invoice>"})

    assert answer.status_code == 302
    assert ticket.subject == "No <invoice>"
    assert "renamed it from" in page()
    assert "No &lt;invoice&gt;" in page()


def test_an_empty_subject_comes_back_with_a_sentence(send, ticket):
    before = ticket.subject

    answer = send("renaming", {"subject": "  "}, headers=PART)

    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()
    assert ticket.subject == before


def test_a_list_offers_what_its_fields_can_be_asked(enter, ada, ticket):
    make("plan", "choice", options=("small", "large", "huge"))
    make("amount", "number", name={"en": "Amount"})
    make("paid_on", "date", name={"en": "Paid"})
    actions.set_fields(ticket, values={"plan": "small", "amount": 7}, by=ada)
    browser = enter(ada)

    page = browser.get("/agent/views/all/?field.plan=small,large&field.amount__gte=5")

    text = page.content.decode()
    assert [row.ticket for row in page.context["rows"]] == [ticket]
    assert '<option value="small,large" selected>Small, Large</option>' in text
    assert 'name="field.amount__gte" value="5"' in text
    # The browser's calendar shows no placeholder, so what it asks for stands beside it.
    assert '<label class="filters__chosen">Paid until <input' in text
    # It leads on to pages, workspaces and tickets of the same filter.
    assert "field.amount__gte=5&amp;field.plan=small%2Clarge" in text

    page = browser.get("/agent/views/all/?field.amount__lte=5&field.plan=small")
    assert page.context["rows"] == []


def test_the_way_from_ticket_to_ticket_keeps_to_the_filter(enter, ada, carla, ticket):
    make("plan", "choice", options=("small", "large"))
    other = actions.open_ticket(customer=carla, by=carla, subject="Other", body="x")
    third = actions.open_ticket(customer=carla, by=carla, subject="Third", body="x")
    for one in (ticket, third):
        actions.set_fields(one, values={"plan": "small"}, by=ada)
    browser = enter(ada)
    rows = browser.get("/agent/views/all/?field.plan=small&sort=newest").context["rows"]
    assert [row.ticket for row in rows] == [third, ticket]

    opened = browser.get(f"{reverse('agent:ticket', args=[third.number])}?{rows[0].place}")
    address = reverse("agent:next_ticket", args=[third.number])
    onward = browser.get(f"{address}?{opened.context['place']}").headers["Location"]

    assert onward.startswith(reverse("agent:ticket", args=[ticket.number]))
    assert "field.plan=small" in onward
    assert str(other.number) not in onward


@pytest.mark.parametrize(
    ("query", "count"),
    [("field.plan=small", 1), ("field.amount__gte=5", None), ("field.contract=4", None)],
)
def test_a_workspace_counts_what_an_index_answers(enter, ada, ticket, query, count):
    make("plan", "choice", options=("small", "large"))
    make("amount", "number")
    make("contract")
    actions.set_fields(ticket, values={"plan": "small", "amount": 7, "contract": "47"}, by=ada)
    Workspace.objects.create(name="Mine", owner=ada, query=query)

    nav = enter(ada).get("/agent/").context["nav"]

    assert [one.count for one in nav.workspaces] == [count]


@pytest.fixture
def bulk_answers(enter, ada, ticket):
    """Post an act on Carla's ticket from the list as Ada."""
    make("plan", "choice", options=("small",))
    make("amount", "number")
    client = enter(ada)

    def post(**said):
        answer = client.post("/agent/bulk/", {"act": "field", "tickets": ticket.pk, **said})
        ticket.refresh_from_db()
        return answer

    return post


def test_many_get_an_answer_at_a_click_or_as_it_was_typed(bulk_answers, ticket):
    bulk_answers(field="plan=small", value="left over")
    bulk_answers(field="amount", value="12,5")
    assert ticket.fields == {"plan": "small", "amount": 12.5}

    bulk_answers(field="plan=")
    assert ticket.fields == {"amount": 12.5}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"field": "amount", "value": "much"}, "Write a number"),
        ({"field": "amount", "value": ""}, "This is missing."),
        ({"field": ""}, "This is missing."),
        ({"field": "plan=huge"}, "Select a valid choice."),
    ],
)
def test_many_get_nothing_that_no_field_takes(bulk_answers, ticket, said, sentence):
    answer = bulk_answers(**said)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert ticket.fields == {}
