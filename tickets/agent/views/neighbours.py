"""From one ticket of a list to the next, and back."""

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest, agent_required
from tickets.agent.paging import SORTS, asked, neighbour, write
from tickets.agent.places import list_of, place_in
from tickets.agent.views.queue import list_at, narrowed_by
from tickets.filters import Sight


@never_cache
@agent_required
@require_GET
def following(request: SignedInRequest, number: int) -> HttpResponse:
    """The next ticket of the list one came from, else the list."""
    return redirect(onward(request, request.GET, number))


@never_cache
@agent_required
@require_GET
def preceding(request: SignedInRequest, number: int) -> HttpResponse:
    """The one before."""
    return redirect(onward(request, request.GET, number, forward=False))


def onward(request: SignedInRequest, place: QueryDict, number: int, *, forward: bool = True) -> str:
    """The address of the neighbour of ticket `number` at `place`; of the list where there is none,
    with a word about it. 404 for a list that is not the reader's."""
    key, sort = asked(place, "list"), asked(place, "sort")
    if not key or sort not in SORTS:
        return reverse("agent:queue")
    listed = list_at(key, request.user)
    tickets = narrowed_by(listed, place, Sight(request.user)).tickets
    found = neighbour(tickets.exclude(pk=number), sort, asked(place, "at"), forward=forward)
    if found is None:
        messages.info(request, _("That was the last one.") if forward else _("That was the first."))
        return list_of(place)
    there = place.copy()
    there["at"] = write(found, SORTS[sort])
    return f"{reverse('agent:ticket', args=[found.number])}?{place_in(there)}"
