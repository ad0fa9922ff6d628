"""What the composer offers while one types: canned replies, articles, tickets, colleagues."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest, agent_required
from departments.models import User, desk_url
from knowledge.search import find
from tickets import forms, placeholders, search
from tickets.agent.views.canned_use import usable_on, worked_on
from tickets.models import CannedReply, Ticket
from tickets.placeholders import Preview

MOST: Final = 8
MOST_ARTICLES: Final = 3
SHORTEST: Final = 2
"""Letters before subjects and articles are searched for words."""
MOST_DIGITS: Final = 4
"""By so many digits a number may be longer than what was typed of it."""


@dataclass(frozen=True)
class Suggestion:
    """One line: `put` is what it puts into the text; a canned reply is fetched instead, or applied
    if it has no text."""

    name: str
    more: str = ""
    put: str = ""
    canned: CannedReply | None = None
    preview: Preview | None = None


@never_cache
@agent_required
@require_GET
def suggestions(request: SignedInRequest, number: int) -> HttpResponse:
    """At most `MOST` lines of `kind` that fit `q`, for the ticket one writes on."""
    find = FINDERS.get(request.GET.get("kind", ""))
    if find is None:
        raise Http404
    text = " ".join(request.GET.get("q", "").split())[:100]
    found = find(text, worked_on(request, number), request.user)
    return render(request, "agent/_suggestions.html", {"found": found})


def _canned(text: str, ticket: Ticket, by: User) -> list[Suggestion]:
    """Those one used last come first."""
    rows = usable_on(ticket, by)
    for word in text.split():
        rows = rows.filter(Q(title__icontains=word) | Q(body__icontains=word))
    rows = rows.order_by(F("own_last").desc(nulls_last=True), "-used", "title", "pk")
    articles = _articles(text, ticket) if len(text) >= SHORTEST else []
    canned = [
        Suggestion(one.title, canned=one, preview=placeholders.preview(one, ticket, by))
        for one in rows[: MOST - len(articles)]
    ]
    return canned + articles


def _articles(text: str, ticket: Ticket) -> list[Suggestion]:
    """What the customer may read, with the address that shows each reader their language."""
    language = ticket.language or ticket.customer.language or settings.LANGUAGE_CODE
    home = desk_url(ticket.department)
    return [
        Suggestion(
            one.public_title,
            gettext("help page"),
            f"{one.public_title}: {home}{one.article.get_absolute_url()} ",
        )
        for one in find(text, by=ticket.customer, language=language)[:MOST_ARTICLES]
    ]


def _agents(text: str, ticket: Ticket, by: User) -> list[Suggestion]:
    rows = forms.agents_for(ticket).exclude(pk=by.pk)
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return [Suggestion(str(one), one.email, f"@{one} ") for one in rows[:MOST]]


def _tickets(text: str, ticket: Ticket, by: User) -> list[Suggestion]:
    """By the beginning of a number or by words; without either, others of the same customer."""
    mine: QuerySet[Ticket] = Ticket.objects.workable_by(by).exclude(pk=ticket.pk)
    if text.isascii() and text.isdigit() and len(text) < 12:
        rows = mine.filter(_begins_with(int(text)))
    elif len(text) >= SHORTEST:
        rows = search.find(text, mine, by=by, only="subject")
    elif text:
        return []
    else:
        rows = mine.filter(customer=ticket.customer_id)
    newest = rows.select_related("customer").defer("words").order_by("-pk")[:MOST]
    return [
        Suggestion(f"#{one.number} {one.subject}", str(one.customer), f"#{one.number} ")
        for one in newest
    ]


def _begins_with(digits: int) -> Q:
    """Keys that begin with these digits, as ranges that an index knows."""
    found = Q(pk=digits)
    for further in range(1, MOST_DIGITS + 1):
        step = 10**further
        found |= Q(pk__gte=digits * step, pk__lt=(digits + 1) * step)
    return found


FINDERS: Final[dict[str, Callable[[str, Ticket, User], list[Suggestion]]]] = {
    "canned": _canned,
    "agent": _agents,
    "ticket": _tickets,
}
