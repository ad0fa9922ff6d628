"""The lists of tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest, agent_required
from helpdesk.lib.htmx import render_page
from tickets import presence
from tickets.agent.lists import HOME, VIEWS, TicketView, department_view, narrowed, view_of
from tickets.agent.nav import Nav, nav_of, unread
from tickets.agent.paging import SIZES, SORT_NAMES, Page, asked, page_of
from tickets.filters import TicketFilter
from tickets.models import Ticket, Workspace

# What an address of a list may say besides the filter's own words.
ARRANGEMENT = ("sort", "size")


@dataclass(frozen=True)
class Row:
    """A ticket in a list; the bell rang for it if `is_unread`, `viewers` look at it besides."""

    ticket: Ticket
    is_unread: bool
    viewers: list[str]


@agent_required
@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """Whoever waits for us."""
    return _show(request, HOME, HOME.slug)


@agent_required
@require_GET
def view(request: SignedInRequest, slug: str) -> HttpResponse:
    """One of the ready-made lists."""
    if slug not in VIEWS:
        raise Http404
    return _show(request, VIEWS[slug], slug)


@agent_required
@require_GET
def department(request: SignedInRequest, slug: str) -> HttpResponse:
    """One department's unfinished tickets; a department of others is not found."""
    nav = nav_of(request.user)
    for place in nav.sight.departments:
        if place.slug == slug:
            return _show(request, department_view(place), f"department:{slug}", nav=nav)
    raise Http404


@agent_required
@require_GET
def workspace(request: SignedInRequest, pk: int) -> HttpResponse:
    """A saved filter."""
    saved = get_object_or_404(Workspace.objects.usable_by(request.user).distinct(), pk=pk)
    start, data = view_of(saved)
    return _show(request, start, f"workspace:{pk}", data=data, saved=saved)


def _show(
    request: SignedInRequest,
    listed: TicketView,
    key: str,
    *,
    data: QueryDict | None = None,
    saved: Workspace | None = None,
    nav: Nav | None = None,
) -> HttpResponse:
    nav = nav or nav_of(request.user)
    data = request.GET if data is None else data
    tickets, sorts = narrowed(listed, data, nav.sight)
    sort = one_of(sorts, asked(data, "sort"))
    size = int(one_of([str(size) for size in SIZES], asked(data, "size")))
    page = page_of(tickets.tickets.for_queue(), sort, asked(request.GET, "after"), size)
    if ":" in key and saved is None:
        filter_url = request.path
    else:
        filter_url = reverse("agent:view", args=[listed.slug])
    context: dict[str, Any] = {
        **rows_context(request, page),
        "nav": nav,
        "current_view": key,
        "title": saved.name if saved else listed.name,
        "count": next((one.count for one in _links(nav) if one.key == key), None),
        "empty": listed.empty,
        "filter": tickets,
        "form": tickets.form,
        "decides": listed.decides,
        "filter_url": filter_url,
        "sorts": [(one, SORT_NAMES[one]) for one in sorts],
        "sort": sort,
        "sizes": SIZES,
        "size": size,
        "workspace": saved,
        "query": query_of(tickets, data),
        "keep": "" if saved else query_of(tickets, request.GET),
        "view_slug": key if saved is None else listed.slug,
    }
    return render_page(request, "agent/queue.html", context, part="agent/_queue.html")


def rows_context(request: SignedInRequest, page: Page) -> dict[str, Any]:
    """`page` and its `rows`: tickets with who looks at them and whether they are unread."""
    numbers = [ticket.pk for ticket in page.rows]
    looking = presence.viewers(numbers)
    told = unread(request.user).filter(event__ticket__in=numbers)
    new = set(told.values_list("event__ticket", flat=True))
    me = str(request.user)
    rows = [
        Row(ticket, ticket.pk in new, [one for one in looking.get(ticket.pk, []) if one != me])
        for ticket in page.rows
    ]
    return {"page": page, "rows": rows}


def query_of(tickets: TicketFilter, data: QueryDict) -> str:
    """The filter and the arrangement in `data`, encoded, nothing else."""
    kept = QueryDict(mutable=True)
    for name in (*tickets.filters, *ARRANGEMENT):
        if value := asked(data, name):
            kept[name] = value
    return kept.urlencode()


def one_of(choices: Sequence[str], wanted: str) -> str:
    """`wanted` if it is among them, else the first."""
    return wanted if wanted in choices else choices[0]


def _links(nav: Nav) -> list[Any]:
    return [*nav.views, *nav.departments, *nav.workspaces]
