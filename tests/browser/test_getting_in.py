"""Getting in without a password: by a mailed code, and by the link in a letter."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tickets import actions
from tickets.links import ticket_token

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

CODE = re.compile(r"^ {4}(\S+)$", re.M)


@pytest.fixture
def asked(ticket, carla, ada):
    """Carla knows us by mail alone; Ada answered."""
    carla.set_unusable_password()
    carla.language = "en"
    carla.save()
    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо рахунок ще раз.")
    return ticket


def ask_and_type(page):
    """Press the button that mails a code, and type what came."""
    sent = len(mail.outbox)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").wait_for()
    assert len(mail.outbox) == sent + 1
    page.get_by_label("Code").fill(CODE.search(mail.outbox[-1].body)[1])
    page.get_by_role("button", name="Go on").click()


def test_a_customer_of_mail_signs_in_by_a_code_and_sees_what_they_asked(window, asked, carla):
    page = window(size=PHONE).go("/")
    page.get_by_role("link", name="Send me a code").click()
    page.locator("input[type=email]").fill(carla.email)
    ask_and_type(page)

    page.get_by_role("link", name=asked.subject).click()
    expect(page.get_by_text("Надсилаємо рахунок ще раз.")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_the_link_in_a_letter_opens_one_request_and_the_list_stays_shut(
    window, asked, carla, scripts
):
    opened = window(size=PHONE, scripts=scripts)
    page = opened.go(f"/links/{ticket_token(asked, carla)}/")
    expect(page.get_by_text("c…@customer.example")).to_be_visible()
    faults = opened.faults() if scripts else []
    ask_and_type(page)

    expect(page.get_by_text("Надсилаємо рахунок ще раз.")).to_be_visible()
    if scripts:
        faults += opened.faults()
    assert opened.overflow() <= 0
    page.get_by_label("Your answer").fill("Дякую, прийшов")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator(".letter", has_text="Дякую, прийшов")).to_be_visible()
    page = opened.go("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert asked.subject not in page.content()
    assert faults == []


def test_a_wrong_code_is_told_beside_the_field(window, asked, carla):
    opened = window()
    page = opened.go(f"/links/{ticket_token(asked, carla)}/")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill("WRONG")
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_text("That is not the code in the letter.")).to_be_visible()
    assert opened.faults() == []
