"""What is new: the question open pages ask every few seconds, and the bell."""

from typing import Final

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from departments.http import SignedInRequest, agent_required
from tickets.agent.lists import VIEWS
from tickets.agent.nav import nav_of
from tickets.models import Event, Notification, Ticket

MOST_NEWS: Final = 99
MOST_NOTIFICATIONS: Final = 50
NEWS: Final = (
    Event.Kind.OPENED,
    Event.Kind.REPLIED,
    Event.Kind.NOTED,
    Event.Kind.ASSIGNED,
    Event.Kind.MOVED,
    Event.Kind.REOPENED,
    Event.Kind.WOKEN,
    Event.Kind.ESCALATED,
    Event.Kind.UNDELIVERED,
)


@never_cache
@agent_required
@require_GET
def live(request: SignedInRequest) -> HttpResponse:
    """On how many tickets of a list others have done something since the event `since`.

    204 while there is nothing; else a bar that links back to the list, with the number in X-News.
    With `counts` the navigation with fresh counters, in which the line `lit` is lit. `view` is the
    key of a list, else all tickets are meant.
    """
    lit = request.GET.get("lit", "")
    if "counts" in request.GET:
        context = {"nav": nav_of(request.user), "current_view": lit}
        return render(request, "agent/_counts.html", context)
    key = request.GET.get("view", "")
    since = request.GET.get("since", "")
    count = _news(request, int(since), key) if since.isdigit() and len(since) < 19 else 0
    if not count:
        return HttpResponse(status=204)
    context = {"count": count, "most": MOST_NEWS, "lit": lit, "back": _back(request)}
    response = render(request, "agent/swaps/live.html", context)
    response.headers["X-News"] = str(count)
    return response


def _news(request: SignedInRequest, since: int, key: str) -> int:
    user = request.user
    listed = VIEWS.get(key)
    tickets = listed.tickets(user) if listed else Ticket.objects.workable_by(user)
    if key.startswith("department:"):
        tickets = tickets.filter(department__slug=key.removeprefix("department:"))
    # Events are read along the primary key, so only what came since is looked at.
    events = Event.objects.filter(pk__gt=since, kind__in=NEWS, ticket__in=tickets.values("pk"))
    # What the house did by itself has no actor, and is news.
    others = events.filter(Q(actor__isnull=True) | ~Q(actor=user))
    return others.order_by().values("ticket").distinct()[:MOST_NEWS].count()


def _back(request: SignedInRequest) -> str:
    wanted = request.GET.get("back", "")
    is_ours = wanted.startswith(reverse("agent:queue")) and "\\" not in wanted
    return wanted if is_ours else reverse("agent:queue")


@agent_required
@require_http_methods(["GET", "POST"])
def notifications(request: SignedInRequest) -> HttpResponse:
    """The bell: the newest lines; POST marks all of them as read."""
    if request.method == "POST":
        request.user.notifications.filter(read_at__isnull=True).update(read_at=timezone.now())
        return redirect("agent:notifications")
    mine = Notification.objects.filter(
        user=request.user, event__ticket__in=Ticket.objects.workable_by(request.user).values("pk")
    )
    found = mine.select_related("event__ticket__customer", "event__actor", "event__message")
    context = {
        "notifications": found.order_by("-pk")[:MOST_NOTIFICATIONS],
        "nav": nav_of(request.user),
        "current_view": "notifications",
    }
    return render(request, "agent/notifications.html", context)
