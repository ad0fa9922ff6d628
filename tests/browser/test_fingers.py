"""Pages of customers under a finger: what is pressed is as large as a fingertip."""

import pytest

from tests.browser.conftest import PHONE
from tickets import actions
from tickets.links import rating_token, ticket_token

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

# 44 px a side (WCAG 2.5.5); links within a sentence are as high as its lines.
TOO_SMALL = """() => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
  .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .filter((one) => !one.closest(".visually-hidden, .skip-link, label:has(input)"))
  .filter((one) => !one.matches("a") || getComputedStyle(one).display !== "inline"
    || one.parentElement.textContent.trim() === one.textContent.trim())
  .filter((one) => getComputedStyle(one, "::after").position !== "absolute")
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width < 43.5 || box.height < 43.5)
  .map(([one, box]) => `${one.tagName} ${one.textContent.trim() || one.name} `
    + `${Math.round(box.width)} x ${Math.round(box.height)}`)"""


def test_everything_customers_press_is_as_large_as_a_fingertip(window, ticket, carla, ada):
    answer = actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо ще раз.")
    customer = window(carla, size=PHONE, touch=True, language="de")
    stranger = window(size=PHONE, touch=True, language="de")
    wrong = []
    for who, path in [
        (customer, "/"),
        (customer, "/tickets/new/"),
        (customer, f"/tickets/{ticket.number}/"),
        (customer, "/account/"),
        (stranger, "/help/"),
        (stranger, "/account/login/"),
        (stranger, "/account/signup/"),
        (stranger, "/account/login/code/"),
        (stranger, "/account/password/reset/"),
        (stranger, f"/links/{ticket_token(ticket, carla)}/"),
        (stranger, f"/ratings/{rating_token(ticket, answer, carla)}/"),
    ]:
        page = who.go(path)
        page.wait_for_load_state("networkidle")
        wrong += [f"{path}: {one}" for one in page.evaluate(TOO_SMALL)]

    assert wrong == []
