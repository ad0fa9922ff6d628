"""Copies of answers in the mailbox's own folder."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailgateway import outbound, sent
from mailgateway.models import Mailbox, OutboundEmail
from tickets import actions

BILLING = "billing@desk.example"


@pytest.fixture
def desk(mailbox, imap_server) -> Mailbox:
    """Billing's mailbox on real servers, whose provider keeps no copies."""
    imap_server.add_account(BILLING)
    with imap_server.client(BILLING) as client:
        client.create_folder("Надіслані")
    mailbox.imap_host, mailbox.imap_port = imap_server.host, imap_server.port
    mailbox.smtp_port = imap_server.smtp_port
    mailbox.imap_security = "none"
    mailbox.imap_user = mailbox.smtp_user = BILLING
    mailbox.imap_password = mailbox.smtp_password = imap_server.password
    mailbox.sent_folder = "Надіслані"
    mailbox.save()
    return mailbox


@pytest.fixture
def row(desk, ticket, ada) -> OutboundEmail:
    """Ada's answer, on its way to Carla."""
    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    row = OutboundEmail.objects.get(kind="replied")
    outbound.send(row.pk)
    row.refresh_from_db()
    return row


def copies(imap_server) -> list[bytes]:
    with imap_server.client(BILLING) as client:
        client.select_folder("Надіслані", readonly=True)
        found = client.fetch(client.search(), ["BODY.PEEK[]", "FLAGS"])
        assert all(b"\\Seen" in one[b"FLAGS"] for one in found.values())
        return [one[b"BODY[]"] for one in found.values()]


def test_what_was_sent_lies_in_the_folder_once(row, imap_server):
    assert sent.to_sweep() == [row.pk]

    sent.copy(row.pk)
    sent.copy(row.pk)
    # Died before it could note it down.
    OutboundEmail.objects.filter(pk=row.pk).update(copy_at=timezone.now())
    sent.copy(row.pk)

    (raw,) = copies(imap_server)
    assert f"<{row.letter_id}>".encode() in raw
    row.refresh_from_db()
    assert row.copy_at is None
    assert sent.to_sweep() == []


def test_a_folder_that_is_not_there_harms_no_letter(row, desk):
    Mailbox.objects.update(sent_folder="Sent Items")

    sent.copy(row.pk)

    row.refresh_from_db()
    assert row.state == OutboundEmail.State.SENT
    assert "There is no folder “Sent Items”" in row.last_error
    assert row.copy_at > timezone.now()


def test_after_two_days_no_more_copies_are_tried(row, desk):
    Mailbox.objects.update(sent_folder="Sent Items")
    OutboundEmail.objects.update(sent_at=timezone.now() - timedelta(days=3))

    sent.copy(row.pk)

    row.refresh_from_db()
    assert row.copy_at is None


def test_where_no_folder_is_named_no_copy_is_made(desk, ticket, ada):
    Mailbox.objects.update(sent_folder="")
    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    row = OutboundEmail.objects.get(kind="replied")

    outbound.send(row.pk)

    assert sent.to_sweep() == []
