"""A customer's tickets by pages: a page reads as many rows as it shows, whatever was closed.

Each way by which a ticket is theirs (written by them, in copy, by a colleague) is one look into an
index that has the order of the list, for as many rows as a page takes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, When
from django.http import QueryDict

from departments.models import Brand, User
from tickets import search
from tickets.lifecycle import AT_WORK, FINISHED, Status
from tickets.models import Follower, Ticket
from tickets.models.ticket import shared_in
from tickets.paging import Key, Page, behind, position, read

PAGE: Final = 25
MOST_SEARCHED: Final = 200
"""Letters of a question; more are not read."""

# What waits for the customer stands first.
WHOSE_TURN: Final = Case(
    When(status=Status.PENDING, then=0), default=1, output_field=IntegerField()
)
NEWEST: Final = (Key("updated_at", descending=True), Key("pk", int, descending=True))
# (name in the address, statuses, order) of the two lists.
OPEN: Final = ("open", AT_WORK, (Key("turn", int), *NEWEST))
# A merged ticket is a pointer: its conversation goes on in another one.
CLOSED: Final = ("closed", FINISHED, NEWEST)


@dataclass(frozen=True)
class _Wanted:
    """What a page is made of: whose tickets, of which statuses, in which order and from where on;
    of one department, or of all; those in which something was `found`, or all."""

    customer: User
    statuses: frozenset[Status]
    keys: Sequence[Key]
    values: Sequence[Any] | None
    department: int | None
    found: QuerySet[Ticket] | None

    def ways(self) -> Iterator[QuerySet[Any, Any]]:
        """Keys of the first tickets for each way by which they are the customer's."""
        tickets: QuerySet[Ticket] = Ticket.objects.all()
        copies = Follower.objects.all()
        if self.found is not None:
            tickets = self.found
            copies = copies.filter(Exists(tickets.filter(pk=OuterRef("ticket"))))
        yield self._first(tickets.filter(customer=self.customer))
        # A follower carries the columns of its ticket that a list asks for.
        copied = replace(self, keys=[_of_copies(key) for key in self.keys])
        yield copied._first(copies.filter(user=self.customer, in_copy=True), "ticket")
        if self.customer.organisation_id:
            yield self._first(tickets.filter(organisation=shared_in(self.customer.organisation_id)))

    def _first(self, rows: QuerySet[Any], number: str = "pk") -> QuerySet[Any, Any]:
        wanted = Q(status__in=sorted(self.statuses))
        if self.department is not None:
            wanted &= Q(department=self.department)
        if self.values is not None:
            wanted &= behind(self.keys, self.values)
        rows = rows.annotate(turn=WHOSE_TURN).filter(wanted)
        return rows.order_by(*(key.order() for key in self.keys)).values(number)[: PAGE + 1]


def _of_copies(key: Key) -> Key:
    return replace(key, field="ticket") if key.field == "pk" else key


def lists_of(customer: User, said: QueryDict, brand: Brand) -> tuple[Page, Page]:
    """What is open and what is finished, as the address says it: `text` to be found, and where each
    list goes on (`open`, `closed`). A brand with a host name of its own shows those of its
    departments."""
    text = searched(said)
    found = search.find(text, Ticket.objects.all(), by=customer) if text else None
    places = [None] if brand.is_default else list(brand.departments.values_list("pk", flat=True))
    is_open, is_closed = (
        _page(
            [
                _Wanted(customer, statuses, keys, read(said.get(name, ""), keys), place, found)
                for place in places
            ],
            keys,
        )
        for name, statuses, keys in (OPEN, CLOSED)
    )
    return is_open, is_closed


def searched(said: QueryDict) -> str:
    """The words to be found, "" for none."""
    return said.get("text", "").strip()[:MOST_SEARCHED]


def _page(wanted: Sequence[_Wanted], keys: Sequence[Key]) -> Page:
    if not wanted:
        return Page([], "", is_first=True)
    first, *others = (way for one in wanted for way in one.ways())
    shown = Ticket.objects.filter(pk__in=first.union(*others)).annotate(turn=WHOSE_TURN)
    order = (key.order() for key in keys)
    rows = list(shown.defer("words").order_by(*order)[: PAGE + 1])
    more = len(rows) > PAGE
    return Page(
        rows[:PAGE], position(rows[PAGE - 1], keys) if more else "", wanted[0].values is None
    )
