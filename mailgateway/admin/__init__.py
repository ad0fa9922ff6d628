"""Mailboxes to set up, ledger and tray to look at."""

from mailgateway.admin.ledger import InboundEmailAdmin
from mailgateway.admin.mailboxes import MailboxAdmin, MailboxForm
from mailgateway.admin.tray import OutboundEmailAdmin

__all__ = ["InboundEmailAdmin", "MailboxAdmin", "MailboxForm", "OutboundEmailAdmin"]
