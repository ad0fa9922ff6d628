"""What is new: the question that a customer's open pages ask, calmly."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Greatest
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest
from helpdesk.lib.keys import key_in
from tickets.guests import ReaderRequest, guests_too
from tickets.lifecycle import Status
from tickets.models import Follower, Message, Ticket
from tickets.models.ticket import shared_in
from tickets.portal import thread

MOST_NEWS: Final = 99
LONGEST_GRACE: Final = timedelta(minutes=10)
"""No answer can be taken back for longer."""


@guests_too
@never_cache
@require_GET
def ticket_news(request: ReaderRequest, number: int) -> HttpResponse:
    """What the page of a ticket does not show yet, as JSON: `messages` that came, their `count`,
    and whose turn it is now; 204 while that is nothing. The page says which messages it has
    `shown` and which `status`. With `csrf` a token for forms of a page that outlived its session.
    """
    shown = [key for one in request.GET.get("shown", "").split(",") if (key := key_in(one))]
    found = thread.news_of(number, request.reader, shown[-thread.MOST_SHOWN :])
    if found is None:
        raise Http404
    ticket, missing = found
    if not missing and ticket.status == request.GET.get("status") and "csrf" not in request.GET:
        return HttpResponse(status=204)
    answer: dict[str, Any] = {"count": len(missing), "messages": "", "status": ticket.status}
    answer["turn"] = render_to_string("portal/partials/_state.html", {"ticket": ticket})
    if missing:
        said = thread.told(thread.messages(missing, request.reader), request.reader)
        context = {"thread": thread.Thread(said), "ticket": ticket, "user": request.reader}
        answer["messages"] = render_to_string("portal/_thread.html", context, request)
    return _json(request, answer)


@never_cache
@require_GET
def news(request: SignedInRequest) -> HttpResponse:
    """A line above the list of requests: in how many of them something was said by others since the
    page was made (`since`); 204 while that is nothing, or as many as it `had`."""
    count = _count(request, _time(request.GET.get("since", "")))
    if str(count) == (request.GET.get("had") or "0") and "csrf" not in request.GET:
        return HttpResponse(status=204)
    bar = render_to_string("portal/partials/_news.html", {"count": count}) if count else ""
    return _json(request, {"had": str(count), "count": count, "bar": bar})


def _time(text: str) -> datetime:
    """A time as a page says it; now for anything else."""
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    return found if found and timezone.is_aware(found) else timezone.now()


def _count(request: SignedInRequest, since: datetime) -> int:
    # An answer that may be taken back is public a little later than it was written.
    said = (
        Message.objects.public()
        .filter(ticket=OuterRef("pk"), created_at__gt=since - LONGEST_GRACE)
        .alias(public_at=Greatest("created_at", "undo_until"))
        .filter(public_at__gt=since)
        .exclude(author=request.user)
    )
    recent = {"updated_at__gt": since - LONGEST_GRACE}
    copied = Follower.objects.filter(user=request.user, in_copy=True, **recent)
    told = Ticket.objects.filter(Exists(said), **recent).exclude(status=Status.SPAM).order_by()
    ways = [Q(customer=request.user), Q(pk__in=copied.values("ticket"))]
    if request.user.organisation_id:
        ways.append(Q(organisation=shared_in(request.user.organisation_id)))
    first, *others = (told.filter(way).values("pk")[: MOST_NEWS + 1] for way in ways)
    return min(first.union(*others).count(), MOST_NEWS)


def _json(request: HttpRequest, answer: dict[str, Any]) -> JsonResponse:
    if "csrf" in request.GET:
        answer["csrf"] = get_token(request)
    return JsonResponse(answer)
