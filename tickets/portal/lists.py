"""A customer's tickets by pages: a page reads as many rows as it shows, whatever was closed."""

from collections.abc import Sequence
from typing import Final, cast

from django.db.models import Case, IntegerField, When
from django.http import QueryDict

from departments.models import Brand, User
from tickets import search
from tickets.lifecycle import AT_WORK, FINISHED, Status
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
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


def lists_of(customer: User, said: QueryDict, brand: Brand) -> tuple[Page, Page]:
    """What is open and what is finished, as the address says it: `text` to be found, and where each
    list goes on (`open`, `closed`). A brand with a host name of its own shows those of its
    departments."""
    tickets: TicketQuerySet = Ticket.objects.annotate(turn=WHOSE_TURN)
    if not brand.is_default:
        tickets = tickets.filter(brand.own("department__"))
    if text := searched(said):
        tickets = cast("TicketQuerySet", search.find(text, tickets, by=customer))
    parts = tickets.of_customer_in_parts(customer)
    is_open, is_closed = (
        _page([part.filter(status__in=statuses) for part in parts], keys, said.get(name, ""))
        for name, statuses, keys in (OPEN, CLOSED)
    )
    return is_open, is_closed


def searched(said: QueryDict) -> str:
    """The words to be found, "" for none."""
    return said.get("text", "").strip()[:MOST_SEARCHED]


def _page(parts: Sequence[TicketQuerySet], keys: Sequence[Key], after: str) -> Page:
    values = read(after, keys)
    order = [key.order() for key in keys]
    if values is not None:
        parts = [part.filter(behind(keys, values)) for part in parts]
    first, *others = (part.order_by(*order).values("pk")[: PAGE + 1] for part in parts)
    shown = Ticket.objects.filter(pk__in=first.union(*others)).annotate(turn=WHOSE_TURN)
    rows = list(shown.defer("words").order_by(*order)[: PAGE + 1])
    more = len(rows) > PAGE
    return Page(rows[:PAGE], position(rows[PAGE - 1], keys) if more else "", values is None)
