"""One box that finds whatever one wants to open: tickets, customers, lists, canned replies."""

from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest, agent_required
from departments.models import User, people_called
from helpdesk.lib.htmx import render_page
from tickets import search
from tickets.agent.lists import VIEWS
from tickets.agent.nav import nav_context
from tickets.filters import Sight
from tickets.models import CannedReply, Ticket, Workspace

MOST: Final = 6
"""Lines of each kind."""
SHORTEST: Final = 2
"""Letters before customers and words are looked for."""


@dataclass(frozen=True)
class Found:
    """One line: where it leads; `canned` is the key of a canned reply that can be put in here."""

    name: str
    url: str
    icon: str
    more: str = ""
    canned: int | None = None


@agent_required
@require_GET
def palette(request: SignedInRequest) -> HttpResponse:
    """What fits `q`, as a page or as its list. `ticket` is the ticket one is writing on: with it
    canned replies are offered too."""
    text = " ".join(str(request.GET.get("q", "")).split())[:100]
    found = [*_lists(text, request.user), *_pages(text)]
    if text:
        found = [*_tickets(text, request.user), *found]
    if len(text) >= SHORTEST:
        found += _customers(text, request.user)
        found += _canned(text, request.user) if request.GET.get("ticket") else []
    context = {"text": text, "found": found}
    if request.headers.get("HX-Request") != "true":
        context |= nav_context(request.user)
    return render_page(request, "agent/palette.html", context, part="agent/_palette.html")


def _fits(text: str, name: str) -> bool:
    return all(word in name.casefold() for word in text.casefold().split())


def _tickets(text: str, by: User) -> list[Found]:
    found: QuerySet[Ticket]
    mine = Ticket.objects.workable_by(by)
    number = text.lstrip("#№ ")
    if number.isascii() and number.isdigit() and len(number) < 18:
        found = mine.filter(pk=int(number))
    elif len(text) >= SHORTEST:
        # Newest first among the tickets themselves: their words are in one index.
        found = search.find(text, mine, by=by, only="subject").order_by("-pk")
    else:
        return []
    return [
        Found(
            f"#{one.number} {one.subject}",
            reverse("agent:ticket", args=[one.number]),
            "letter",
            str(one.customer),
        )
        for one in found.select_related("customer").defer("words")[:MOST]
    ]


def _lists(text: str, by: User) -> list[Found]:
    lists = [
        Found(str(view.name), reverse("agent:view", args=[view.slug]), view.icon)
        for view in VIEWS.values()
    ]
    lists += [
        Found(place.name, reverse("agent:department", args=[place.slug]), "department")
        for place in Sight(by).departments
    ]
    lists += [
        Found(one.name, reverse("agent:workspace", args=[one.pk]), "workspace")
        for one in Workspace.objects.usable_by(by).distinct()[:50]
    ]
    return [one for one in lists if _fits(text, one.name)]


def _pages(text: str) -> list[Found]:
    pages = [
        Found(_("New ticket"), reverse("agent:new_ticket"), "plus"),
        Found(_("Figures"), reverse("agent:figures"), "figures"),
        Found(_("Canned replies"), reverse("agent:canned_replies"), "canned"),
        Found(_("Profile"), reverse("agent:profile"), "person"),
        Found(_("Notifications"), reverse("agent:notifications"), "bell"),
    ]
    return [one for one in pages if _fits(text, one.name)]


def _customers(text: str, by: User) -> list[Found]:
    """People who wrote to the departments of the reader."""
    known = Ticket.objects.workable_by(by).values("customer")
    people = people_called(text).filter(pk__in=known).order_by("name", "email")[:MOST]
    return [
        Found(str(one), reverse("agent:customer", args=[one.pk]), "people", one.email)
        for one in people
    ]


def _canned(text: str, by: User) -> list[Found]:
    usable = CannedReply.objects.usable_by(by).filter(title__icontains=text).distinct()
    return [Found(one.title, "#reply", "canned", canned=one.pk) for one in usable[:MOST]]
