"""Mailboxes to set up, ledger and tray to look at."""

from mailgateway.admin.breakers import AutomaticMailAdmin, BreakerAdmin, ReturnedMailAdmin
from mailgateway.admin.ledger import InboundEmailAdmin
from mailgateway.admin.letter_texts import LetterTextAdmin
from mailgateway.admin.mailboxes import MailboxAdmin, MailboxForm
from mailgateway.admin.tray import OutboundEmailAdmin

__all__ = [
    "AutomaticMailAdmin",
    "BreakerAdmin",
    "InboundEmailAdmin",
    "LetterTextAdmin",
    "MailboxAdmin",
    "MailboxForm",
    "OutboundEmailAdmin",
    "ReturnedMailAdmin",
]
