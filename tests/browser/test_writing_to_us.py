"""Writing to us with files, in a real browser: on a phone, without scripts, over a bad line."""

import base64
import re

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, WIDE
from tests.tickets.test_attachments import picture
from tickets.models import Ticket, Upload

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

NEW = "/tickets/new/"
PASTE = """content => {
  const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], "paste.png", { type: "image/png" }));
  const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.querySelector("textarea[name=body]").dispatchEvent(paste);
}"""


@pytest.fixture
def files(tmp_path):
    """A screenshot and a log, as they lie on somebody's phone."""
    shot, log = tmp_path / "Знімок екрана.png", tmp_path / "журнал.txt"
    shot.write_bytes(picture("PNG", (1080, 1920)))
    log.write_text("2026-03-02 12:00 помилка 500", encoding="utf-8")
    return [str(shot), str(log)]


def sign_up(page, address):
    page.locator("input[name=name]").fill("Оксана Бондар")
    page.locator("input[name=email]").fill(address)
    for name in ("password1", "password2"):
        page.locator(f"input[name={name}]").fill("a rather long one")
    page.locator("form.form button[type=submit]").click()
    page.locator("input[name=code]").wait_for()
    page.locator("input[name=code]").fill(mail.outbox[-1].subject.split()[-1])
    page.locator("form.form button[type=submit]").first.click()


def write(page, form):
    page.locator("input[name=subject]").fill("Сайт example.org не відкривається з ранку")
    page.locator("textarea[name=body]").fill(
        "З ранку показує помилку 502, у всіх у конторі, і в телефоні теж. Вчора ще працював, "
        "нічого не змінювали, перезапускали роутер."
    )
    page.locator("input[type=file]").set_input_files(form)


def send(page):
    """Send, past the hints of the coach."""
    page.locator(".form__actions button[type=submit]").click()
    if page.get_by_text("Send anyway").count():
        page.get_by_text("Send anyway").last.click()


def names():
    stored = Ticket.objects.get().messages.get().attachments.all()
    return [one.name for one in stored]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_newcomer_writes_with_two_files_on_a_phone(window, billing, files, scripts):
    opened = window(size=PHONE, scripts=scripts)
    page = opened.go("/account/signup/?next=/tickets/new/")
    sign_up(page, "oksana@customer.example")
    page.goto(f"{opened.base}{NEW}")
    write(page, files)
    if scripts:
        expect(page.locator(".files__item")).to_have_count(2)
        expect(page.locator(".files__item img")).to_be_visible()
        expect(page.locator(".files__item progress")).to_have_count(0)
        assert opened.overflow() <= 0

    send(page)

    expect(page.locator(".message .attachment")).to_have_count(2)
    assert names() == ["Знімок екрана.png", "журнал.txt"]
    assert not Upload.objects.exists()


def test_without_scripts_good_files_stay_and_a_bad_one_is_named(
    window, carla, billing, files, tmp_path
):
    drawing = tmp_path / "план.png"
    drawing.write_bytes(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    opened = window(carla, scripts=False)
    page = opened.go(NEW)
    write(page, [*files, str(drawing)])
    page.locator(".form__actions button[type=submit]").click()

    expect(page.locator(".field__error").filter(has_text="план.png")).to_be_visible()
    expect(page.locator(".files__item img")).to_be_visible()
    page.locator(".files__item", has_text="журнал.txt").locator("input").check()
    send(page)

    expect(page.locator(".message .attachment")).to_have_count(1)
    assert names() == ["Знімок екрана.png"]


def test_a_broken_line_is_tried_again_and_nothing_is_lost(window, carla, billing, files):
    carla.language = "en"
    carla.save()
    opened = window(carla)
    page = opened.go(NEW)
    tries = []

    def break_once(route):
        tries.append(route.request.url)
        route.abort() if len(tries) == 1 else route.continue_()

    opened.listening = False  # the browser tells of every broken connection
    page.route("**/files/", break_once)
    write(page, files[:1])
    page.evaluate(PASTE, base64.b64encode(picture()).decode())
    expect(page.locator(".files__list")).to_contain_text("We try again")
    send(page)

    expect(page.locator(".message .attachment")).to_have_count(2)
    assert len(tries) == 3
    assert sorted(names()) == ["paste.png", "Знімок екрана.png"]


def test_what_never_gets_through_ahead_goes_with_the_form(window, carla, billing, files):
    carla.language = "en"
    carla.save()
    opened = window(carla)
    page = opened.go(NEW)
    page.clock.install()
    opened.listening = False
    page.route("**/files/", lambda route: route.abort())
    write(page, files[:1])
    for _try in range(3):
        expect(page.locator(".files__list")).to_contain_text("We try again")
        page.clock.fast_forward(10_000)
    expect(page.get_by_role("button", name="Try again")).to_be_visible()

    send(page)

    expect(page.locator(".message .attachment")).to_have_count(1)
    assert names() == ["Знімок екрана.png"]


def test_files_are_found_again_behind_the_sign_in(window, carla, billing, files):
    carla.language = "en"
    carla.save()
    carla.emailaddress_set.create(email=carla.email, verified=True, primary=True)
    opened = window(carla)
    page = opened.go(NEW)
    write(page, files)
    expect(page.locator(".files__item progress")).to_have_count(0)
    expect(page.locator(".files__item img")).to_be_visible()
    Session.objects.all().delete()
    page.locator("input[type=file]").set_input_files(files[1])
    expect(page.locator(".files__list")).to_contain_text("You are signed out")

    page.locator(".form__actions button[type=submit]").click()
    page.locator("input[name=login]").fill(carla.email)
    page.locator("input[name=password]").fill("correct horse")
    page.locator("input[name=password]").press("Enter")

    expect(page.locator(".files__item")).to_have_count(3)
    expect(page.locator(".flash--warning")).to_have_count(0)
    expect(page.locator("textarea[name=body]")).to_have_value(re.compile("помилку 502"))


@pytest.mark.parametrize(
    ("language", "size", "dark"),
    [("uk", PHONE, True), ("de", PHONE, False), ("uk", WIDE, False), ("de", WIDE, True)],
)
def test_the_form_with_files_is_fit_for_everybody(
    window, carla, billing, files, language, size, dark
):
    carla.language = language
    carla.save()
    opened = window(carla, size=size, dark=dark, language=language)
    page = opened.go(NEW)
    if size == WIDE:  # as at 200 % on a small laptop
        page.set_viewport_size({"width": 640, "height": 400})
    program = {"name": f"{'setup' * 12}.exe", "mimeType": "image/png", "buffer": b"MZ\0\1"}
    page.locator("input[type=file]").set_input_files(files)
    page.locator("input[type=file]").set_input_files(program)
    expect(page.locator(".files__item")).to_have_count(3)
    expect(page.locator(".files__item progress")).to_have_count(0)
    expect(page.locator(".files__item--large")).to_have_count(1)

    assert opened.overflow() <= 0
    assert opened.faults() == []
