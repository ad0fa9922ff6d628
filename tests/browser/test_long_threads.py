"""A long history in the browser: folded, opened in place, reached by its address, quoted."""

import pytest
from playwright.sync_api import expect

from departments.models import DeskSettings
from tickets.actions import reply_to_ticket

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]


def test_the_middle_opens_in_place_and_by_the_address_of_a_message(window, ticket, carla, ada):
    DeskSettings(messages_per_hour=0).save()
    said = [reply_to_ticket(ticket, by=carla, body=f"Letter {one}") for one in range(90)]
    agent = window(ada)
    address = f"/agent/tickets/{ticket.number}/"
    page = agent.go(address)
    folded = page.locator(f"#message-{said[9].pk}")
    expect(folded).to_have_count(0)

    page.locator("[data-fold]").click()
    expect(folded).to_have_count(1)
    expect(page.locator("[data-fold]")).to_have_count(0)
    page.locator("#priority select").select_option("4")
    page.locator("#priority button").click()
    expect(page.locator("#thread .event")).to_have_count(1)
    expect(folded).to_have_count(1)

    page = agent.go(f"{address}#message-{said[9].pk}")
    expect(page.locator(f"#message-{said[9].pk}")).to_be_in_viewport()
    page.locator("[data-newest]").click()
    expect(page.locator(f"#message-{said[-1].pk}")).to_be_in_viewport()
    expect(page.locator("[data-newest]")).to_be_hidden()
    assert agent.complaints == []
