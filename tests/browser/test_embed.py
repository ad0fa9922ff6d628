"""A shop shows our form on its page, and a site that may not shows nothing."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from departments.models import Category
from tickets.embed import guards
from tickets.models import EmbeddedForm, Ticket

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

NARROW = {"width": 320, "height": 900}


class Shop(ThreadingHTTPServer):
    """Another site: one page, on a port of its own."""

    page = ""


class Reader(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        """The page of the shop, whatever is asked for."""
        body = self.server.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """Quiet."""


@pytest.fixture
def shop() -> Iterator[Shop]:
    server = Shop(("127.0.0.1", 0), Reader)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def address_of(shop: Shop) -> str:
    return f"http://127.0.0.1:{shop.server_port}"


@pytest.fixture
def form(billing, hosting, shop, live_server) -> EmbeddedForm:
    form = EmbeddedForm.objects.create(name="Shop", origins=[address_of(shop)])
    basket = {"uk": "Кошик та оплата", "de": "Warenkorb und Bezahlung"}
    form.categories.add(Category.objects.create(slug="basket", name=basket, department=hosting))
    shop.page = (
        '<!doctype html><html lang="uk"><head><title>Shop</title><link rel="icon" href="data:,">'
        f'</head><body><h1>Shop</h1><script src="{live_server.url}/static/js/embed.js" '
        f'data-form="{form.key}" data-title="Напишіть нам" async></script></body></html>'
    )
    return form


def test_a_visitor_of_the_shop_writes_to_us(window, form, shop, hosting):
    page = window(language="uk").go(address_of(shop))
    frame = page.frame_locator("iframe[title='Напишіть нам']")
    expect(frame.get_by_role("heading")).to_have_text("Написати нам")
    # As high as the form: nothing is to be scrolled inside.
    page.wait_for_function("document.querySelector('iframe').height !== '760'")

    frame.get_by_label("Ваше ім’я").fill("Ольга")
    frame.get_by_label("Адреса електронної пошти").fill("olha@customer.example")
    frame.get_by_label("Тема звернення").select_option("basket")
    frame.get_by_label("Кількома словами").fill("Кошик порожній після входу")
    frame.get_by_label("Що сталося?").fill("Додаю товар, входжу, а кошик порожній.")
    page.wait_for_timeout(3100)
    frame.get_by_role("button", name="Надіслати").click()

    expect(frame.get_by_role("status")).to_be_visible()
    ticket = Ticket.objects.get()
    expect(frame.get_by_role("status")).to_contain_text(str(ticket.number))
    assert (ticket.customer.name, ticket.channel, ticket.department) == ("Ольга", "form", hosting)
    assert page.context.cookies() == []


def test_a_site_that_is_not_named_shows_nothing(window, form, shop):
    EmbeddedForm.objects.update(origins=["https://shop.example"])
    opened = window()
    opened.listening = False
    said = []
    opened.page.on("console", lambda line: said.append(line.text))
    page = opened.page
    page.goto(address_of(shop))

    expect(page.locator("iframe")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.frame_locator("iframe").get_by_role("heading").count() == 0
    assert any("frame-ancestors" in line for line in said)


@pytest.mark.parametrize(("language", "dark"), [("uk", False), ("de", True)])
def test_the_form_is_readable_in_a_narrow_frame(window, form, language, dark, monkeypatch):
    monkeypatch.setattr(guards, "YOUNGEST", 0)
    opened = window(size=NARROW, dark=dark, language=language)
    page = opened.go(form.get_absolute_url())

    assert opened.faults() == []
    assert opened.overflow() == 0
    page.locator("[name=email]").fill("olha@customer")
    page.locator("[name=subject]").fill("Кошик")
    page.locator("[name=body]").fill("Порожній")
    page.locator("button").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert opened.faults() == []
    assert opened.overflow() == 0
    page.locator("[name=email]").fill("olha@customer.example")
    page.locator("button").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert opened.faults() == []
