"""Mailboxes, the ledger of letters that came, the tray of letters that go, and the breaker."""

from mailgateway.models.breaker import AutomaticMail, Breaker, Scope
from mailgateway.models.ledger import InboundEmail, LetterQuerySet, LetterStep
from mailgateway.models.mailbox import (
    AfterImport,
    Mailbox,
    MailboxQuerySet,
    Security,
    SignIn,
    UnfetchedLetter,
    is_ours,
    our_addresses,
    today,
    without_plus,
)
from mailgateway.models.oauth import OAuthAccess
from mailgateway.models.tray import OutboundEmail

__all__ = [
    "AfterImport",
    "AutomaticMail",
    "Breaker",
    "InboundEmail",
    "LetterQuerySet",
    "LetterStep",
    "Mailbox",
    "MailboxQuerySet",
    "OAuthAccess",
    "OutboundEmail",
    "Scope",
    "Security",
    "SignIn",
    "UnfetchedLetter",
    "is_ours",
    "our_addresses",
    "today",
    "without_plus",
]
