"""What a ticket may become: statuses, priorities and the table of moves. No rows here.

Source: product.md 2 (statuses), field.md 3 (Merged and Spam are the system's own).
"""

from typing import Final

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.errors import DeskError


class Status(TextChoices):
    """Where a ticket stands."""

    NEW = "new", _("New")
    OPEN = "open", _("Open")
    PENDING = "pending", _("Waiting for customer")
    ON_HOLD = "on_hold", _("On hold")
    SOLVED = "solved", _("Solved")
    CLOSED = "closed", _("Closed")
    MERGED = "merged", _("Merged")
    SPAM = "spam", _("Spam")


class Priority(IntegerChoices):
    """How soon; the numbers sort."""

    LOW = 1, _("Low")
    NORMAL = 2, _("Normal")
    HIGH = 3, _("High")
    URGENT = 4, _("Urgent")


OURS: Final = frozenset({Status.NEW, Status.OPEN})
"""Our turn: the customer waits for us."""

AT_WORK: Final = OURS | {Status.PENDING, Status.ON_HOLD}
"""Not finished yet."""

FINISHED: Final = frozenset({Status.SOLVED, Status.CLOSED})

MOVES: Final[dict[Status, frozenset[Status]]] = {
    Status.NEW: frozenset(
        {Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SOLVED, Status.CLOSED}
        | {Status.MERGED, Status.SPAM}
    ),
    Status.OPEN: frozenset(
        {Status.PENDING, Status.ON_HOLD, Status.SOLVED, Status.CLOSED, Status.MERGED, Status.SPAM}
    ),
    Status.PENDING: frozenset(
        {Status.OPEN, Status.ON_HOLD, Status.SOLVED, Status.CLOSED, Status.MERGED, Status.SPAM}
    ),
    Status.ON_HOLD: frozenset(
        {Status.OPEN, Status.PENDING, Status.SOLVED, Status.CLOSED, Status.MERGED, Status.SPAM}
    ),
    Status.SOLVED: frozenset({Status.OPEN, Status.PENDING, Status.CLOSED, Status.MERGED}),
    Status.CLOSED: frozenset({Status.OPEN, Status.MERGED}),
    Status.MERGED: frozenset({Status.OPEN}),
    Status.SPAM: frozenset({Status.OPEN, Status.MERGED}),
}


class ImpossibleMove(DeskError):
    """The table of moves has no such line."""

    status = 409


REFUSALS: Final = {
    Status.CLOSED: _("This ticket is closed. Reopen it first, or open a follow-up."),
    Status.MERGED: _("This ticket was merged into another one. Go on there."),
    Status.SPAM: _("This ticket is marked as spam. Reopen it first."),
    Status.SOLVED: _("This ticket is solved. Reopen it first."),
}


def check_move(old: str, new: str) -> None:
    """Raise ImpossibleMove unless the table allows `old` -> `new`; staying is always allowed."""
    if old == new or Status(new) in MOVES[Status(old)]:
        return
    raise ImpossibleMove(REFUSALS.get(Status(old), _("That is not possible for this ticket.")))


def after_reply(old: str, *, by_customer: bool) -> Status:
    """The status that a public message leaves a ticket in, if nothing else was wished."""
    if not by_customer:
        return Status.PENDING
    # Nothing new from the sender of spam brings it back by itself.
    return Status(old) if old in {Status.NEW, Status.SPAM} else Status.OPEN
