"""A rating from a letter, on a phone: a scanner was there first, and it is changed the next day."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from mailgateway.models import Mailbox, OutboundEmail
from tests.browser.conftest import PHONE
from tickets import actions
from tickets.lifecycle import Status
from tickets.models import Event, Notification, Rating

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def answer(ticket, ada, billing, carla):
    carla.language = "en"
    carla.save()
    ticket.refresh_from_db()
    Mailbox.objects.create(
        name="Billing", address="billing@desk.example", department=billing, smtp_host="127.0.0.1"
    )
    return actions.reply_to_ticket(
        ticket, by=ada, body="Надіслали рахунок ще раз.\n\nПеревірте, будь ласка."
    )


def link_in(kind: str, words: str, base: str) -> str:
    """A link of our last letter of a kind, as its reader sees it: the word it is under."""
    html = OutboundEmail.objects.filter(kind=kind).latest("pk").html
    address = re.search(rf'<a href="([^"]+)">{words}</a>', html)[1]
    return re.sub(r"^http://[^/]+", base, address)


def test_an_answer_is_rated_from_a_letter_and_the_rating_changed(
    window, answer, ticket, ada, grace, carla
):
    phone = window(size=PHONE, dark=True, scripts=False)
    link = link_in("replied", "No, it was not", phone.base)

    # A program that looks for viruses opens every link of every letter.
    for method in ("HEAD", "GET", "GET"):
        assert phone.page.request.fetch(link, method=method).ok
    assert not Rating.objects.exists()

    # Carla opens it: what she rates stands there, what she clicked is chosen, nothing is said yet.
    page = phone.go(link)
    for words in ("Не прийшов рахунок за жовтень", "Ada", "Надіслали рахунок ще раз."):
        expect(page.locator("main")).to_contain_text(words)
    expect(page.get_by_role("radio", name="Bad")).to_be_checked()
    assert not Rating.objects.exists()
    page.locator("textarea").fill(f"Це рахунок за <b>вересень</b> {'ж' * 300}")
    page.locator("main button[type=submit]").click()
    expect(page.locator("main [role=status]")).to_contain_text("rated this answer: bad")
    rating = Rating.objects.get()
    assert (rating.score, rating.customer, rating.agent) == (1, carla, ada)

    # Ada and her lead hear of it, and read the words as words.
    assert {one.user for one in Notification.objects.filter(event__kind="rated")} == {ada, grace}
    desk = window(ada)
    thread = desk.go(f"/agent/tickets/{ticket.number}/").locator("#thread")
    expect(thread).to_contain_text("“Це рахунок за <b>вересень</b> жж")
    assert desk.overflow() == 0

    # The next day the right one has come.
    Rating.objects.update(created_at=timezone.now() - timedelta(days=1))
    page = phone.go(link.partition("?")[0])
    expect(page.locator("textarea")).to_have_value(re.compile("^Це рахунок за <b>вересень</b> ж"))
    page.locator("label").filter(has_text="Good").click()
    page.locator("textarea").fill("Тепер той")
    page.locator("main button[type=submit]").click()
    expect(page.locator("main [role=status]")).to_contain_text("rated this answer: good")
    assert list(Rating.objects.values_list("score", "comment")) == [(5, "Тепер той")]
    assert ticket.events.filter(kind=Event.Kind.RATED).count() == 2

    # After a week it stays as it is, and the page says so.
    Rating.objects.update(created_at=timezone.now() - timedelta(days=8))
    page = phone.go(link)
    expect(page.locator("main [role=status]")).to_contain_text("rated this answer: good")
    expect(page.get_by_role("radio")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("can no longer be changed")


@pytest.mark.parametrize(("language", "dark"), [("uk", True), ("de", False)])
def test_the_page_of_a_rating_fits_a_phone_and_everybody(
    window, answer, ticket, ada, carla, language, dark
):
    carla.language = language
    carla.save()
    ticket.refresh_from_db()
    actions.reply_to_ticket(ticket, by=ada, body="Готово. " * 80, then=Status.SOLVED)
    actions.solve_ticket(actions.reopen_ticket(ticket, by=ada), by=ada)
    phone = window(size=PHONE, dark=dark, language=language)
    score = link_in("solved", "4", phone.base)

    page = phone.go(score)
    assert (phone.faults(), phone.overflow()) == ([], 0)
    expect(page.get_by_role("radio", name="4")).to_be_checked()
    page.get_by_role("radio", name="4").press("ArrowLeft")
    page.locator("main button[type=submit]").press("Enter")
    expect(page.locator("main [role=status]")).to_contain_text("3")
    assert Rating.objects.get().score == 3

    for link in (score, link_in("replied", "[^<]+", phone.base), f"{phone.base}/ratings/x/"):
        phone.listening = False  # one of them answers 404
        page.goto(link)
        assert (phone.faults(), phone.overflow()) == ([], 0)


def test_an_answer_is_rated_beside_it_with_the_keyboard_alone(window, answer, ticket, carla):
    opened = window(carla)
    page = opened.go(f"/tickets/{ticket.number}/")
    group = page.get_by_role("group", name="Did this help you?")
    group.get_by_role("button", name="Bad").press("Enter")

    expect(page.locator(f"#message-{answer.pk}")).to_contain_text("rated this answer: bad")
    page.locator(f"#message-{answer.pk} .message__tools a").press("Enter")
    page.locator("textarea").fill("Не той місяць")
    page.locator("main button[type=submit]").press("Enter")

    expect(page.locator(f"#message-{answer.pk}")).to_be_visible()
    assert list(Rating.objects.values_list("score", "comment")) == [(1, "Не той місяць")]
    assert (opened.faults(), opened.overflow()) == ([], 0)
