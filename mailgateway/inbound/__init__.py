"""Letters in: `poll` reads a mailbox, `receive` keeps the bytes, `handle` understands them; people
run them again, read them again, make tickets of them or ignore them."""

from mailgateway.inbound.byhand import (
    Tally,
    can_be_ticket,
    can_handle,
    ignore,
    ignore_all,
    make_ticket,
    run_again,
    run_all_again,
)
from mailgateway.inbound.ledger import handle, receive, to_sweep, try_again
from mailgateway.inbound.looking import Look, look_at
from mailgateway.inbound.outcomes import Outcome, outcome_of
from mailgateway.inbound.reading import compare_all, mailboxes_due, poll
from mailgateway.inbound.rereading import look_into, may_fetch, read_again, ticket_behind

__all__ = [
    "Look",
    "Outcome",
    "Tally",
    "can_be_ticket",
    "can_handle",
    "compare_all",
    "handle",
    "ignore",
    "ignore_all",
    "look_at",
    "look_into",
    "mailboxes_due",
    "make_ticket",
    "may_fetch",
    "outcome_of",
    "poll",
    "read_again",
    "receive",
    "run_again",
    "run_all_again",
    "ticket_behind",
    "to_sweep",
    "try_again",
]
