"""How an agent reads a ticket: what is folded, in which order, with or without events."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from departments.http import SignedInRequest, agent_required
from tickets import actions
from tickets.agent import thread
from tickets.agent.places import place_in
from tickets.models import Ticket

WISHES = ("newest_first", "hides_events")


@never_cache
@agent_required
@require_GET
def lines(request: SignedInRequest, number: int) -> HttpResponse:
    """The lines that are folded between `after` and `before`, for where the fold stood."""
    ticket = get_object_or_404(Ticket.objects.workable_by(request.user).defer("words"), pk=number)
    found = thread.lines_between(
        ticket,
        actions.absorbed([number]),
        request.user,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    if request.user.newest_first:
        found.reverse()
    return render(request, "agent/swaps/lines.html", {"ticket": ticket, "lines": found})


@agent_required
@require_POST
def wishes(request: SignedInRequest, number: int) -> HttpResponse:
    """Change how this agent reads the histories of all tickets, and show this one so."""
    get_object_or_404(Ticket.objects.workable_by(request.user), pk=number)
    changed = [name for name in WISHES if name in request.POST]
    for name in changed:
        setattr(request.user, name, request.POST[name] == "1")
    request.user.save(update_fields=changed)
    place = place_in(QueryDict(request.POST.get("place", "")))
    page = reverse("agent:ticket", args=[number])
    return redirect(f"{page}?{place}" if place else page)
