"""Mailboxes and letters for the gateway's tests."""

from collections.abc import Callable

import pytest

from mailgateway import inbound
from mailgateway.models import InboundEmail, Mailbox, Security


@pytest.fixture
def mailbox(billing) -> Mailbox:
    """Billing's own address. Its servers are nowhere: tests that connect name real ones."""
    return Mailbox.objects.create(
        name="Billing",
        address="billing@desk.example",
        department=billing,
        smtp_host="127.0.0.1",
        smtp_port=9,
        smtp_security=Security.NONE,
    )


@pytest.fixture
def arrives(mailbox) -> Callable[..., InboundEmail]:
    """Let raw bytes arrive in Billing's mailbox (or another) and be understood."""

    def arrive(raw: bytes, at: Mailbox | None = None) -> InboundEmail:
        row = inbound.receive(at or mailbox, raw)
        inbound.handle(row.pk)
        row.refresh_from_db()
        return row

    return arrive
