"""Two machines that answer each other stop after one letter, whatever the other one writes."""

from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import pytest
from django.utils import timezone

from mailgateway import inbound
from mailgateway.composing import assemble
from mailgateway.models import InboundEmail, Mailbox, OutboundEmail
from tests.letters import letter
from tickets import actions
from tickets.lifecycle import Status
from tickets.models import Ticket

CARLA = "carla@customer.example"
SUPPORT = "support@desk.example"
MOST_ROUNDS = 8


@pytest.fixture
def desk(billing) -> Mailbox:
    return Mailbox.objects.create(
        name="Support", address=SUPPORT, department=billing, smtp_host="127.0.0.1"
    )


def arrives(desk: Mailbox, raw: bytes) -> InboundEmail:
    row = inbound.receive(desk, raw)
    inbound.handle(row.pk)
    row.refresh_from_db()
    assert row.error == ""
    return row


def goes_out(desk: Mailbox) -> list[EmailMessage]:
    """What the tray hands over to the world."""
    letters = []
    for row in OutboundEmail.objects.filter(state="queued").order_by("pk"):
        letters.append(assemble(row, desk))
        row.state, row.sent_at, row.next_try_at = "sent", timezone.now(), None
        row.save()
    return letters


def with_all_marks(mail: EmailMessage) -> bytes:
    return letter(
        "I am away.",
        sender=CARLA,
        to=SUPPORT,
        subject=f"Automatic reply: {mail['Subject']}",
        In_Reply_To=mail["Message-ID"],
        Auto_Submitted="auto-replied",
        Date=format_datetime(timezone.now()),
    )


def without_marks_in_the_thread(mail: EmailMessage) -> bytes:
    return letter(
        "Thank you, we shall see to it.",
        sender=CARLA,
        to=SUPPORT,
        subject=str(mail["Subject"]),
        In_Reply_To=mail["Message-ID"],
        References=mail["Message-ID"],
        Date=format_datetime(timezone.now()),
    )


def without_marks_in_a_new_thread(mail: EmailMessage) -> bytes:
    return letter(
        "Thank you, we shall see to it.",
        sender=CARLA,
        to=SUPPORT,
        subject="We received your letter",
        Date=format_datetime(timezone.now()),
    )


def without_marks_and_slowly(mail: EmailMessage) -> bytes:
    return letter(
        "Thank you, we shall see to it.",
        sender=CARLA,
        to=SUPPORT,
        subject=str(mail["Subject"]),
        In_Reply_To=mail["Message-ID"],
        Date=format_datetime(timezone.now() + timedelta(minutes=4)),
    )


def another_desk(mail: EmailMessage) -> bytes:
    """A help desk like ours, that begins a ticket of everything and confirms it."""
    return letter(
        "Your request was received.",
        sender=CARLA,
        to=SUPPORT,
        subject=f"Re: {mail['Subject']} [#77]",
        In_Reply_To=mail["Message-ID"],
        Auto_Submitted="auto-replied",
        X_Auto_Response_Suppress="All",
        X_Loop="0123456789abcdef",
    )


def a_list(mail: EmailMessage) -> bytes:
    """Gives every letter back to everybody, us among them, as coming from the list."""
    raw = mail.as_bytes().replace(b"\nFrom: ", b"\nX-Original-From: ", 1)
    head = f"From: Support by list <{CARLA}>\nList-Id: <list.customer.example>\nSender: {CARLA}\n"
    return head.encode() + raw


MACHINES = [
    with_all_marks,
    without_marks_in_the_thread,
    without_marks_in_a_new_thread,
    without_marks_and_slowly,
    another_desk,
    a_list,
]


def talk(desk: Mailbox, machine) -> int:
    """Let the machine answer every letter to it until nobody says anything; how many it got."""
    got = 0
    for _round in range(MOST_ROUNDS):
        letters = [one for one in goes_out(desk) if parseaddr(one["To"])[1] == CARLA]
        if not letters:
            return got
        got += len(letters)
        for mail in letters:
            arrives(desk, machine(mail))
    raise AssertionError(f"still talking after {got} letters")


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.__name__)
def test_a_machine_that_answers_everything_gets_one_letter(desk, machine):
    first = arrives(desk, letter("Where is my invoice?", sender=CARLA, to=SUPPORT))

    assert talk(desk, machine) == 1
    assert first.ticket.customer.email == CARLA


@pytest.mark.parametrize(
    "machine",
    [with_all_marks, without_marks_in_the_thread, another_desk, a_list],
    ids=lambda machine: machine.__name__,
)
def test_a_solved_ticket_is_not_reopened_by_the_answer_to_its_notice(desk, ada, machine):
    ticket = arrives(desk, letter("Where is my invoice?", sender=CARLA, to=SUPPORT)).ticket
    talk(desk, machine)

    actions.solve_ticket(ticket, by=ada)

    assert talk(desk, machine) == 1
    ticket.refresh_from_db()
    assert ticket.status == Status.SOLVED
    assert Ticket.objects.count() == 1


def test_a_bounce_of_everything_we_write_is_not_answered(desk, ada):
    ticket = arrives(desk, letter("Where is my invoice?", sender=CARLA, to=SUPPORT)).ticket

    def bounces(mail: EmailMessage) -> bytes:
        return letter(
            "I could not deliver your message to the following address.\n\n"
            f"<{CARLA}>:\nno such user\n\n--- Below this line is a copy of the message.\n\n"
            f"Message-ID: {mail['Message-ID']}\nTo: {CARLA}\n",
            sender="MAILER-DAEMON@mx.customer.example",
            to=SUPPORT,
            subject="failure notice",
        )

    actions.reply_to_ticket(ticket, by=ada, body="It is attached.")

    assert talk(desk, bounces) == 2  # the confirmation and the answer
    assert Ticket.objects.count() == 1
    assert ticket.events.filter(kind="undelivered").count() == 2
