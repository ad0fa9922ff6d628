"""What is fetched only when an agent opens it; without JavaScript a link leads to it as a page."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest, agent_required
from helpdesk.lib.htmx import is_part, render_page
from tickets.agent.nav import nav_context
from tickets.agent.paging import asked


@agent_required
@require_GET
def keys(request: SignedInRequest) -> HttpResponse:
    """What the keys of the keyboard do."""
    context = {} if is_part(request) else nav_context(request.user)
    return render_page(request, "agent/keys.html", context, part="partials/_shortcuts.html")


@agent_required
@require_GET
def me(request: SignedInRequest) -> HttpResponse:
    """One's own menu: profile, colours, language, sign out; `next` is the page it stands on."""
    context: dict[str, Any] = {"next": asked(request.GET, "next")}
    if not is_part(request):
        context |= nav_context(request.user)
    return render_page(request, "agent/me.html", context, part="agent/swaps/me.html")
