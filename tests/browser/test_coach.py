"""The form that helps to describe a problem, and open conversations, in a real browser."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from departments.models import Category
from tests.browser.conftest import PHONE
from tests.browser.test_live import look_again
from tests.tickets.portal.test_coached import ENOUGH, TWO
from tickets import actions
from tickets.coach import Topic
from tickets.models import CoachRule, Ticket

expect.set_options(timeout=15_000)

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

HELPLESS = "Не працює!!!"
TOLD = (
    "Втрати пакетів до сервера cs-1042 з учора, 21:00. Перед цим нічого не міняли. "
    "Перезавантажили роутер, не допомогло. Пишу з 198.51.100.7.\n"
    "64 bytes from 203.0.113.7: icmp_seq=1 ttl=54 time=182 ms\n"
    "traceroute to 203.0.113.7, 30 hops max"
)
ZOOMED = {"width": 640, "height": 400}
"""A window of 1280 × 800 at 200 %."""


@pytest.fixture
def network(hosting, billing):
    category = Category.objects.create(
        slug="net", department=hosting, name={"en": "Network", "uk": "Мережа", "de": "Netzwerk"}
    )
    CoachRule.objects.create(category=category, topic=Topic.NETWORK)
    return category


def speaks(person, language):
    person.language = language
    person.save()


def test_a_cry_for_help_becomes_a_ticket_that_can_be_answered(window, carla, linus, network):
    speaks(carla, "en")
    made = window(carla)
    page = made.go("/tickets/new/")
    page.locator("[name=category]").select_option(str(network.pk))
    page.locator("[name=subject]").fill(HELPLESS)
    page.locator("[name=body]").fill(HELPLESS)
    hints = page.locator("#hints")
    expect(hints).to_contain_text("what does not work, and where?")
    expect(hints).to_contain_text("the output of ping")
    hints.get_by_text("How to get it").first.click()
    expect(hints).to_contain_text("ping -n 20 server.example")
    assert made.faults() == []

    page.locator("[name=subject]").fill("Втрати пакетів до сервера cs-1042 увечері")
    page.locator("[name=body]").fill(TOLD)
    expect(hints.locator("li")).to_have_count(0)
    page.get_by_role("button", name="Send").last.click()

    expect(page.locator("#thread, .thread").first).to_contain_text("cs-1042")
    ticket = Ticket.objects.get()
    assert "skipped" not in ticket.events.get().details
    agents = window(linus).go(f"/agent/tickets/{ticket.number}/")
    expect(agents.locator(".message").first).to_contain_text("icmp_seq=1")
    expect(agents.locator("#main")).not_to_contain_text("Not said")


def test_two_problems_become_two_tickets(window, carla, network):
    speaks(carla, "en")
    made = window(carla)
    page = made.go("/tickets/new/")
    page.locator("[name=subject]").fill(TWO["subject"])
    page.locator("[name=body]").fill(TWO["body"])
    page.get_by_role("button", name="Make a request of each").click()
    expect(page.locator("fieldset")).to_have_count(2)
    assert made.faults() == []

    page.get_by_role("button", name="Send all of them").click()

    expect(page.locator(".conversation")).to_have_count(2)
    assert "535" in Ticket.objects.latest("pk").messages.get().text


def test_an_old_ticket_is_opened_again_instead_of_a_new_one(window, carla, ada, billing):
    speaks(carla, "en")
    old = actions.open_ticket(
        customer=carla, by=carla, subject="Не приходить рахунок за жовтень", body="4711"
    )
    actions.solve_ticket(old, by=ada)
    page = window(carla).go("/tickets/new/")
    page.locator("[name=subject]").fill(ENOUGH["subject"])
    page.locator("[name=body]").fill(ENOUGH["body"])

    page.get_by_role("button", name=f"Send this text to #{old.number} and open it again").click()

    expect(page.locator(".message").last).to_contain_text(ENOUGH["body"])
    expect(page.locator("[data-status]")).to_have_text("We are working on it")
    assert Ticket.objects.get().messages.count() == 2


def test_without_scripts_hints_come_once_and_may_be_passed_over(window, carla, network):
    speaks(carla, "en")
    page = window(carla, scripts=False).go(f"/tickets/new/?category={network.pk}")
    page.locator("[name=subject]").fill(HELPLESS)
    page.locator("[name=body]").fill(HELPLESS)
    page.get_by_role("button", name="Send", exact=True).last.click()
    expect(page.locator("#hints")).to_contain_text("the output of ping")
    expect(page.locator("[name=body]")).to_have_value(HELPLESS)

    page.get_by_role("button", name="Send anyway").click()

    expect(page.locator(".message")).to_contain_text(HELPLESS)
    assert Ticket.objects.get().events.get().details["skipped"]


def test_an_answer_appears_by_itself_and_nothing_moves_under_the_hand(window, carla, ada, ticket):
    speaks(carla, "en")
    made, listed = window(carla), window(carla)
    page, home = made.go(f"/tickets/{ticket.number}/"), listed.go("/")
    page.locator("#answer textarea").type("Поки я пишу")
    before = page.locator("#answer").bounding_box()

    actions.reply_to_ticket(ticket, by=ada, body="Який номер договору?")
    ticket.messages.update(undo_until=None)
    look_again(page)
    look_again(home)

    expect(page.locator("#news .message")).to_contain_text("Який номер договору?")
    expect(page.locator("[data-status]")).to_have_text("Waiting for your answer")
    after = page.locator("#answer").bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 2
    assert page.title().startswith("(1) ")
    assert page.locator("#answer textarea").input_value() == "Поки я пишу"
    expect(home.locator("[data-live-bar]")).to_contain_text("1 request with a new answer")
    assert made.faults() == listed.faults() == []
    home.locator("[data-live-bar] a").click()
    expect(home.locator(".conversation")).to_contain_text("Waiting for your answer")


def test_earlier_messages_come_above_without_leaving_the_page(window, carla, ada, ticket):
    for number in range(15):
        actions.reply_to_ticket(ticket, by=ada, body=f"Відповідь {number}")
    ticket.messages.update(undo_until=None)
    page = window(carla).go(f"/tickets/{ticket.number}/")
    expect(page.locator(".message")).to_have_count(12)

    page.locator(".thread__fold").click()

    expect(page.locator(".message")).to_have_count(16)
    expect(page.locator(".thread__fold")).to_have_count(0)
    expect(page.locator(".message").first).to_contain_text("Номер договору 4711")


@pytest.mark.parametrize("size", [PHONE, ZOOMED], ids=["phone", "zoomed"])
@pytest.mark.parametrize(("language", "dark"), [("uk", False), ("de", True)])
def test_hints_and_long_conversations_fit(
    window, carla, ada, network, ticket, size, language, dark
):
    speaks(carla, language)
    for number in range(14):
        actions.reply_to_ticket(ticket, by=ada, body=f"Відповідь {number} " + "x" * 90)
    ticket.messages.update(undo_until=timezone.now())
    made = window(carla, size=size, dark=dark, language=language)
    wrong = []
    page = made.go("/tickets/new/")
    page.locator("[name=category]").select_option(str(network.pk))
    page.locator("[name=subject]").fill("Не прийшов рахунок за жовтень")
    page.locator("[name=body]").fill(TWO["body"])
    expect(page.locator("#hints li")).not_to_have_count(0)
    for one in page.locator("#hints summary").all():
        one.click()
    wrong += made.faults() + ([f"{language}: hints"] if made.overflow() > 0 else [])
    page.locator("#hints [formaction='/tickets/new/parts/']").click()
    expect(page.locator("fieldset")).to_have_count(2)
    wrong += made.faults() + ([f"{language}: parts"] if made.overflow() > 0 else [])
    for path in ("/", f"/tickets/{ticket.number}/"):
        made.go(path)
        wrong += made.faults() + ([f"{language}: {path}"] if made.overflow() > 0 else [])

    assert wrong == []
