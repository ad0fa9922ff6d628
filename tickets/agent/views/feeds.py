"""Lists for programs: their Atom feeds, and the page on which agents get the addresses."""

import hashlib
import time
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_http_methods, require_safe

from departments.http import SignedInRequest, agent_required
from tickets import actions
from tickets.agent.feed import atom
from tickets.agent.lists import narrowed, view_of
from tickets.agent.nav import nav_of
from tickets.agent.paging import asked, page_of
from tickets.agent.views.queue import list_at
from tickets.filters import Sight
from tickets.models import Feed

MOST_ENTRIES: Final = 50
MOST_A_MINUTE: Final = 30
"""So often one address is answered; feed readers ask a few times an hour."""
PRIVACY: Final = {
    # To be asked for again each time, and only by those who have the address.
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What the owner of the address sees in its list now, newest first. 404 for an address that was
    given up, of somebody who left, or of a list that is not theirs any more."""
    one = get_object_or_404(Feed.objects.select_related("user__organisation"), token=token)
    if not one.user.is_agent:
        raise Http404
    if _asked_too_often(one):
        return HttpResponse(status=429, headers={"Retry-After": "60", **PRIVACY})
    # A program tells neither language nor person: it reads as the owner does.
    with translation.override(one.user.language or settings.LANGUAGE_CODE):
        body = _written(one)
    tag = quote_etag(hashlib.sha256(body).hexdigest())
    # No Last-Modified: a ticket that is moved into a list is older than what it is news for.
    answer = HttpResponse(
        body,
        content_type="application/atom+xml; charset=utf-8",
        headers={"ETag": tag, **PRIVACY},
    )
    return get_conditional_response(request, etag=tag, response=answer) or answer


def _asked_too_often(one: Feed) -> bool:
    key = f"feed:{one.pk}:{int(time.time() // 60)}"
    cache.add(key, 0, 120)
    return int(cache.incr(key)) > MOST_A_MINUTE


def _written(one: Feed) -> bytes:
    sight = Sight(one.user)
    listed = list_at(one.key, one.user, sight)
    data = view_of(listed.saved)[1] if listed.saved else QueryDict()
    tickets, sorts = narrowed(listed.view, data, sight)
    sort = "updated" if "updated" in sorts else sorts[0]
    page = page_of(tickets.tickets, sort, "", MOST_ENTRIES)
    address = reverse("agent:feed", args=[one.token])
    return atom(listed.name, listed.url, address, one.made_at, page.rows)


@agent_required
@require_http_methods(["GET", "POST"])
def feeds(request: SignedInRequest) -> HttpResponse:
    """The addresses of one's feeds; POST makes one for the list `key`, anew, or gives it up."""
    if request.method == "POST":
        key = asked(request.POST, "key")
        if "gone" in request.POST:
            actions.close_feed(key, by=request.user)
        else:
            list_at(key, request.user)
            actions.renew_feed(key, by=request.user)
        return redirect(f"{reverse('agent:feeds')}#{key}")
    nav = nav_of(request.user)
    made = {one.key: one for one in request.user.feeds.all()}
    lists = [
        {"link": link, "feed": made.get(link.key)}
        for link in (*nav.views, *nav.departments, *nav.workspaces)
    ]
    context = {"lists": lists, "desk_url": settings.DESK_URL, "nav": nav, "current_view": "feeds"}
    return render(request, "agent/feeds.html", context)
