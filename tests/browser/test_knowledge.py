"""The help pages in a real browser: from an answer to an article that helps the next reader."""

import base64

import pytest
from playwright.sync_api import expect

from knowledge.actions import publish_text, save_text, start_article
from knowledge.models import ArticleText, Section, Vote
from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_pages import LONG, LOOKS, look
from tests.browser.test_writing import PASTE
from tests.tickets.test_attachments import picture
from tickets.actions import reply_to_ticket

# A page with an editor is the heaviest of the desk.
expect.set_options(timeout=15_000)

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

SENTENCE = "Рахунок лежить у панелі керування, у розділі «Рахунки», і його можна завантажити. "
# Letters in the longest line of the first paragraph.
LONGEST_LINE = """() => {
  const text = document.querySelector(".article__text p").firstChild;
  const range = document.createRange();
  const lines = {};
  for (let at = 0; at < text.length; at += 1) {
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    const { top } = range.getBoundingClientRect();
    lines[top] = (lines[top] ?? 0) + 1;
  }
  return Math.max(...Object.values(lines));
}"""


@pytest.fixture
def shelf(db):
    return Section.objects.create(
        slug="payment",
        name={"en": "Payment", "uk": "Рахунки та оплата", "de": "Rechnungen und Zahlung"},
        about={"de": "Wann Rechnungen kommen und wie man sie bezahlt", "uk": "Як платити"},
    )


def test_an_answer_becomes_an_article_that_helps_others(window, ticket, ada, grace, mallory, shelf):
    answer = reply_to_ticket(
        ticket, by=ada, body="Добрий день, Карло!\n\nРахунок лежить у панелі керування."
    )
    page = window(ada).go(f"/agent/tickets/{ticket.number}/")
    page.locator(f"#message-{answer.pk} .message__menu summary").click()
    page.get_by_role("button", name="Make an article of it").click()
    editor = page.locator("trix-editor")
    expect(editor).to_have_text("Рахунок лежить у панелі керування.")
    page.get_by_label("Title").fill("Де взяти рахунок")
    page.evaluate(PASTE, ["trix-editor", base64.b64encode(picture()).decode()])
    expect(editor.locator("img")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".flash")).to_contain_text("Saved")

    page = window(grace).go(page.url)
    page.get_by_role("button", name="Save and publish").click()
    expect(page.locator(".flash")).to_contain_text("Published")
    assert ArticleText.objects.get().language == "uk"

    phone = window(size=PHONE, language="uk")
    page = phone.go("/help/")
    page.get_by_role("searchbox").fill("рахунків")
    page.get_by_role("searchbox").press("Enter")
    page.get_by_role("link", name="Де взяти рахунок").click()
    expect(page.locator(".article__text img")).to_be_visible()
    assert phone.overflow() <= 0
    page.locator("#opinion button[value=yes]").click()
    expect(page).to_have_url(f"{phone.base}/help/payment/de-vziaty-rakhunok/#opinion")
    assert Vote.objects.get().helped

    page = window(mallory, language="uk").go("/tickets/new/")
    page.locator("[name=subject]").fill("Не можу взяти рахунки")
    page.locator("[name=body]").fill("Потрібен рахунок за жовтень, у панелі його не видно.")
    offered = page.locator(".hints a", has_text="Де взяти рахунок")
    offered.wait_for()
    with page.expect_popup() as opened:
        offered.click()
    expect(opened.value.locator("h1")).to_have_text("Де взяти рахунок")
    expect(page.locator("[name=subject]")).to_have_value("Не можу взяти рахунки")


def test_lines_are_short_enough_to_be_read(window, ada, grace, shelf):
    text = start_article(
        shelf, language="uk", title="Рахунки", html=f"<p>{SENTENCE * 9}</p>", by=ada
    )
    publish_text(text, seen=1, by=grace)

    page = window(size=WIDE).go("/help/payment/rakhunky/")

    assert page.evaluate(LONGEST_LINE) <= 76
    size = "getComputedStyle(document.querySelector('.article__text')).fontSize"
    assert page.evaluate(size) == "17px"


@pytest.mark.parametrize(("size", "dark", "language"), LOOKS)
def test_pages_about_articles(window, ada, grace, carla, shelf, size, dark, language):
    html = f"<h1>{LONG}</h1><p>{LONG * 3}</p><ul><li>{LONG}</li></ul><pre>{'x' * 200}</pre>"
    text = start_article(shelf, language="de", title=LONG, html=html, by=ada)
    publish_text(text, seen=1, by=grace)
    started = save_text(text.article, language="uk", title="Домен", html=html, seen=0, by=ada)
    other = start_article(shelf, language="de", title="Zweiter Artikel", html=html, by=ada)
    publish_text(other, seen=1, by=grace)
    path, pages = text.article.get_absolute_url(), f"/agent/help/{text.article_id}/"
    reader = window(carla, size=size, dark=dark, language=language)
    carla.language = grace.language = language
    carla.save()
    grace.save()

    wrong = look(reader, ["/help/", "/help/payment/", "/help/?q=domain", "/help/?q=xyz", path])
    page = reader.go(path)
    page.locator("#opinion button[value=no]").click()
    page.locator("#opinion textarea").wait_for()
    wrong += reader.faults()
    assert started.language == "uk"
    wrong += look(
        window(grace, size=size, dark=dark, language=language),
        [
            "/agent/help/",
            "/agent/help/?q=nothing",
            "/agent/help/new/",
            f"{pages}de/",
            f"{pages}uk/",
            f"{pages}en/",
            f"{pages}place/",
            f"{pages}uk/preview/",
            path,
        ],
    )

    assert wrong == []
