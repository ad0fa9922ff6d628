"""What a customer chose and typed stays theirs: files among several matters, text unsent."""

import pytest
from playwright.sync_api import expect

from departments.models import Category
from tests.browser.conftest import PHONE, session_cookie
from tests.tickets.custom_fields import make
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
    page.locator("input[type=file]").set_input_files([log("site.txt"), log("mail.txt")])
    if scripts:
        expect(page.locator(".files__item")).to_have_count(2)
        expect(page.locator(".files__item progress")).to_have_count(0)
    type_in(page)
    if not scripts:
        page.get_by_role("button", name="Send").last.click()
    page.get_by_role("button", name="Make a request of each").click()
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


OFFERED = "[data-typed-offer]"


@pytest.fixture
def come_again():
    """`come_again(made, NEW)`: the window was closed, and another one is opened."""

    def walk(made, path):
        closed = made.page
        made.page = closed.context.new_page()
        closed.close()
        return made.go(path)

    return walk


def type_and_wait(page, typed):
    type_in(page, typed)
    while "мене" not in page.evaluate("JSON.stringify(localStorage)"):
        page.wait_for_timeout(50)


UNSENT = {"subject": "Не приходить пошта", "body": "Листи до мене не доходять із самого ранку."}


def test_what_was_typed_and_not_sent_is_offered_again_until_it_is_sent(
    window, carla, mallory, billing, come_again
):
    topic = Category.objects.create(slug="mail", department=billing, name={"en": "Mail"})
    asked = make("mailbox", asked_in_portal=True, categories=(topic,))
    made = window(carla, size=PHONE)
    page = made.go(NEW)
    page.locator("[name=category]").select_option(label="Mail")
    page.get_by_label("Mailbox").fill("info@customer.example")
    type_and_wait(page, UNSENT)

    page = come_again(made, NEW)
    expect(page.locator(OFFERED)).to_contain_text(UNSENT["subject"])
    expect(page.locator("[name=body]")).to_have_value("")
    assert made.overflow() <= 0
    assert made.faults() == []
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("[name=body]")).to_have_value(UNSENT["body"])
    expect(page.locator("[name=category]")).to_have_value(str(topic.pk))
    expect(page.get_by_label("Mailbox")).to_have_value("info@customer.example")

    theirs = page.context.cookies()
    page.context.clear_cookies()
    page.context.add_cookies([session_cookie(mallory, made.base)])
    page = come_again(made, NEW)
    expect(page.locator(OFFERED)).to_be_hidden()
    page.context.clear_cookies()
    page.context.add_cookies(theirs)

    page = come_again(made, NEW)
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("#hints li")).not_to_have_count(0)
    page.locator(".form__actions [type=submit]").click()
    expect(page.locator(".message")).to_contain_text(UNSENT["body"])
    assert Ticket.objects.get().fields == {asked.slug: "info@customer.example"}
    page = come_again(made, NEW)
    expect(page.locator("[name=subject]")).to_have_value("")
    expect(page.locator(OFFERED)).to_be_hidden()


def test_an_answer_is_kept_as_well_and_forgotten_on_wish_and_on_signing_out(
    window, carla, ticket, come_again
):
    typed, address = {"body": UNSENT["body"]}, f"/tickets/{ticket.number}/"
    made = window(carla)
    type_and_wait(made.go(address), typed)
    page = come_again(made, address)
    page.get_by_role("button", name="Forget it").click()
    page = come_again(made, address)
    expect(page.locator(OFFERED)).to_be_hidden()

    type_and_wait(page, typed)
    page = come_again(made, "/")
    page.get_by_role("button", name="Sign out").click()
    page.locator("input[name=login], input[name=email]").first.wait_for()
    page.context.add_cookies([session_cookie(carla, made.base)])
    page = come_again(made, address)
    expect(page.locator("#answer textarea")).to_be_visible()
    expect(page.locator(OFFERED)).to_be_hidden()
