"""Every page, wide and on a phone, light and dark, in German and Ukrainian: axe finds nothing, and
nothing is wider than its window."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from departments.models import Category, Service
from mailgateway import inbound
from mailgateway.models import InboundEmail, Mailbox
from tests.browser.conftest import PHONE, WIDE
from tests.letters import bounce_of, letter
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.links import rating_token, ticket_token
from tickets.models import Body, CannedReply, EscalationRule, EscalationStep, Target, Workspace

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

LOOKS = [
    pytest.param(WIDE, False, "de", id="wide, light, German"),
    pytest.param(PHONE, True, "uk", id="phone, dark, Ukrainian"),
]
LONG = "Domainübertragung zu einem anderen Anbieter: Authcode wird nicht angenommen"


def picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (640, 400), "teal").save(stream, "PNG")
    return stream.getvalue()


@pytest.fixture
def desk(ticket, ada, carla, grace, billing, hosting, mallory):
    """A desk with something on every page."""
    Target.objects.create(department=billing, first_answer=60, next_answer=60, solution=600)
    rule = EscalationRule.objects.create(name="Billing answers")
    EscalationStep.objects.create(rule=rule)
    Category.objects.create(
        slug="invoice", name={"en": "An invoice", "de": "Eine Rechnung"}, department=billing
    )
    Service.objects.create(slug="hosting", name={"en": "Hosting", "uk": "Хостинг"})
    CannedReply.objects.create(title="Rechnung", body={"de": "Guten Tag {customer.name}"})
    workspace = Workspace.objects.create(name="Dringend", owner=ada, query="priority=4")
    actions.reply_to_ticket(
        ticket,
        by=ada,
        body="Надсилаємо рахунок ще раз. https://desk.example/invoices/4711?very=long&address=yes",
        files=[IncomingFile("Рахунок за жовтень.png", picture(), "image/png")],
    )
    actions.reply_to_ticket(
        ticket,
        by=carla,
        body=Body(
            text="Дякую",
            html='<div style="color:#777">Дякую! <img data-remote-src="https://x.example/a.png"></div>',
            quoted_text="> Надсилаємо",
            quoted_html="<blockquote>Надсилаємо</blockquote>",
        ),
        channel="mail",
        why="our_id",
    )
    actions.file_letter(
        ticket, author=mallory, body="Я теж чекаю.", why="reference", warning="stranger"
    )
    another = actions.reply_to_ticket(
        ticket, by=carla, body="А домен?", channel="mail", why="our_id", warning="new_subject"
    )
    actions.move_message_out(another, by=ada)
    actions.add_note(ticket, by=grace, body="Пільговик, будь ласка, швидко.")
    actions.assign_ticket(ticket, to=ada, by=grace)
    actions.tag_ticket(ticket, add=["рахунок", "жовтень"], by=ada)
    actions.escalate_ticket(ticket, by=ada, reason="Wartet seit gestern")
    for number in range(6):
        other = actions.open_ticket(customer=mallory, by=mallory, subject=LONG, body=LONG * 3)
        if number == 1:
            actions.hold_ticket(other, until=timezone.now() + timedelta(days=1), by=ada)
        if number == 2:
            actions.set_priority(other, priority=4, by=ada)
    solved = actions.open_ticket(customer=carla, by=carla, subject="Друга", body="Друга")
    answer = actions.reply_to_ticket(solved, by=ada, body="Готово")
    actions.solve_ticket(solved, by=ada)
    actions.rate_answer(answer, good=True, by=carla, comment="Дякую")
    return {
        "ticket": ticket,
        "solved": solved,
        "answer": answer,
        "other": other,
        "workspace": workspace,
    }


def look(window, paths: list[str]) -> list[str]:
    """What is wrong on these pages, each line with its page."""
    wrong = []
    for path in paths:
        page = window.go(path)
        # What a page fetches of itself has come.
        page.wait_for_function("!document.querySelector('.htmx-request')")
        title = page.title()
        wrong += [f"{path}: {fault}" for fault in window.faults()]
        if (wide := window.overflow()) > 0:
            wrong.append(f"{path}: {wide} px too wide")
        if not title or page.locator("h1").count() != 1:
            wrong.append(f"{path}: title {title!r}, {page.locator('h1').count()} headings")
    return wrong


@pytest.mark.parametrize(("size", "dark", "language"), LOOKS)
def test_pages_of_agents(window, desk, ada, size, dark, language):
    ada.language = language
    ada.save()
    number = desk["ticket"].number
    paths = [
        "/agent/",
        "/agent/views/all/",
        "/agent/views/spam/",
        "/agent/departments/billing/",
        f"/agent/tickets/{number}/",
        f"/agent/tickets/{number}/?note=1",
        "/agent/tickets/new/",
        "/agent/search/?q=рахунок",
        "/agent/figures/",
        "/agent/notifications/",
        "/agent/profile/",
        "/agent/workspaces/",
        f"/agent/workspaces/{desk['workspace'].pk}/settings/",
        "/agent/feeds/",
        "/agent/keys/",
        "/agent/me/",
        "/agent/arrangement/",
        "/agent/nowhere/",
    ]
    opened = window(ada, size=size, dark=dark, language=language)
    wrong = look(opened, paths)
    # The page that is not there is reported by the browser as well.
    opened.complaints = [line for line in opened.complaints if "404" not in line]

    assert wrong == []


@pytest.mark.parametrize(("size", "dark", "language"), LOOKS)
def test_further_pages_of_agents(window, desk, grace, carla, mallory, size, dark, language):
    grace.language = language
    grace.save()
    ticket = desk["ticket"]
    message, other = ticket.messages.first().pk, desk["other"].number
    canned = CannedReply.objects.create(title="Спільна", body={"uk": "Добрий день"})
    paths = [
        f"/agent/customers/{carla.pk}/",
        f"/agent/customers/{carla.pk}/merge/?other={mallory.email}",
        "/agent/canned-replies/",
        "/agent/canned-replies/new/",
        f"/agent/canned-replies/{canned.pk}/",
        "/agent/canned-replies/import/",
        f"/agent/tickets/{ticket.number}/?side=1",
        f"/agent/tickets/{ticket.number}/print/?notes=1",
        f"/agent/tickets/{ticket.number}/merge/?into={other}",
        f"/agent/tickets/{ticket.number}/split/?messages={message}&subject=Друга",
        f"/agent/tickets/{ticket.number}/canned-replies/",
    ]
    wrong = look(window(grace, size=size, dark=dark, language=language), paths)

    assert wrong == []


@pytest.fixture
def letters(desk, billing, carla):
    """Letters of every kind: one on a ticket, one in quarantine, one that a machine wrote."""
    mailbox = Mailbox.objects.create(
        name="Billing", address="billing@desk.example", department=billing
    )
    rows = [
        inbound.receive(mailbox, raw)
        for raw in (
            letter(LONG * 5, subject=LONG, files=[("Рахунок.pdf", "application/pdf", b"%PDF-1")]),
            letter("Де рахунок?", subject="Рахунок за жовтень", charset="koi8-u"),
            bounce_of("unknown@elsewhere.example", carla.email),
        )
    ]
    inbound.handle(rows[0].pk)
    inbound.handle(rows[2].pk)
    broken = InboundEmail.objects.filter(pk=rows[1].pk)
    broken.update(state="failed", error="ZeroDivisionError: division by zero", tries=1)
    broken.get().steps.create(what="broke", detail="ZeroDivisionError: division by zero")
    return rows


@pytest.mark.parametrize(("size", "dark", "language"), LOOKS)
def test_pages_about_letters(window, letters, grace, size, dark, language):
    grace.language = language
    grace.save()
    taken, broken, bounce = (row.pk for row in letters)
    message = InboundEmail.objects.get(pk=taken).message_pk
    paths = [
        "/agent/letters/",
        "/agent/letters/?state=waiting",
        "/agent/letters/?address=no",
        "/agent/letters/?address=nobody",
        f"/agent/letters/{taken}/",
        f"/agent/letters/{broken}/",
        f"/agent/letters/{bounce}/",
        f"/agent/letters/{broken}/ticket/",
        f"/agent/letters/messages/{message}/reading/?charset=koi8-u",
    ]
    opened = window(grace, size=size, dark=dark, language=language)
    wrong = look(opened, paths)
    page = opened.go("/agent/letters/")
    page.locator(".row > label").first.click()
    page.locator('[name="act"][value="ignore"]').click()
    page.wait_for_selector("form.form")
    wrong += opened.faults()

    assert wrong == []


@pytest.mark.parametrize(("size", "dark", "language"), LOOKS)
def test_pages_of_customers(window, desk, carla, size, dark, language):
    carla.language = language
    carla.save()
    paths = [
        "/",
        "/tickets/new/",
        f"/tickets/{desk['ticket'].number}/",
        f"/tickets/{desk['solved'].number}/",
        "/account/",
        "/account/email/",
        "/account/password/change/",
        "/account/second-factor/",
        "/account/second-factor/totp/activate/",
    ]
    wrong = look(window(carla, size=size, dark=dark, language=language), paths)

    assert wrong == []


@pytest.mark.parametrize(("size", "dark", "language"), LOOKS)
def test_pages_of_strangers(window, desk, carla, size, dark, language):
    paths = [
        "/account/login/",
        "/account/signup/",
        "/account/login/code/",
        "/account/password/reset/",
        f"/ratings/{rating_token(desk['solved'], desk['answer'], carla)}/",
        f"/links/{ticket_token(desk['ticket'], carla)}/",
        "/links/changed-on-its-way/",
    ]
    opened = window(size=size, dark=dark, language=language)
    wrong = look(opened, paths)
    # The link that is over is reported by the browser as well.
    opened.complaints = [line for line in opened.complaints if "404" not in line]

    assert wrong == []
