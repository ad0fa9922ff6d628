"""The lists of tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest, agent_required
from departments.models import User
from helpdesk.lib.htmx import render_page
from helpdesk.lib.keys import key_in
from tickets import presence
from tickets.agent.lists import HOME, VIEWS, TicketView, department_view, narrowed, view_of
from tickets.agent.nav import Nav, nav_of, unread
from tickets.agent.page import sent_by
from tickets.agent.paging import SIZES, SORT_NAMES, asked, page_of
from tickets.agent.places import USUAL_SORT
from tickets.filters import Sight, TicketFilter
from tickets.forms import BulkForm
from tickets.models import BulkItem, BulkJob, Ticket, Workspace
from tickets.paging import Page

# What an address of a list may say besides the filter's own words.
ARRANGEMENT = ("sort", "size")


@dataclass(frozen=True)
class Row:
    """A ticket in a list; the bell rang for it if `is_unread`, `viewers` look at it besides.
    `place` says for its page's address from which list it is opened."""

    ticket: Ticket
    is_unread: bool
    viewers: list[presence.Viewer]
    place: str = ""


@dataclass(frozen=True)
class Listed:
    """A list as its address names it: `key` lights its line in the navigation."""

    view: TicketView
    key: str
    saved: Workspace | None = None

    @property
    def name(self) -> str:
        """What it is called, in the reader's language."""
        return self.saved.name if self.saved else str(self.view.name)

    @property
    def url(self) -> str:
        """Its own address, without a filter."""
        if self.saved is not None:
            return reverse("agent:workspace", args=[self.saved.pk])
        return self.filter_url

    @property
    def filter_url(self) -> str:
        """Where its filter is applied: a workspace's is that of the list it narrows."""
        kind = "department" if self.key.startswith("department:") else "view"
        return reverse(f"agent:{kind}", args=[self.view.slug])


def list_at(key: str, user: User, sight: Sight | None = None) -> Listed:
    """The list of `user` under a key of the navigation, `waiting`, `department:billing` or
    `workspace:7`; 404 for one that is not theirs."""
    kind, _colon, name = key.rpartition(":")
    if kind == "department":
        for place in (sight or Sight(user)).departments:
            if place.slug == name:
                return Listed(department_view(place), key)
    elif kind == "workspace":
        saved = get_object_or_404(Workspace.objects.usable_by(user).distinct(), pk=key_in(name))
        return Listed(view_of(saved)[0], key, saved)
    elif not kind and name in VIEWS:
        return Listed(VIEWS[name], key)
    raise Http404


def narrowed_by(listed: Listed, data: QueryDict, sight: Sight) -> TicketFilter:
    """The list under a filter; a workspace has its own."""
    data = view_of(listed.saved)[1] if listed.saved else data
    return narrowed(listed.view, data, sight)[0]


@agent_required
@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """Whoever waits for us."""
    return show_list(request, Listed(HOME, HOME.slug))


@agent_required
@require_GET
def view(request: SignedInRequest, slug: str) -> HttpResponse:
    """One of the ready-made lists."""
    return show_list(request, list_at(slug, request.user))


@agent_required
@require_GET
def department(request: SignedInRequest, slug: str) -> HttpResponse:
    """One department's unfinished tickets; a department of others is not found."""
    nav = nav_of(request.user)
    return show_list(request, list_at(f"department:{slug}", request.user, nav.sight), nav=nav)


@agent_required
@require_GET
def workspace(request: SignedInRequest, pk: int) -> HttpResponse:
    """A saved filter."""
    return show_list(request, list_at(f"workspace:{pk}", request.user))


