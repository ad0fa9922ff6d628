"""Asking: a line of words → the tickets that a person may see and that say them."""

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Exists, OuterRef, Q, QuerySet, Value

from departments.models import User
from helpdesk.lib.keys import key_in
from tickets.models import Message, Ticket
from tickets.search import words

MOST_TERMS = 12
MOST_LOOKED_UP = 1000
"""A word that occurs less often is looked up; others are found quicker by walking through."""


class Wanted(SearchQuery):
    """A tsquery taken as it stands: `to_tsquery` would split its words once more, at apostrophes,
    although they stand whole in the index."""

    template = "(%(expressions)s)::tsquery"


def _raw(forms: frozenset[str], *, prefix: bool) -> str:
    quoted = [
        "'{}'".format(form.replace("\\", "\\\\").replace("'", "''")) for form in sorted(forms)
    ]
    return "(" + " | ".join(f"{one}:*" if prefix else one for one in quoted) + ")"


def _terms(text: str) -> list[Wanted]:
    found = words.WORD.findall(text.lower().translate(words.SAME))[:MOST_TERMS]
    return [
        Wanted(
            # The last word may still be in the making, so its beginning is enough.
            _raw(
                words.forms(word) | {word},
                prefix=position == len(found) and len(word) > 2 and not word.isdigit(),
            ),
            search_type="raw",
        )
        for position, word in enumerate(found, 1)
    ]


def find(text: str, tickets: QuerySet[Ticket], *, by: User, only: str = "") -> QuerySet[Ticket]:
    """Those of `tickets` in which every word of `text` occurs, in the ticket itself or in a message
    that `by` may read. `only` narrows it to "subject" or "messages". `#10042` is that ticket.

    The caller's `tickets` decide what may be found at all; the order stays the caller's.
    """
    stripped = text.strip()
    if stripped.startswith("#") and stripped[1:].isdecimal():
        return tickets.filter(pk=key_in(stripped[1:]))
    terms, wanted = _terms(stripped), Q()
    for term in terms:
        # Notes are searched only where `by` works; the rest of the rule stands in `readable_by`.
        said = Message.objects.readable_by(by).filter(ticket=OuterRef("pk"), words=term)
        if only == "subject":
            wanted &= Q(words=term)
        elif only == "messages":
            wanted &= Q(Exists(said))
        else:
            wanted &= Q(words=term) | Q(Exists(said))
    if not wanted:
        return tickets.none()
    numbers = _with_the_rarest(terms, only)
    return tickets.filter(wanted) if numbers is None else tickets.filter(wanted, pk__in=numbers)


def _with_the_rarest(terms: list[Wanted], only: str) -> list[int] | None:
    """Numbers of the tickets that say the rarest of the words anywhere, whoever may see them; None
    if each of the words occurs too often to be looked up."""
    places: list[QuerySet[Any, Any]] = []
    for position, term in enumerate(terms):
        named, said = Ticket.objects.filter(words=term), Message.objects.filter(words=term)
        if only != "messages":
            places.append(named.values_list(Value(position), "pk"))
        if only != "subject":
            places.append(said.values_list(Value(position), "ticket"))
    first, *others = (one.order_by()[: MOST_LOOKED_UP + 1] for one in places)
    numbers: dict[int, list[int]] = {position: [] for position in range(len(terms))}
    for position, number in first.union(*others, all=True):
        numbers[position].append(number)
    rarest = min(numbers.values(), key=len)
    return rarest if len(rarest) <= MOST_LOOKED_UP else None
