"""Pages that stay open: who else is there, what arrives, and a session that ends meanwhile."""

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from tests.browser.conftest import session_cookie
from tickets import actions

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

# A browser's own notifications are shown by the system; here they are only written down.
NOTIFICATIONS = """
window.shown = [];
window.Notification = class {
  static permission = "granted";
  constructor(title, more) { window.shown.push(`${title} | ${more.body}`); }
};
"""


def look_again(page: Page) -> None:
    """Leave the page for a moment and come back: it asks at once."""
    page.wait_for_timeout(2100)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_two_agents_on_one_ticket_see_each_other(window, ada, grace, ticket):
    path = f"/agent/tickets/{ticket.pk}/"
    adas, listed, graces = window(ada), window(ada), window(grace)
    ours, rows, theirs = adas.go(path), listed.go("/agent/views/all/"), graces.go(path)

    look_again(ours)
    expect(ours.locator("#turn")).to_contain_text("Grace Melnyk is reading")

    theirs.locator("#composer [contenteditable], #reply-body").first.type("Good morning")
    look_again(ours)
    look_again(rows)
    expect(ours.locator("#turn")).to_contain_text("Grace Melnyk is writing")
    expect(rows.locator(f"#ticket-{ticket.pk}")).to_contain_text("Grace Melnyk is writing")
    assert adas.faults() == listed.faults() == []

    theirs.on("dialog", lambda dialog: dialog.accept())
    theirs.close()
    look_again(ours)
    look_again(rows)
    expect(ours.locator("#turn")).not_to_contain_text("Grace")
    expect(rows.locator(f"#ticket-{ticket.pk}")).not_to_contain_text("Grace Melnyk is")


def test_a_message_arrives_and_nothing_moves_under_the_hand(window, ada, carla, ticket):
    actions.assign_ticket(ticket, to=ada, by=ada)
    made = window(ada)
    made.page.add_init_script(NOTIFICATIONS)
    page = made.go(f"/agent/tickets/{ticket.pk}/")
    composer = page.locator("#composer [contenteditable], #reply-body").first
    composer.type("I am looking")
    before = page.locator("#composer").bounding_box()

    actions.reply_to_ticket(ticket, by=carla, body="Одне уточнення: 4711.")
    look_again(page)

    expect(page.locator("#news")).to_contain_text("Одне уточнення")
    after = page.locator("#composer").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 2
    assert page.title().startswith("(1) ")
    expect(page.locator("#bell .counter")).to_have_text("1")
    line = (
        f"#{ticket.pk} {ticket.subject} | A customer writes on a ticket of yours, or it comes back"
    )
    assert page.evaluate("window.shown") == [line]


def test_a_list_tells_what_is_new_and_changes_rows_in_their_place(
    window, ada, grace, carla, ticket
):
    made = window(ada)
    page = made.go("/agent/views/all/")
    page.locator(f"#ticket-{ticket.pk} [name=tickets]").check()

    actions.set_priority(ticket, priority=4, by=grace)
    actions.open_ticket(customer=carla, by=carla, subject="Ще лист", body="Питання.")
    look_again(page)

    expect(page.locator("[data-live-bar]")).to_contain_text("1 new")
    row = page.locator(f"#ticket-{ticket.pk}")
    expect(row).to_contain_text("Urgent")
    expect(row.locator("[name=tickets]")).to_be_checked()
    expect(page.locator(".queue > li")).to_have_count(1)
    assert page.title().startswith("(1) ")

    page.locator("[data-live-bar] a").click()
    expect(page.locator(".queue > li")).to_have_count(2)


def test_when_the_session_ends_the_page_says_so_and_keeps_what_was_typed(window, ada, ticket):
    made = window(ada)
    page = made.go(f"/agent/tickets/{ticket.pk}/")
    composer = page.locator("#composer [contenteditable], #reply-body").first
    composer.type("Half a sentence")

    Session.objects.all().delete()
    look_again(page)
    notice = page.locator("[data-signed-out-notice]")
    expect(notice).to_contain_text("You are signed out; what you typed is kept here.")

    # They sign in again in another tab.
    page.context.add_cookies([session_cookie(ada, made.base)])
    look_again(page)
    expect(notice).to_have_count(0)
    assert "Half a sentence" in (composer.text_content() or composer.input_value())
