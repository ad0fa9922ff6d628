"""Letters in: `poll` reads a mailbox, `receive` keeps the bytes, `handle` understands them."""

from mailgateway.inbound.ledger import handle, receive, to_sweep, try_again
from mailgateway.inbound.reading import mailboxes_due, poll

__all__ = ["handle", "mailboxes_due", "poll", "receive", "to_sweep", "try_again"]
