"""One box that finds what one wants to open."""

import pytest
from django.urls import reverse

from tickets import actions
from tickets.models import CannedReply, Workspace


def ask(browser, text, **more) -> str:
    answer = browser.get(
        reverse("agent:palette"), {"q": text, **more}, headers={"HX-Request": "true"}
    )
    return answer.content.decode()


@pytest.mark.parametrize("typed", ["10", "#{}", "{}", "рахунком", "рахунка жовтень"])
def test_tickets_are_found_by_number_and_words(enter, ada, ticket, typed):
    text = typed.format(ticket.number)

    found = ask(enter(ada), text)

    assert (reverse("agent:ticket", args=[ticket.number]) in found) == (typed != "10")


def test_customers_are_found_by_name_and_address(enter, ada, carla, ticket):
    browser = enter(ada)

    for text in ("bondar", "carla@cust"):
        assert reverse("agent:customer", args=[carla.pk]) in ask(browser, text)


def test_only_what_one_may_see(enter, linus, hosting, ticket, carla):
    for text in (str(ticket.number), "рахунок", "Bondar"):
        found = ask(enter(linus), text)
        assert "Bondar" not in found.replace(text, "")
        assert f"/tickets/{ticket.number}/" not in found


def test_lists_places_and_workspaces(enter, ada, ticket):
    Workspace.objects.create(name="Urgent ones", owner=ada, query="priority=4")
    browser = enter(ada)

    assert "/agent/views/unassigned/" in ask(browser, "unass")
    assert "/agent/departments/billing/" in ask(browser, "bill")
    assert "Urgent ones" in ask(browser, "urgent")
    assert reverse("agent:new_ticket") in ask(browser, "new ti")


def test_canned_replies_where_one_writes(enter, ada, ticket):
    canned = CannedReply.objects.create(title="Invoice again", body={"en": "Here"})
    browser = enter(ada)

    assert f'data-palette-canned="{canned.pk}"' in ask(browser, "invoice", ticket="1")
    assert "data-palette-canned" not in ask(browser, "invoice")


def test_without_scripts_it_is_a_page(enter, ada, ticket):
    page = enter(ada).get(reverse("agent:palette"), {"q": str(ticket.number)}).content.decode()

    assert "<!DOCTYPE html>" in page
    assert ticket.subject in page


def test_it_asks_little(enter, ada, ticket, django_assert_max_num_queries):
    browser = enter(ada)
    for _number in range(3):
        actions.open_ticket(customer=ada, by=ada, subject="Bill of Bondar", body="x")

    with django_assert_max_num_queries(9):
        ask(browser, "bondar")
