"""The main job as people do it: letters over real servers, clicks in a real browser."""

import re
import smtplib
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from mailgateway import tasks
from mailgateway.inbound import poll
from mailgateway.models import Mailbox, OutboundEmail, Security
from mailgateway.outbound import to_sweep
from tickets.lifecycle import Status
from tickets.models import Rating, Ticket

pytestmark = [pytest.mark.needs_chromium, pytest.mark.django_db(transaction=True)]

SUPPORT, CARLA = "support@desk.example", "carla@customer.example"


@pytest.fixture
def mailbox(billing, imap_server):
    imap_server.add_account(SUPPORT)
    return Mailbox.objects.create(
        name="Support",
        address=SUPPORT,
        department=billing,
        imap_host=imap_server.host,
        imap_port=imap_server.port,
        imap_security=Security.NONE,
        imap_user=SUPPORT,
        imap_password=imap_server.password,
        smtp_host=imap_server.host,
        smtp_port=imap_server.smtp_port,
        smtp_security=Security.NONE,
    )


def clock_goes_round(mailbox: Mailbox) -> None:
    Mailbox.objects.update(next_poll_at=timezone.now())
    for pk in poll(mailbox.pk):
        tasks.handle_inbound(pk)
    for pk in to_sweep():
        tasks.send(pk)


def post(imap_server, raw: bytes) -> None:
    with smtplib.SMTP(imap_server.host, imap_server.smtp_port, timeout=20) as line:
        line.sendmail(CARLA, [SUPPORT], raw)


def letter_of_carla(charset: str) -> bytes:
    """As an old mail program writes it: 8-bit body, encoded words, a file named in Cyrillic."""
    letter = EmailMessage(policy=policy.SMTP.clone(cte_type="8bit"))
    letter["From"], letter["To"] = f"Carla Bondar <{CARLA}>", SUPPORT
    letter["Subject"] = "Рахунок за жовтень не прийшов"
    letter["Message-ID"] = "<first@customer.example>"
    letter.set_content("Добрий день!\n\nЄ договір 4711, а рахунку немає.\n", charset=charset)
    letter.add_attachment("журнал".encode(), "text", "plain", filename="Договір 4711.txt")
    return letter.as_bytes()


def letters_to_carla(imap_server) -> list[EmailMessage]:
    parser = BytesParser(policy=policy.default)
    return [parser.parsebytes(raw) for raw in imap_server.letters(CARLA)]


def answer_to(letter: EmailMessage, text: str) -> bytes:
    answer = EmailMessage(policy=policy.SMTP)
    answer["From"], answer["To"] = CARLA, SUPPORT
    answer["Subject"] = f"Re: {letter['Subject']}"
    answer["In-Reply-To"] = letter["Message-ID"]
    answer["References"] = letter["Message-ID"]
    answer.set_content(text)
    return answer.as_bytes()


