"""A brand with a colour that nobody could read: pages stay readable, by day and by night."""

import pytest

from departments.actions import show_logo
from departments.models import Brand, Category
from helpdesk.lib.pictures import logo_of
from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_pages import look, picture
from tickets import actions

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

YELLOW = "#ffee00"
WORDS = {
    "welcome": {"en": "We are here from nine to six.", "uk": "Ми тут з дев’ятої до шостої."},
    "before_writing": {"en": "Have the number of your server at hand."},
    "footer": {"en": "Our company, Kyiv"},
    "imprint_url": "https://desk.example/imprint",
}
BAR = "getComputedStyle(document.querySelector('.portal__head')).{}"


@pytest.fixture
def pages(ticket, ada, carla, billing):
    """What customers see most, with an answer, a solved ticket and a topic in it."""
    Category.objects.create(slug="invoice", name={"en": "An invoice"}, department=billing)
    actions.reply_to_ticket(ticket, by=ada, body="Ось він: https://desk.example/invoices/4711")
    solved = actions.open_ticket(customer=carla, by=carla, subject="Друга", body="Друга")
    actions.solve_ticket(solved, by=ada)
    return ["/", "/tickets/new/", f"/tickets/{ticket.number}/", f"/tickets/{solved.number}/"]


@pytest.mark.parametrize(
    ("size", "dark", "language"),
    [
        pytest.param(WIDE, False, "de", id="wide, light, German"),
        pytest.param(PHONE, True, "uk", id="phone, dark, Ukrainian"),
    ],
)
def test_a_bright_yellow_stays_readable(window, pages, carla, size, dark, language):
    carla.language = language
    carla.save()
    Brand.objects.create(name="Yellow & Company", accent=YELLOW, **WORDS)
    opened = window(carla, size=size, dark=dark, language=language)

    wrong = look(opened, pages)
    bar = opened.go("/").evaluate(BAR.format("backgroundColor"))
    wrong += look(window(size=size, dark=dark, language=language), ["/account/login/"])

    assert wrong == []
    assert (bar == "rgb(255, 238, 0)") is not dark


def test_under_its_host_name_a_brand_shows_its_own_logo(window, live_server, db):
    """The desk is at localhost, the brand at 127.0.0.1."""
    port = live_server.url.rpartition(":")[2]
    Brand.objects.create(name="Our House")
    shop = Brand.objects.create(name="The Shop", host=f"127.0.0.1:{port}", accent=YELLOW, **WORDS)
    show_logo(shop, "logo", logo_of(picture()))
    opened = window(dark=True)

    page = opened.go(f"http://127.0.0.1:{port}/account/login/")
    logo = page.locator("img.logo")
    assert logo.get_attribute("alt") == "The Shop"
    assert logo.evaluate("image => image.complete && image.naturalHeight") == 160
    assert opened.faults() == []

    page = opened.go("/account/login/")
    assert page.locator("img.logo").count() == 0
    assert page.get_by_text("Our House").count() == 1


def test_the_preview_follows_the_colour_that_is_chosen(window, root, db):
    brand = Brand.objects.create(name="Our House")
    page = window(root).go(f"/admin/departments/brand/{brand.pk}/change/")
    frame = page.frame_locator("[data-brand-look]")
    assert "4.5 is needed" in frame.locator(".looks__words").inner_text()

    page.locator("input[name=accent]").fill(YELLOW)

    frame.locator("link[href*='ffee00']").wait_for(state="attached")
    page.locator("input[name=_save]").click()
    brand.refresh_from_db()
    assert brand.accent == YELLOW
