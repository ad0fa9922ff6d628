"""What is new: the question that open pages ask every few seconds."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest, agent_required
from departments.models import Reason, User, Way
from tickets.agent.nav import nav_of
from tickets.agent.news import MOST_NEWS, Asked, News, news_for


@never_cache
@agent_required
@require_GET
def live(request: SignedInRequest) -> HttpResponse:
    """What a page does not know yet, as JSON; 204 while that is nothing, or what it `had`.

    What the page knows stands in the address, see `Asked`; with `writing` the reader writes on its
    ticket. With `counts` the navigation with fresh counters instead, in which the line `lit` is
    lit. With `csrf` a token for forms of a page that outlived its session.
    """
    lit = request.GET.get("lit", "")
    if "counts" in request.GET:
        context = {"nav": nav_of(request.user), "current_view": lit}
        return render(request, "agent/_counts.html", context)
    asked = Asked.of(request.GET)
    news = news_for(request.user, asked, writing=bool(request.GET.get("writing")))
    had = request.GET.get("had") or News(bell=asked.bell).digest
    if news.digest == had and "csrf" not in request.GET:
        return HttpResponse(status=204)
    answer = _told(request, news)
    if "csrf" in request.GET:
        answer["csrf"] = get_token(request)
    return JsonResponse(answer)


def _told(request: SignedInRequest, news: News) -> dict[str, Any]:
    """`news` as the page takes it: numbers, and parts of pages in the reader's language."""
    bar = ""
    if news.count or news.acts:
        lit = request.GET.get("lit", "")
        context = {"count": news.count, "most": MOST_NEWS, "acts": news.acts, "lit": lit}
        bar = render_to_string("agent/swaps/live.html", {**context, "back": _back(request)})
    return {
        "had": replace(news, told=()).digest,
        "newest": news.newest,
        "count": news.count,
        "changed": news.changed,
        "said": news.said,
        "bar": bar,
        "bell": news.bell,
        "bell_part": render_to_string("agent/_bell.html", {"unread": news.bell}),
        "told": [_line(one, request.user) for one in news.told],
        "here": {
            number: render_to_string("agent/_viewers.html", {"viewers": people})
            for number, people in news.here.items()
        },
    }


def _line(told: dict[str, Any], reader: User) -> dict[str, Any]:
    """A line behind the bell for a notification of the browser: number, subject and why, never what
    was said."""
    reason = Reason(told["reason"]) if told["reason"] else None
    url = reverse("agent:ticket", args=[told["number"]])
    return {
        "pk": told["pk"],
        "title": f"#{told['number']} {told['subject']}",
        "why": str(reason.label) if reason else "",
        "url": f"{url}#message-{told['message']}" if told["message"] else url,
        "sound": reason is not None and reader.hears(reason, Way.SOUND),
        "browser": reason is not None and reader.hears(reason, Way.BROWSER),
    }


def _back(request: SignedInRequest) -> str:
    wanted = request.GET.get("back", "")
    is_ours = wanted.startswith(reverse("agent:queue")) and "\\" not in wanted
    return wanted if is_ours else reverse("agent:queue")
