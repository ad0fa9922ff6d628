"""Letters in: `poll` reads a mailbox, `receive` keeps the bytes, `handle` understands them."""

from mailgateway.inbound.ledger import handle, receive, to_sweep, try_again
from mailgateway.inbound.outcomes import Outcome, outcome_of
from mailgateway.inbound.reading import mailboxes_due, poll

__all__ = [
    "Outcome",
    "handle",
    "mailboxes_due",
    "outcome_of",
    "poll",
    "receive",
    "to_sweep",
    "try_again",
]
