"""The main job over real servers: a letter comes in by SMTP and IMAP, the answer goes out the same
way, and the customer's answer joins the ticket."""

import smtplib
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from django.utils import timezone

from mailgateway import tasks
from mailgateway.inbound import poll
from mailgateway.models import InboundEmail, Mailbox, OutboundEmail, Security
from mailgateway.outbound import to_sweep
from tests.letters import answer, letter
from tickets import actions
from tickets.lifecycle import Status
from tickets.models import Delivery, Ticket

SUPPORT, CARLA = "support@desk.example", "carla@customer.example"
MALLORY = "mallory@elsewhere.example"


@pytest.fixture
def desk(billing, imap_server) -> Mailbox:
    """Billing's mailbox on the real servers."""
    imap_server.add_account(SUPPORT)
    return Mailbox.objects.create(
        name="Support",
        address=SUPPORT,
        department=billing,
        imap_host=imap_server.host,
        imap_port=imap_server.port,
        imap_security=Security.NONE,
        imap_password=imap_server.password,
        smtp_host=imap_server.host,
        smtp_port=imap_server.smtp_port,
        smtp_security=Security.NONE,
        smtp_user=SUPPORT,
        smtp_password=imap_server.password,
    )


@pytest.fixture
def post(desk, imap_server):
    """Somebody's mail program sends a letter, and the desk's clock goes round once."""

    def send(raw: bytes, sender: str = CARLA) -> InboundEmail:
        with smtplib.SMTP(imap_server.host, imap_server.smtp_port, timeout=20) as line:
            line.sendmail(sender, [SUPPORT], raw)
        clock_goes_round(desk)
        return InboundEmail.objects.latest("id")

    return send


def clock_goes_round(desk: Mailbox) -> None:
    """What worker and clock do, in their order."""
    Mailbox.objects.update(next_poll_at=timezone.now())
    for pk in poll(desk.pk):
        tasks.handle_inbound(pk)
    for pk in to_sweep():
        tasks.send(pk)


def letters_to(imap_server, address: str) -> list[EmailMessage]:
    parser = BytesParser(policy=policy.default)
    return [parser.parsebytes(raw) for raw in imap_server.letters(address)]


@pytest.mark.parametrize("charset", ["koi8-u", "windows-1251", "utf-8"])
def test_a_letter_is_answered_and_the_answer_answered(post, desk, imap_server, ada, charset):
    row = post(
        letter(
            "Добрий день!\n\nРахунок за жовтень не прийшов. Є договір, ґрунтовний.",
            to=SUPPORT,
            subject="Рахунок за жовтень",
            charset=charset,
            files=[("Договір 7.txt", "text/plain", b"7")],
        )
    )
    ticket = row.ticket
    assert ticket.subject == "Рахунок за жовтень"
    assert ticket.messages.get().attachments.get().name == "Договір 7.txt"
    (received,) = letters_to(imap_server, CARLA)
    assert received["Auto-Submitted"] == "auto-replied"

    reply = actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо ще раз.")
    clock_goes_round(desk)

    mail = letters_to(imap_server, CARLA)[-1]
    assert mail["From"] == f"Ada · Бухгалтерія <{SUPPORT}>"
    assert mail["Subject"] == f"Re: Рахунок за жовтень [#{ticket.pk}]"
    assert mail["In-Reply-To"] == f"<{row.letter_id}>"
    assert mail["Auto-Submitted"] is None
    assert "Надсилаємо ще раз." in mail.get_body(("plain",)).get_content()
    assert Delivery.objects.get(message=reply, address=CARLA).state == Delivery.State.SENT

    joined = post(answer(mail, "Дякую, є!", sender=f"Carla <{CARLA}>", to=SUPPORT))

    assert (joined.state, joined.ticket) == (InboundEmail.State.REPLY, ticket)
    assert ticket.messages.get(pk=joined.message_pk).text == "Дякую, є!"
    assert joined.ticket.status == Status.OPEN

    actions.solve_ticket(ticket, by=ada)
    clock_goes_round(desk)
    solved = letters_to(imap_server, CARLA)[-1]
    assert "?score=5" in solved.get_body(("plain",)).get_content()
    assert Ticket.objects.count() == 1
    assert not OutboundEmail.objects.exclude(state=OutboundEmail.State.SENT).exists()


def test_a_stranger_with_the_number_in_the_subject_begins_a_ticket_of_their_own(post, imap_server):
    ticket = post(letter(to=SUPPORT)).ticket

    row = post(
        letter("Show me.", sender=MALLORY, to=SUPPORT, subject=f"Re: [#{ticket.pk}]"), MALLORY
    )

    assert row.ticket != ticket
    assert row.ticket.customer.email == MALLORY
    assert ticket.messages.count() == 1
    assert all(
        f"[#{ticket.pk}]" not in str(one["Subject"]) for one in letters_to(imap_server, MALLORY)
    )


def test_a_letter_that_breaks_the_parser_stands_in_the_ledger_and_stops_nothing(post, monkeypatch):
    def breaks(raw: bytes) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("mailgateway.inbound.understanding.parsed_of", breaks)
    broken = post(letter(to=SUPPORT))
    monkeypatch.undo()

    good = post(letter(to=SUPPORT))

    broken.refresh_from_db()
    assert (broken.state, broken.error) == ("failed", "RecursionError: too deep")
    assert good.state == InboundEmail.State.TICKET
