"""A button pressed twice sends its form once."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]


def test_a_button_pressed_twice_sends_once(window, carla, ticket):
    page = window(carla).go(f"/tickets/{ticket.number}/")
    button, held = page.locator("form[action$='/solution/'] button"), []
    page.route("**/solution/", lambda route: held.append(route))

    # While the answer is awaited.
    button.evaluate("""async one => {
        one.click();
        await new Promise(later => setTimeout(later, 300));
        one.click();
    }""")
    page.wait_for_timeout(300)

    assert len(held) == 1
    held[0].continue_()
    expect(page.locator("#flash")).not_to_be_empty()
