"""An agent's day in a real browser: by keyboard on any layout, on a phone, without scripts, beside
a colleague, and with everything taken back that was not meant."""

import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from departments.models import User
from tests.browser.conftest import PHONE
from tickets import actions, bulk
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.models import BulkJob, Draft, Message, Ticket

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

# Letters of the Ukrainian layout on the keys we use.
CYRILLIC = {
    "KeyJ": "о",
    "KeyO": "щ",
    "KeyR": "к",
    "KeyZ": "я",
}


def key(page: Page, code: str, *, modifiers: int = 0) -> None:
    """Press a key as a Ukrainian keyboard sends it: its place, and a Cyrillic letter."""
    session = page.context.new_cdp_session(page)
    letter = CYRILLIC.get(code, "")
    for kind in ("keyDown", "keyUp"):
        session.send(
            "Input.dispatchKeyEvent",
            {
                "type": kind,
                "code": code,
                "key": letter or code,
                "modifiers": modifiers,
                **({"text": letter} if letter and kind == "keyDown" and not modifiers else {}),
            },
        )
    session.detach()


def write(page: Page, text: str, kind: str = "reply") -> None:
    """Type into the composer, whatever editor stands there."""
    page.locator(f".composer .tabs [value='{kind}']").check(force=True)
    # By then the field has become an editor, where it does.
    page.wait_for_load_state()
    page.locator(f".composer__form--{kind}").locator(EDITOR).last.click()
    page.keyboard.insert_text(text)


EDITOR = "trix-editor:visible, textarea:visible"


@pytest.fixture
def invoices(billing, carla) -> Callable[[int], list[Ticket]]:
    def make(count: int) -> list[Ticket]:
        return [
            actions.open_ticket(
                customer=carla, by=carla, subject=f"Рахунок {number}", body=f"Де рахунок {number}?"
            )
            for number in range(1, count + 1)
        ]

    return make


def test_ten_tickets_are_answered_with_the_keyboard_alone_on_a_cyrillic_layout(
    window, ada, invoices
):
    ada.language, ada.after_sending = "uk", User.AfterSending.NEXT
    ada.save()
    invoices(10)
    page = window(ada, language="uk").go("/agent/views/waiting/")
    expect(page.locator(".row")).to_have_count(10)

    key(page, "KeyJ")
    expect(page.locator(".row--current")).to_have_count(1)
    key(page, "KeyO")
    for number in range(10):
        expect(page.locator("#composer")).to_be_visible()
        # The editor has named its field: from here on it hears the keys.
        expect(page.locator("#reply input[name=html]")).to_be_attached()
        key(page, "KeyR")
        page.keyboard.insert_text(f"Надсилаємо рахунок, лист {number}.")
        with page.expect_navigation():
            page.keyboard.press("Control+Shift+Enter")

    expect(page.locator(".row")).to_have_count(0)
    assert Ticket.objects.filter(status=Status.SOLVED).count() == 10
    said = Message.objects.filter(author=ada).values_list("text", flat=True)
    assert sorted(said) == sorted(f"Надсилаємо рахунок, лист {number}." for number in range(10))


def test_two_agents_on_one_ticket_see_each_other_and_do_not_answer_twice(
    window, ada, grace, ticket
):
    adas = window(ada).go(f"/agent/tickets/{ticket.number}/")
    graces = window(grace).go(f"/agent/tickets/{ticket.number}/")
    expect(graces.locator("main")).to_contain_text("Ada Kovalenko is reading")

    write(graces, "Sent it again.")
    graces.keyboard.press("Control+Enter")
    expect(graces.locator("#thread")).to_contain_text("Sent it again.")
    write(adas, "Here is the invoice.")
    adas.keyboard.press("Control+Enter")

    expect(adas.locator("#reply .errors").first).to_contain_text("Sent it again.")
    expect(adas.locator(".composer__form--reply").locator(EDITOR).last).to_be_visible()
    assert "Here is the invoice." in adas.locator("#reply").inner_html()
    assert ticket.messages.filter(author=ada).count() == 0
    adas.locator("[name=anyway]").check()
    adas.locator("#reply button[type=submit]").first.click()
    expect(adas.locator("#thread")).to_contain_text("Here is the invoice.")


def test_a_draft_outlives_the_browser_and_the_session(window, ada, ticket):
    opened = window(ada)
    page = opened.go(f"/agent/tickets/{ticket.number}/")
    write(page, "Half a sentence that")
    expect(page.locator("#reply [data-draft-state]")).to_contain_text("saved")
    page.context.close()

    assert Draft.objects.get().text.strip() == "Half a sentence that"
    again = window(ada).go(f"/agent/tickets/{ticket.number}/")
    assert "Half a sentence that" in again.locator("#reply").inner_html()

    Session.objects.all().delete()
    write(again, " goes on")
    again.locator("#reply button[type=submit]").first.click()
    expect(again.locator("input[name=login]")).to_be_visible()
    ada.emailaddress_set.create(email=ada.email, verified=True, primary=True)
    again.locator("input[name=login]").fill(ada.email)
    again.locator("input[name=password]").fill("correct horse")
    again.locator("input[name=password]").press("Enter")
    expect(again.locator("#composer")).to_be_visible()
    kept = again.locator("#reply").inner_html()
    assert "Half a sentence that" in kept
    assert "goes on" in kept
    assert ticket.messages.filter(author=ada).count() == 0


