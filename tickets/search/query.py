"""Asking: a line of words → the tickets that a person may see and that say them."""

from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value

from departments.models import User
from helpdesk.lib.keys import key_in
from helpdesk.lib.vectors import Wanted, terms
from tickets.models import Message, Ticket

OF_CUSTOMERS = ("AB", "BD")
"""Weights in tickets and in messages (see `index`) of what customers may find: neither our tags and
fields, nor names and addresses of agents, of whom they know another one."""
MOST_LOOKED_UP = 1000
"""A word that occurs less often is looked up; others are found quicker by walking through."""


def find(text: str, tickets: QuerySet[Ticket], *, by: User, only: str = "") -> QuerySet[Ticket]:
    """Those of `tickets` in which every word of `text` occurs, in the ticket itself or in a message
    that `by` may read. `only` narrows it to "subject" or "messages". `#10042` is that ticket.

    The caller's `tickets` decide what may be found at all; the order stays the caller's.
    """
    stripped = text.strip()
    if stripped.startswith("#") and stripped[1:].isdecimal():
        return tickets.filter(pk=key_in(stripped[1:]))
    in_ticket, in_messages = ("", "") if by.is_agent else OF_CUSTOMERS
    asked = [*zip(terms(stripped, in_ticket), terms(stripped, in_messages), strict=True)]
    wanted = Q()
    for of_ticket, of_message in asked:
        # Notes are searched only where `by` works; the rest of the rule stands in `readable_by`.
        here = Message.objects.readable_by(by).filter(ticket=OuterRef("pk"), words=of_message)
        # One ticket after the other: of an EXISTS the database would make a list of all messages
        # that say the word, for it does not think of the limit that ends the walk.
        said = Q(pk=Subquery(here.order_by().values("ticket")[:1]))
        if only == "subject":
            wanted &= Q(words=of_ticket)
        elif only == "messages":
            wanted &= said
        else:
            wanted &= Q(words=of_ticket) | said
    if not wanted:
        return tickets.none()
    numbers = _with_the_rarest(asked, only)
    return tickets.filter(wanted) if numbers is None else tickets.filter(wanted, pk__in=numbers)


def _with_the_rarest(asked: list[tuple[Wanted, Wanted]], only: str) -> list[int] | None:
    """Numbers of the tickets that say the rarest of the words anywhere, whoever may see them; None
    if each of the words occurs too often to be looked up."""
    places: list[QuerySet[Any, Any]] = []
    for position, (of_ticket, of_message) in enumerate(asked):
        named = Ticket.objects.filter(words=of_ticket)
        said = Message.objects.filter(words=of_message)
        if only != "messages":
            places.append(named.values_list(Value(position), "pk"))
        if only != "subject":
            places.append(said.values_list(Value(position), "ticket"))
    first, *others = (one.order_by()[: MOST_LOOKED_UP + 1] for one in places)
    numbers: dict[int, list[int]] = {position: [] for position in range(len(asked))}
    for position, number in first.union(*others, all=True):
        numbers[position].append(number)
    rarest = min(numbers.values(), key=len)
    return rarest if len(rarest) <= MOST_LOOKED_UP else None
