"""The ledger page by page, newest first. A page costs the same however many letters there are.

A position is the time and the key of the last letter shown, written into the address as `?after=`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db.models import Q

from mailgateway.models import InboundEmail, LetterQuerySet

SIZE: Final = 50
_POSITION = re.compile(r"([0-9]{1,16})-([0-9]{1,18})")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    """Some letters, and where to go from here: `after` is "" on the last page."""

    letters: list[InboundEmail]
    after: str
    is_first: bool


def page_of(letters: LetterQuerySet, after: str) -> Page:
    """The letters behind the position `after`; from the newest if it says nothing."""
    position = _read(after)
    if position is not None:
        moment, pk = position
        behind = Q(received_at__lt=moment) | Q(received_at=moment, pk__lt=pk)
        # Said once more in a form that an index can start from.
        letters = letters.filter(behind, received_at__lte=moment)
    found = list(
        letters.light()
        .select_related("mailbox", "ticket")
        .defer("mailbox__imap_password", "mailbox__smtp_password", "error", "ticket__words")
        .order_by("-received_at", "-pk")[: SIZE + 1]
    )
    more = len(found) > SIZE
    return Page(found[:SIZE], _written(found[SIZE - 1]) if more else "", position is None)


def _written(letter: InboundEmail) -> str:
    return f"{(letter.received_at - _EPOCH) // timedelta(microseconds=1)}-{letter.pk}"


def _read(token: str) -> tuple[datetime, int] | None:
    found = _POSITION.fullmatch(token)
    if found is None:
        return None
    return _EPOCH + timedelta(microseconds=int(found[1])), int(found[2])
