"""Waiting for news (IDLE, RFC 2177): the server speaks up when something changes in a folder."""

from collections.abc import Iterator

from mailgateway.imap.folder import Folder
from mailgateway.imap.line import in_words, signed_in
from mailgateway.models import Mailbox

# Servers may hang up after half an hour, and routers forget silent lines far earlier.
RENEW = 9 * 60


def news(mailbox: Mailbox) -> Iterator[None]:
    """One item each time something may have come into the folder of `mailbox`, the first at once;
    none any more where the server cannot tell.

    Never ends by itself otherwise; raises MailboxProblem when the line breaks. Reads nothing.
    """
    with signed_in(mailbox) as client:
        Folder(client, mailbox)
        yield
        while client.has_capability("IDLE"):
            with in_words(mailbox):
                client.idle()
                told = client.idle_check(timeout=RENEW)
                told += client.idle_done()[1]
            if any(b"EXISTS" in one for one in told):
                yield
