"""A customer's tickets."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest
from tickets import search
from tickets.lifecycle import AT_WORK, Status
from tickets.models import Ticket

PAGE = 30
OPEN_AT_ONCE = 200


@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """Open tickets, those that wait for the customer first, and finished ones by pages."""
    mine: QuerySet[Ticket] = Ticket.objects.of_customer(request.user).order_by("-updated_at", "-id")
    text = request.GET.get("text", "").strip()[:200]
    if text:
        mine = search.find(text, mine, by=request.user)
    at_work = list(mine.filter(status__in=AT_WORK)[:OPEN_AT_ONCE])
    at_work.sort(key=lambda one: one.status != Status.PENDING)
    # A merged ticket is a pointer: its conversation goes on in another one.
    finished = mine.exclude(status__in=[*AT_WORK, Status.MERGED])
    context = {
        "text": text,
        "query": urlencode({"text": text}) if text else "",
        "open_tickets": at_work,
        "closed": Paginator(finished, PAGE).get_page(request.GET.get("page")),
        "has_any": bool(text) or bool(at_work) or finished.exists(),
    }
    return render(request, "portal/home.html", context)
