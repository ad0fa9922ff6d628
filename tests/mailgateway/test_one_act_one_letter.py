"""What an agent does and then answers reaches the customer as one letter."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from mailgateway import outbound
from mailgateway.models import OutboundEmail
from tickets import actions
from tickets.lifecycle import Status
from tickets.models import Ticket

State = OutboundEmail.State


@pytest.fixture
def desk(mailbox, smtp_sink):
    """Billing's mailbox, with a real SMTP server."""
    mailbox.smtp_port = smtp_sink.port
    mailbox.save()
    return mailbox


@pytest.fixture(autouse=True)
def _ada_may_take_back(ada):
    ada.undo_seconds = 10
    ada.save()


def now(ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


@pytest.fixture
def solved(desk, ticket, ada):
    """Carla's ticket, solved, and nothing of it in the tray any more."""
    actions.solve_ticket(ticket, by=ada)
    OutboundEmail.objects.all().delete()
    return now(ticket)


@pytest.fixture
def two(desk, ticket, carla):
    """Two tickets of Carla's that wait for us."""
    other = actions.open_ticket(customer=carla, by=carla, subject="Ще раз", body="Рахунок?")
    OutboundEmail.objects.all().delete()
    return ticket, other


@pytest.fixture
def sent(smtp_sink):
    """What left, minutes from now: `sent(5)` are the kinds of the letters."""

    def sweep(minutes: float) -> list[str]:
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            for pk in outbound.to_sweep():
                outbound.send(pk)
        gone = OutboundEmail.objects.filter(state=State.SENT).order_by("id")
        assert len(gone) == len(smtp_sink.messages)
        return [row.kind for row in gone]

    return sweep


def test_who_opens_again_and_answers_writes_one_letter(solved, ada, sent):
    actions.reopen_ticket(solved, by=ada)
    actions.reply_to_ticket(now(solved), by=ada, body="Ось рахунок.")

    assert sent(5) == ["replied"]
    assert OutboundEmail.objects.get(kind="reopened").state == State.WITHDRAWN


def test_without_an_answer_the_notice_leaves_after_some_minutes(solved, ada, sent):
    actions.reopen_ticket(solved, by=ada)

    assert sent(2) == []
    assert sent(4) == ["reopened"]


def test_an_answer_that_was_taken_back_says_nothing(solved, ada, sent):
    actions.reopen_ticket(solved, by=ada)
    answer = actions.reply_to_ticket(now(solved), by=ada, body="Ось рахунок.")
    actions.take_back_reply(answer, by=ada)

    assert sent(5) == ["reopened"]


def test_while_an_answer_may_be_taken_back_the_notice_waits(solved, ada, sent):
    actions.reopen_ticket(solved, by=ada)
    with time_machine.travel(timezone.now() + timedelta(minutes=2.9)):
        ada.undo_seconds = 60
        ada.save()
        answer = actions.reply_to_ticket(now(solved), by=ada, body="Ось рахунок.")
        assert sent(0.5) == []
        actions.take_back_reply(answer, by=ada)

    assert sent(10) == ["reopened"]


def test_what_was_undone_in_time_is_not_told(solved, two, ada, sent):
    _first, other = two
    actions.reopen_ticket(solved, by=ada)
    actions.undo(solved.events.get(kind="reopened"), by=ada)
    other.refresh_from_db()
    actions.merge_tickets(
        other,
        into=actions.open_ticket(customer=other.customer, by=ada, subject="Third", body="Third"),
        by=ada,
    )
    actions.undo(other.events.get(kind="merged"), by=ada)

    assert {"reopened", "merged"}.isdisjoint(sent(5))


def test_who_merges_and_answers_writes_one_letter(two, ada, sent):
    ticket, other = two
    actions.merge_tickets(other, into=ticket, by=ada)
    actions.reply_to_ticket(now(ticket), by=ada, body="Відповідаємо на обидва.")

    assert sent(5) == ["replied"]


def test_an_answer_to_others_alone_does_not_stand_in(two, ada, mallory, sent):
    ticket, other = two
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    actions.merge_tickets(other, into=now(ticket), by=ada)
    actions.reply_to_ticket(now(ticket), by=ada, body="Лише вам.", without=[ticket.customer])

    assert sorted(sent(5)) == ["merged", "replied"]


def test_solved_with_an_answer_and_opened_again_at_once_is_one_letter(solved, ada, sent):
    actions.reopen_ticket(solved, by=ada)
    OutboundEmail.objects.all().delete()
    actions.reply_to_ticket(now(solved), by=ada, body="Ось.", then=Status.SOLVED)
    actions.reopen_ticket(now(solved), by=ada)

    assert sent(5) == ["replied"]
