"""Searching in everything that was ever written."""

from typing import Any, Final

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest, agent_required
from helpdesk.lib.htmx import render_page
from tickets.agent.nav import nav_of
from tickets.agent.paging import asked, page_of
from tickets.agent.views.queue import query_of, rows_context
from tickets.filters import TicketFilter
from tickets.lifecycle import Status
from tickets.models import Ticket
from tickets.paging import Page

MOST_COUNTED: Final = 1000


@agent_required
@require_GET
def search(request: SignedInRequest) -> HttpResponse:
    """One box and a form; what is found stands newest first. Spam is found only if asked for."""
    nav = nav_of(request.user)
    tickets = Ticket.objects.workable_by(request.user)
    if request.GET.get("status") != Status.SPAM:
        tickets = tickets.exclude(status=Status.SPAM)
    wanted = TicketFilter(request.GET, queryset=tickets, sight=nav.sight)
    page, count = Page([], "", is_first=True), 0
    if wanted.is_used:
        found = wanted.tickets
        page = page_of(found, "newest", asked(request.GET, "after"), request.user.list_size)
        # Counting words that occur everywhere is dear; nobody needs to know more than "over 1,000".
        count = found.order_by().values("pk")[: MOST_COUNTED + 1].count()
    context: dict[str, Any] = {
        **rows_context(request, page),
        "nav": nav,
        "current_view": "search",
        "filter": wanted,
        "form": wanted.form,
        "count": min(count, MOST_COUNTED),
        "is_capped": count > MOST_COUNTED,
        "query": query_of(wanted, request.GET),
        "search_text": asked(request.GET, "q"),
    }
    return render_page(request, "agent/search.html", context, part="agent/_hits.html")
