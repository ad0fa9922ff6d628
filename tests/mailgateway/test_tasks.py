"""The clock and the queue: every task may run twice, and a sweep finds what the queue forgot."""

import pytest
from django.utils import timezone

from helpdesk.lib import queue
from mailgateway import inbound, tasks
from mailgateway.models import InboundEmail, Mailbox, OutboundEmail
from tests.letters import letter
from tickets import actions
from tickets.models import Ticket


@pytest.fixture
def queued(monkeypatch, django_capture_on_commit_callbacks):
    """What would be handed to the worker: (task name, arguments, seconds to wait)."""
    found = []

    def note(self, args=(), countdown=None, **_options):
        found.append((self.name.rpartition(".")[2], *args, countdown))

    monkeypatch.setattr("celery.app.task.Task.apply_async", note)

    def run(call) -> list[tuple]:
        found.clear()
        with django_capture_on_commit_callbacks(execute=True):
            call()
        return list(found)

    return run


def test_mailboxes_are_polled_when_their_time_has_come(mailbox, queued):
    assert queued(tasks.poll_mailboxes) == []  # it has no IMAP server

    Mailbox.objects.update(imap_host="127.0.0.1")
    assert queued(tasks.poll_mailboxes) == [("poll_mailbox", mailbox.pk, None)]

    Mailbox.objects.update(is_active=False)
    assert queued(tasks.poll_mailboxes) == []


def test_a_sweep_finds_letters_that_nobody_read(mailbox, queued):
    row = inbound.receive(mailbox, letter())

    assert queued(tasks.sweep_ledger) == [("handle_inbound", row.pk, None)]
    tasks.handle_inbound(row.pk)
    tasks.handle_inbound(row.pk)

    assert Ticket.objects.count() == 1
    assert queued(tasks.sweep_ledger) == []


def test_a_sweep_finds_letters_that_nobody_sent(mailbox, ticket, ada, queued, smtp_sink):
    OutboundEmail.objects.all().delete()
    Mailbox.objects.update(smtp_port=smtp_sink.port)
    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    row = OutboundEmail.objects.get()

    assert queued(tasks.sweep_tray) == [("send", row.pk, None)]
    tasks.send(row.pk)
    tasks.send(row.pk)

    assert len(smtp_sink.messages) == 1
    assert queued(tasks.sweep_tray) == []


def test_an_answer_is_hurried_along_after_its_seconds_of_grace(
    settings, mailbox, ticket, ada, queued
):
    settings.DESK_UNDO_SECONDS = 10
    ((name, pk, wait),) = queued(lambda: actions.reply_to_ticket(ticket, by=ada, body="Так."))

    assert (name, pk) == ("send", OutboundEmail.objects.latest("id").pk)
    assert 10 < wait < 12


def test_a_queue_that_is_away_stops_nobody(mailbox, ticket, ada, monkeypatch, caplog):
    def away(*_args, **_options):
        raise ConnectionError("no redis")

    monkeypatch.setattr("celery.app.task.Task.apply_async", away)
    monkeypatch.setattr(queue.transaction, "on_commit", lambda call, robust: call())

    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо.")

    assert "a sweep will find" in caplog.text
    row = OutboundEmail.objects.get(kind="replied")
    assert row.next_try_at <= timezone.now()
    assert InboundEmail.objects.count() == 0
