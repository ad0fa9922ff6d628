"""Mailboxes, the ledger of letters that came, and the tray of letters that go."""

from mailgateway.models.ledger import InboundEmail, LetterQuerySet, LetterStep
from mailgateway.models.mailbox import Mailbox, MailboxQuerySet, Security, today
from mailgateway.models.tray import OutboundEmail

__all__ = [
    "InboundEmail",
    "LetterQuerySet",
    "LetterStep",
    "Mailbox",
    "MailboxQuerySet",
    "OutboundEmail",
    "Security",
    "today",
]
