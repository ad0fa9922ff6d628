"""Mailboxes, the ledger of letters that came, the tray of letters that go, and the breaker."""

from mailgateway.models.breaker import AutomaticMail, Breaker, Scope
from mailgateway.models.ledger import InboundEmail, LetterQuerySet, LetterStep
from mailgateway.models.mailbox import Mailbox, MailboxQuerySet, Security, today
from mailgateway.models.tray import OutboundEmail

__all__ = [
    "AutomaticMail",
    "Breaker",
    "InboundEmail",
    "LetterQuerySet",
    "LetterStep",
    "Mailbox",
    "MailboxQuerySet",
    "OutboundEmail",
    "Scope",
    "Security",
    "today",
]
