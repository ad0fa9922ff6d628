"""The only door to IMAP. Letters are looked at without a trace (`BODY.PEEK[]`) and changed on the
server only where the mailbox says what is to become of those that were fetched."""

from mailgateway.imap.copies import append
from mailgateway.imap.folder import Folder, Letter, Outline, opened
from mailgateway.imap.idling import news
from mailgateway.imap.line import held
from mailgateway.imap.trial import check

__all__ = ["Folder", "Letter", "Outline", "append", "check", "held", "news", "opened"]
