"""What a customer chose and typed stays theirs: files among several matters, text unsent."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.tickets.portal.test_coached import TWO
from tests.tickets.portal.test_matters import names
from tickets.models import Ticket

expect.set_options(timeout=15_000)

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

NEW = "/tickets/new/"


@pytest.fixture(autouse=True)
def _carla_reads_english(carla):
    carla.language = "en"
    carla.save()


def type_in(page, typed=TWO):
    for name, text in typed.items():
        page.locator(f"[name={name}]").fill(text)


def log(name):
    return {"name": name, "mimeType": "text/plain", "buffer": b"64 bytes from 203.0.113.7"}


@pytest.mark.parametrize("scripts", [True, False])
def test_each_file_goes_with_the_matter_that_carla_says(window, carla, billing, scripts):
    made = window(carla, size=PHONE, scripts=scripts)
    page = made.go(NEW)
    type_in(page)
    page.locator("input[type=file]").set_input_files([log("site.txt"), log("mail.txt")])
    if scripts:
        expect(page.locator(".files__item progress")).to_have_count(0)
    else:
        page.get_by_role("button", name="Send").last.click()
    page.get_by_role("button", name="Make a ticket of each").click()
    expect(page.locator("fieldset .files__item")).to_have_count(2)
    mail = page.locator(".files__item", has_text="mail.txt")
    mail.get_by_label("belongs to").select_option(label="Matter 2")
    assert made.overflow() <= 0
    if scripts:
        assert made.faults() == []

    page.get_by_role("button", name="Send all of them").click()

    expect(page.locator(".conversation")).to_have_count(2)
    assert names() == [["site.txt"], ["mail.txt"]]
    assert Ticket.objects.count() == 2
