"""A customer's tickets."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest, brand_of
from tickets.portal import lists


@require_GET
def home(request: SignedInRequest) -> HttpResponse:
    """Open tickets, those that wait for the customer first, and finished ones, both by pages. A
    brand shows those of its departments, the desk's own address shows all."""
    made_at = timezone.now()
    text = lists.searched(request.GET)
    is_open, is_closed = lists.lists_of(request.user, request.GET, brand_of(request))
    said = {"text": text} if text else {}
    context = {
        "text": text,
        "open": is_open,
        "closed": is_closed,
        "more_open": urlencode({**said, "open": is_open.after}),
        "more_closed": urlencode({**said, "closed": is_closed.after}),
        "has_any": bool(request.GET or is_open.rows or is_closed.rows),
        "made_at": made_at,
    }
    return render(request, "portal/home.html", context)
