"""What is fetched only when an agent opens it."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]


def test_menus_and_the_sheet_of_keys_open_over_a_list(window, ticket, ada):
    opened = window(ada)
    page = opened.go("/agent/views/all/")

    page.locator(".bar__tools .menu > summary").click()
    expect(page.locator("[name=list_size]").first).to_be_visible()
    wrong = opened.faults()
    page.keyboard.press("Escape")

    page.locator("#me > summary").click()
    expect(page.locator("#me").get_by_role("button", name="Sign out")).to_be_visible()
    wrong += opened.faults()

    page.locator("#me [data-shortcuts-open]").click()
    expect(page.locator("#shortcuts")).to_be_visible()
    wrong += opened.faults()
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts")).not_to_be_visible()
    page.keyboard.press("Shift+Slash")
    expect(page.locator("#shortcuts")).to_be_visible()
    assert wrong == []


def test_without_javascript_they_are_pages(window, ticket, ada):
    page = window(ada, scripts=False).go("/agent/views/all/?priority=2")

    page.locator(".bar__tools .menu > summary").click()
    page.locator(".bar__tools .menu a").click()
    page.locator("[name=list_size][value='50']").check()
    page.locator(".arrangement button").click()
    page.wait_for_url("**/agent/views/all/?priority=2")

    page.locator("#me > summary").click()
    page.locator("#me a").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