@pytest.mark.parametrize("charset", ["koi8-u", "windows-1251", "utf-8"])
def test_from_the_first_letter_to_the_rating(window, mailbox, imap_server, ada, charset):
    ada.set_password("correct horse")
    ada.language = "uk"
    ada.save()
    ada.emailaddress_set.create(email=ada.email, verified=True, primary=True)
    post(imap_server, letter_of_carla(charset))
    clock_goes_round(mailbox)
    ticket = Ticket.objects.get()

    # Ada signs in and finds it waiting.
    opened = window(language="uk")
    page = opened.go("/agent/")
    page.locator("input[name=login]").fill(ada.email)
    page.locator("input[name=password]").fill("correct horse")
    page.locator("input[name=password]").press("Enter")
    page.locator(".row").filter(has_text="Рахунок за жовтень не прийшов").get_by_role(
        "link"
    ).first.click()
    expect(page.locator("main")).to_contain_text("Рахунок за жовтень не прийшов")
    expect(page.locator("#thread")).to_contain_text("Є договір 4711")
    expect(page.locator("#thread")).to_contain_text("Договір 4711.txt")

    # She answers.
    page.locator("form[action$='/replies/'] trix-editor").fill("Надсилаємо рахунок ще раз.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread")).to_contain_text("Надсилаємо рахунок ще раз.")
    clock_goes_round(mailbox)

    # Carla has an ordinary letter, with the right headers, and answers it.
    received, reply = letters_to_carla(imap_server)
    assert received["Auto-Submitted"] == "auto-replied"
    assert reply["Auto-Submitted"] is None
    assert reply["From"].addresses[0].addr_spec == SUPPORT
    assert reply["From"].addresses[0].display_name.startswith("Ada")
    assert reply["Subject"] == f"Re: Рахунок за жовтень не прийшов [#{ticket.number}]"
    assert reply["In-Reply-To"] == "<first@customer.example>"
    assert "Надсилаємо рахунок ще раз." in reply.get_body(("plain",)).get_content()
    post(imap_server, answer_to(reply, "Тепер є, дякую!"))
    clock_goes_round(mailbox)
    assert Ticket.objects.get() == ticket

    # It appears on Ada's page, and she solves the ticket.
    page.reload()
    expect(page.locator("#thread")).to_contain_text("Тепер є, дякую!")
    page.locator("form[action$='/solution/'] button").first.click()
    expect(page.locator("form[action$='/reopening/']").first).to_be_attached()
    ticket.refresh_from_db()
    assert ticket.status == Status.SOLVED
    clock_goes_round(mailbox)

    # Carla rates it from the letter, on her phone, without signing in.
    solved = letters_to_carla(imap_server)[-1]
    link = re.search(r"http\S+/ratings/\S+score=5", solved.get_body(("plain",)).get_content())
    phone = window(language="uk", size={"width": 360, "height": 740})
    page = phone.go(re.sub(r"^http://[^/]+", phone.base, link[0]))
    assert not Rating.objects.exists()
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()

    assert Rating.objects.get().score == 5
    assert not OutboundEmail.objects.exclude(state="sent").exists()


def test_a_customer_without_scripts_does_everything_in_the_portal(
    window, mailbox, imap_server, ada, carla, tmp_path, settings
):
    # The test runner puts another backend in its place.
    settings.EMAIL_BACKEND = "mailgateway.backend.TrayBackend"
    opened = window(scripts=False, language="uk")
    page = opened.go("/account/login/code/")
    page.locator("input[type=email]").fill(carla.email)
    page.locator("main form button[type=submit]").first.click()
    clock_goes_round(mailbox)
    (sent,) = letters_to_carla(imap_server)
    code = re.search(
        r"^\s*([A-Z0-9]{3,}(?:-?[A-Z0-9]{3,})?)\s*$",
        sent.get_body(("plain",)).get_content(),
        re.MULTILINE,
    )[1]
    page.locator("input[name=code]").fill(code)
    page.locator("main form button[type=submit]").first.click()

    log = tmp_path / "журнал.txt"
    log.write_text("помилка 500", encoding="utf-8")
    opened.go("/tickets/new/")
    page.locator("input[name=subject]").fill("Сайт не відкривається з учора")
    page.locator("main form textarea").first.fill("Учора о 14:00 перестав відкриватися.")
    page.locator("input[type=file]").set_input_files(str(log))
    page.locator("main form button[type=submit]").last.click()
    # The hints stand there once, and the file has stayed.
    expect(page.locator("#field-files")).to_contain_text("журнал.txt")
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("h1")).to_contain_text("Сайт не відкривається")
    ticket = Ticket.objects.get()
    assert ticket.messages.get().attachments.get().name == "журнал.txt"

    page.locator("form[action$='/answers/'] textarea").fill("Ще одне: пошта працює.")
    page.locator("form[action$='/answers/'] button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("пошта працює")
    page.locator("form[action$='/solution/'] button").first.click()
    ticket.refresh_from_db()
    assert ticket.status == Status.SOLVED
    page.locator("form[action$='/reopening/'] button").first.click()
    ticket.refresh_from_db()
    assert ticket.status == Status.OPEN