def test_what_was_sent_too_early_is_taken_back_by_one_key(window, ada, ticket, settings):
    settings.DESK_UNDO_SECONDS = 60
    page = window(ada).go(f"/agent/tickets/{ticket.number}/")
    write(page, "Dear Mallory,")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread")).to_contain_text("Dear Mallory,")
    page.locator("h1, .turn").first.click()
    key(page, "KeyZ")

    expect(page.locator("#thread")).not_to_contain_text("Dear Mallory,")
    assert "Dear Mallory," in page.locator("#reply").inner_html()
    assert not Message.objects.public().filter(author=ada).exists()


def test_a_merge_is_undone_from_the_page(window, ada, invoices):
    ours, other = invoices(2)
    page = window(ada).go(f"/agent/tickets/{ours.number}/")
    page.locator("#more summary").click()
    page.locator("#merge input[name=into]").fill(str(other.number))
    page.locator("#merge button").click()
    page.locator(".page__content form .button--primary").first.click()
    expect(page.locator("#thread")).to_contain_text("Де рахунок 1?")
    expect(page.locator("#thread")).to_contain_text("Де рахунок 2?")
    ours.refresh_from_db()
    assert ours.merged_into == other

    page.locator("form[action*='/undoing/'] button").first.click()
    expect(page.locator("#thread")).not_to_contain_text("Де рахунок 1?")
    ours.refresh_from_db()
    assert ours.merged_into is None


def test_chosen_messages_become_a_ticket_with_their_files(window, ada, carla, ticket):
    second = actions.reply_to_ticket(
        ticket,
        by=carla,
        body="А ще домен не працює, журнал додаю.",
        files=[IncomingFile("журнал.txt", "помилка 500".encode(), "text/plain")],
    )
    page = window(ada).go(f"/agent/tickets/{ticket.number}/")
    page.locator("#split-panel summary").click()
    page.locator(f"#message-{second.pk} [name=messages]").check()
    page.locator("#split-panel input[name=subject]").fill("Домен не працює")
    page.locator("#split-panel button[type=submit]").click()
    page.locator(".page__content form .button--primary").first.click()
    expect(page.locator("#thread")).to_contain_text("журнал.txt")

    made = Ticket.objects.exclude(pk=ticket.pk).get()
    assert made.subject == "Домен не працює"
    assert made.messages.get().attachments.get().name == "журнал.txt"
    page.goto(f"{page.url.split('/agent/')[0]}/agent/tickets/{made.number}/")
    expect(page.locator("#thread")).to_contain_text("журнал.txt")


def test_five_hundred_tickets_are_solved_in_one_act_and_it_can_be_undone(
    window, ada, billing, carla
):
    Ticket.objects.bulk_create(
        Ticket(
            subject=f"Розсилка {number}",
            customer=carla,
            department=billing,
            status=Status.OPEN,
            assignee=ada,
        )
        for number in range(500)
    )
    page = window(ada).go("/agent/views/mine/")
    page.locator("[data-pick-all] input").check()
    page.locator(".bulk [name=everything]").check()
    page.locator(".bulk [value=solve]").click()
    expect(page.locator("#progress")).to_be_visible()
    job = BulkJob.objects.get()
    assert bulk.run(job.pk, most=200)
    expect(page.locator("main")).to_contain_text(re.compile(r"2\d\d of 500"))
    while bulk.run(job.pk, most=200):
        pass
    expect(page.locator("main")).to_contain_text("500 tickets done.")
    assert Ticket.objects.filter(status=Status.SOLVED).count() == 500

    page.locator("form[action$='/undo/'] button").click()
    while bulk.run(job.pk, most=200):
        pass
    expect(page.locator("main")).to_contain_text("500 tickets are as they were before.")
    assert Ticket.objects.filter(status=Status.OPEN).count() == 500


def test_on_a_phone_a_ticket_is_read_answered_and_moved(window, ada, hosting, ticket):
    opened = window(ada, size=PHONE)
    page = opened.go("/agent/")
    assert opened.overflow() <= 0
    page.locator(".row a").first.click()
    expect(page.locator("#thread")).to_contain_text("Рахунок за жовтень не прийшов")
    assert opened.overflow() <= 0
    write(page, "Уже надіслано.")
    page.locator("#reply button[type=submit]").first.click()
    expect(page.locator("#thread")).to_contain_text("Уже надіслано.")

    page.locator(".aside-open").click()
    page.locator("#priority select").select_option("3")
    with page.expect_response("**/priority/"):
        page.locator("#priority button").click()
    expect(page.locator("#priority select")).to_have_value("3")
    ticket.refresh_from_db()
    assert ticket.priority == 3


def test_without_scripts_everything_is_links_and_forms(window, ada, ticket):
    page = window(ada, scripts=False).go("/agent/")
    page.locator(".row a").first.click()
    page.locator("#reply textarea").fill("Надсилаємо ще раз.")
    page.locator("#reply button[type=submit]").first.click()
    expect(page.locator("#thread")).to_contain_text("Надсилаємо ще раз.")
    page.locator("#tags input[name=add]").fill("рахунок")
    page.locator("#tags button").click()
    expect(page.locator("#sidebar .tag").first).to_contain_text("рахунок")
    page.locator("form[action$='/solution/'] button").first.click()
    ticket.refresh_from_db()
    assert ticket.status == Status.SOLVED
    page.locator("form[action*='/undoing/'] button").first.click()
    ticket.refresh_from_db()
    assert ticket.status != Status.SOLVED
