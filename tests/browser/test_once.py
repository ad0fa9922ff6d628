"""A button pressed twice sends its form once."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]


def test_a_button_pressed_twice_sends_once(window, carla, ticket):
    page = window(carla).go(f"/tickets/{ticket.number}/")
    button, held = page.locator("form[action$='/solution/'] button"), []
    page.route("**/solution/", held.append)

    for _press in "ab":  # while the answer is awaited
        button.click(no_wait_after=True)
        page.wait_for_timeout(200)

    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("#flash")).not_to_be_empty()