def show_list(
    request: SignedInRequest,
    listed: Listed,
    *,
    nav: Nav | None = None,
    data: QueryDict | None = None,
    bulk_form: BulkForm | None = None,
    chosen: Sequence[int] = (),
    status: int = 200,
) -> HttpResponse:
    """The page of a list, or its rows for htmx. `data` is the filter, by default the address's;
    `bulk_form` comes back with what was typed and the `chosen` tickets ticked."""
    nav = nav or nav_of(request.user)
    view, key, saved = listed.view, listed.key, listed.saved
    if saved is not None:
        data = view_of(saved)[1]
    elif data is None:
        data = request.GET
    tickets, sorts = narrowed(view, data, nav.sight)
    tickets.offer_fields()
    sort = one_of(sorts, asked(data, "sort"))
    size = size_of(request.user, data)
    page = page_of(tickets.tickets, sort, asked(request.GET, "after"), size)
    context: dict[str, Any] = {
        **rows_context(request, page, place_of(listed, tickets, data, sort)),
        "nav": nav,
        "current_view": key,
        "title": listed.name,
        "count": next((one.count for one in _links(nav) if one.key == key), None),
        "empty": view.empty,
        "filter": tickets,
        "form": tickets.form,
        "decides": view.decides,
        "filter_url": listed.filter_url,
        "here": listed.url,
        "back": request.get_full_path() if request.method == "GET" else listed.url,
        "sorts": [(one, SORT_NAMES[one]) for one in sorts],
        "sort": sort,
        "workspace": saved,
        "query": query_of(tickets, data),
        "keep": "" if saved else query_of(tickets, data),
        "view_slug": key if saved is None else view.slug,
        "bulk": bulk_form or BulkForm(sight=nav.sight),
        "chosen": chosen,
        "job": _job_of(request),
        "just_sent": sent_by(request.user, request.GET),
    }
    return render_page(
        request, "agent/queue.html", context, part="agent/_queue.html", status=status
    )


def _job_of(request: SignedInRequest) -> BulkJob | None:
    """The act on many tickets that one has just come back from, for its line with "undo"."""
    if not (wanted := key_in(asked(request.GET, "job"))):
        return None
    mine = BulkJob.objects.filter(owner=request.user, undo_began_at__isnull=True)
    done = Count("items", filter=Q(items__state=BulkItem.State.DONE))
    refused = Count("items", filter=Q(items__state=BulkItem.State.REFUSED))
    return mine.annotate(done=done, refused=refused).filter(pk=wanted).first()


def place_of(listed: Listed, tickets: TicketFilter, data: QueryDict, sort: str) -> str:
    """What the pages of the tickets of a list have to know to lead to the next one."""
    place = QueryDict(mutable=True)
    if listed.saved is None:
        for name in tickets.filters:
            if value := asked(data, name):
                place[name] = value
    place["list"] = listed.key
    if sort != USUAL_SORT:
        place["sort"] = sort
    return place.urlencode()


def rows_context(request: SignedInRequest, page: Page, place: str = "") -> dict[str, Any]:
    """`page` and its `rows`: tickets with who looks at them, whether they are unread, and the
    list they are opened from, in the `columns` that this agent wants to see."""
    numbers = [ticket.pk for ticket in page.rows]
    looking = presence.viewers(numbers, besides=request.user)
    told = unread(request.user).filter(event__ticket__in=numbers)
    new = set(told.values_list("event__ticket", flat=True))
    rows = [
        Row(
            ticket,
            ticket.pk in new,
            looking.get(ticket.pk, []),
            place,
        )
        for ticket in page.rows
    ]
    return {
        "page": page,
        "rows": rows,
        "columns": request.user.list_columns,
        "density": request.user.list_density,
    }


def query_of(tickets: TicketFilter, data: QueryDict) -> str:
    """The filter and the arrangement in `data`, encoded, nothing else."""
    kept = QueryDict(mutable=True)
    for name in (*tickets.filters, *ARRANGEMENT):
        if value := asked(data, name):
            kept[name] = value
    return kept.urlencode()


def size_of(user: User, data: QueryDict) -> int:
    """Rows a page: what the address says, else what `user` has chosen."""
    wanted = asked(data, "size")
    return next((size for size in SIZES if wanted == str(size)), user.list_size)


def one_of(choices: Sequence[str], wanted: str) -> str:
    """`wanted` if it is among them, else the first."""
    return wanted if wanted in choices else choices[0]


def _links(nav: Nav) -> list[Any]:
    return [*nav.views, *nav.departments, *nav.workspaces]
