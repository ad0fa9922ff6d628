"""Pages by position instead of by number: the cost of a page never grows with those before it.

A position is the sort key of the last row shown, written into the address.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db.models import F, Q
from django.db.models.expressions import OrderBy

from tickets.models import Ticket

SEPARATOR, NOTHING = ".", "n"
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
# As much as a key of the database can be.
WHOLE: Final = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True)
class Key:
    """One column of a sort. Empty values come last."""

    field: str
    kind: type = datetime
    descending: bool = False
    nullable: bool = False

    def order(self) -> OrderBy:
        """For `order_by`."""
        return OrderBy(F(self.field), descending=self.descending)

    def said(self, value: datetime | int | None) -> str:
        """`value` of this column in an address; times are whole microseconds since 1970."""
        if value is None:
            return NOTHING
        return str((value - EPOCH) // MICROSECOND if isinstance(value, datetime) else value)

    def meant(self, part: str) -> datetime | int | None:
        """What `said` said. Raises ValueError or OverflowError for anything else."""
        if part == NOTHING and self.nullable:
            return None
        if not WHOLE.fullmatch(part):
            raise ValueError(part)
        return EPOCH + int(part) * MICROSECOND if self.kind is datetime else int(part)


@dataclass(frozen=True)
class Page:
    """Some rows, and where to go from here: `after` is "" on the last page."""

    rows: list[Ticket]
    after: str
    is_first: bool


def position(row: Any, keys: Sequence[Key]) -> str:
    """Where `row` stands, for an address: it stands in every row, so it is short."""
    return SEPARATOR.join(key.said(getattr(row, key.field)) for key in keys)


def read(token: str, keys: Sequence[Key]) -> list[Any] | None:
    """What `position` wrote; None for anything else."""
    parts = token.split(SEPARATOR)
    if len(parts) != len(keys):
        return None
    try:
        return [key.meant(part) for key, part in zip(keys, parts, strict=True)]
    except (ValueError, OverflowError):
        return None


def behind(keys: Sequence[Key], values: Sequence[Any]) -> Q:
    """The rows that come after the position `values`."""
    first, value = keys[0], values[0]
    # Said once more in a form that an index can start from.
    start = Q() if value is None else _compared(first, value, or_equal=True)
    found, equal = Q(), Q()
    for key, one in zip(keys, values, strict=True):
        if one is None:
            equal &= Q(**{f"{key.field}__isnull": True})
            continue
        found |= equal & _compared(key, one)
        equal &= Q(**{key.field: one})
    return start & found


def _compared(key: Key, value: Any, *, or_equal: bool = False) -> Q:
    sign = ("lt" if key.descending else "gt") + ("e" if or_equal else "")
    found = Q(**{f"{key.field}__{sign}": value})
    return found | Q(**{f"{key.field}__isnull": True}) if key.nullable else found
