"""The lists of agents by pages, and a ticket's neighbours in them. The position of a page stands in
the address as `?after=`.
"""

from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from tickets.models import Ticket
from tickets.models.ticket import WHOSE_TURN
from tickets.paging import SEPARATOR, Key, Page, behind, read

SIZES: Final = (25, 50, 100)
TURN, NUMBER = Key("turn", int), Key("pk", int)
SORTS: Final[dict[str, tuple[Key, ...]]] = {
    "due": (TURN, Key("due_at", nullable=True), Key("waiting_since"), NUMBER),
    "waiting": (TURN, Key("waiting_since"), NUMBER),
    "updated": (Key("updated_at", descending=True), Key("pk", int, descending=True)),
    "newest": (Key("pk", int, descending=True),),
    "solved": (Key("solved_at", descending=True), Key("pk", int, descending=True)),
}
SORT_NAMES: Final = {
    "due": _("Due first"),
    "waiting": _("Longest waiting first"),
    "updated": _("Newest message first"),
    "newest": _("Newest ticket first"),
    "solved": _("Last solved first"),
}


def asked(data: QueryDict, name: str) -> str:
    """What an address says under `name`, "" if nothing."""
    return str(data.get(name) or "")


def page_of(tickets: QuerySet[Ticket], sort: str, after: str, size: int) -> Page:
    """`size` of `tickets` behind the position `after`, with what rows show; from the start if it
    says nothing. Keys alone are sorted and counted off: only what stands on the page is joined."""
    keys = SORTS[sort]
    order = [key.order() for key in keys]
    found = _with_turn(tickets, keys)
    values = read(after, keys)
    if values is not None:
        found = found.filter(behind(keys, values))
    chosen = found.order_by(*order).values("pk")[: size + 1]
    shown = Ticket.objects.filter(pk__in=chosen).for_queue().defer("words")
    rows = list(_with_turn(shown, keys).order_by(*order))
    more = len(rows) > size
    return Page(rows[:size], write(rows[size - 1], keys) if more else "", values is None)


def neighbour(tickets: QuerySet[Ticket], sort: str, at: str, *, forward: bool) -> Ticket | None:
    """The ticket that stands behind (or before) the position `at`; None at an end.
    A position outlives its ticket: who solved it goes on from where it stood."""
    keys = SORTS[sort]
    values = read(at, keys)
    if values is None:
        return None
    found = _with_turn(tickets, keys)
    if forward:
        found = found.filter(behind(keys, values)).order_by(*(key.order() for key in keys))
    else:
        reverse = [OrderBy(F(key.field), descending=not key.descending) for key in keys]
        found = found.filter(_before(keys, values)).order_by(*reverse)
    return found.defer("words").first()


def write(ticket: Ticket, keys: tuple[Key, ...]) -> str:
    """The position of `ticket`, for an address: it stands in every row, so it is short."""
    return SEPARATOR.join(
        key.said(_turn(ticket) if key is TURN else getattr(ticket, key.field)) for key in keys
    )


def _turn(ticket: Ticket) -> int:
    return 0 if ticket.is_ours else 1


def _with_turn(tickets: QuerySet[Ticket], keys: tuple[Key, ...]) -> QuerySet[Ticket]:
    return tickets.annotate(turn=WHOSE_TURN) if TURN in keys else tickets


def _before(keys: tuple[Key, ...], values: list[Any]) -> Q:
    """The mirror of `behind`; empty values, which come last, have all others before them."""
    before, equal = Q(), Q()
    for key, one in zip(keys, values, strict=True):
        if one is None:
            before |= equal & Q(**{f"{key.field}__isnull": False})
            equal &= Q(**{f"{key.field}__isnull": True})
            continue
        before |= equal & Q(**{f"{key.field}__{'gt' if key.descending else 'lt'}": one})
        equal &= Q(**{key.field: one})
    return before
