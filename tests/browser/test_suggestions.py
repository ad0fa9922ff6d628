"""The list behind "/" and the key m: an agent takes a canned reply without leaving the keyboard."""

import pytest

from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_pages import look
from tickets.attachments import IncomingFile, store_canned
from tickets.models import CannedReply, Event

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def replies(billing):
    invoice = CannedReply.objects.create(
        title="Рахунок", body={"uk": "Вітаю, {customer.first_name}!"}, sets_priority=3
    )
    store_canned(invoice, [IncomingFile("prices.txt", b"4711", "text/plain")])
    CannedReply.objects.create(title="Thanks", body={"uk": "Дякуємо"})
    CannedReply.objects.create(title="Urgent", sets_priority=4, department=billing)


def written(page):
    return page.evaluate(
        """import("/static/js/editor.js").then(
            editor => editor.editorOf(document.querySelector("#reply")).text)"""
    )


def test_a_canned_reply_is_taken_by_keyboard(window, ticket, ada, replies):
    page = window(ada).go(f"/agent/tickets/{ticket.number}/")
    page.keyboard.press("r")
    page.keyboard.type("Слово /рах")
    option = page.locator("#suggestions [role=option]")
    option.wait_for()
    assert option.count() == 1
    assert "Вітаю, Carla!" in page.locator("[data-suggest-preview]").inner_text()
    page.keyboard.press("Enter")
    page.locator('[name="canned_files"]').wait_for()

    assert written(page) == "Слово Вітаю, Carla!"
    assert page.locator("#suggest").is_hidden()
    page.keyboard.press("Control+Enter")
    page.locator(".attachment__name, .thread .files__name").first.wait_for()
    ticket.refresh_from_db()
    assert ticket.priority == 3
    assert ticket.messages.latest("pk").attachments.get().name == "prices.txt"


def test_escape_leaves_what_was_typed_alone(window, ticket, ada, replies):
    page = window(ada).go(f"/agent/tickets/{ticket.number}/")
    page.keyboard.press("r")
    page.keyboard.type("/th")
    page.locator("#suggestions [role=option]").wait_for()
    page.keyboard.press("Escape")
    page.keyboard.type("a")
    page.wait_for_timeout(400)

    assert page.locator("#suggest").is_hidden()
    assert written(page) == "/tha"


def test_m_opens_the_list_and_a_macro_acts_at_once(window, ticket, ada, replies):
    page = window(ada).go(f"/agent/tickets/{ticket.number}/")
    page.keyboard.press("m")
    page.locator("#suggest .suggest__search:focus").wait_for()
    page.keyboard.type("urg")
    page.locator("#suggestions [role=option]").nth(1).wait_for(state="detached")
    page.keyboard.press("Enter")
    page.locator(".toast").wait_for()

    ticket.refresh_from_db()
    assert ticket.priority == 4
    page.locator(".toast button").click()
    page.locator(".toast").wait_for(state="detached")
    ticket.refresh_from_db()
    assert ticket.priority == 2
    assert ticket.events.filter(kind=Event.Kind.UNDONE).count() == 1


@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (PHONE, True)])
def test_the_open_list_is_fit_for_everybody(window, ticket, ada, replies, size, dark):
    opened = window(ada, size=size, dark=dark)
    page = opened.go(f"/agent/tickets/{ticket.number}/")
    page.keyboard.press("m")
    page.locator("#suggestions [role=option]").nth(2).wait_for()

    assert opened.overflow() <= 0
    assert opened.faults() == []


@pytest.mark.parametrize(("size", "dark"), [(WIDE, False), (PHONE, True)])
def test_pages_of_canned_replies(window, ticket, grace, replies, size, dark):
    invoice = CannedReply.objects.get(title="Рахунок")
    opened = window(grace, size=size, dark=dark)
    paths = ["", "new/", f"{invoice.pk}/", "import/"]

    assert look(opened, [f"/agent/canned-replies/{path}" for path in paths]) == []
    assert look(opened, [f"/agent/tickets/{ticket.number}/canned-replies/"]) == []
