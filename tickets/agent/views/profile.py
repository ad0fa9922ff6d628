"""An agent's own page, section by section, and the places where they are signed in."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from departments.devices import devices_of, sign_out_elsewhere
from departments.http import SignedInRequest, agent_required
from departments.models import User
from helpdesk.lib.htmx import is_part
from tickets.agent.nav import nav_context
from tickets.agent.profile import SECTIONS, Section

SECURITY = "security"


@never_cache
@agent_required
@require_http_methods(["GET", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """See it, and POST one `section` of it. With `preview` nothing is kept: the section comes back
    as it would look, to htmx alone."""
    if request.method == "GET":
        return _page(request)
    kind = next((one for one in SECTIONS if one.slug == request.POST.get("section")), None)
    if kind is None:
        raise Http404
    # A person of its own, so that a refused form does not change who the page is shown to.
    person = User.objects.get(pk=request.user.pk)
    section = kind(request.POST, request.FILES, instance=person)
    if "preview" in request.POST:
        if is_part(request):
            return render(request, kind.template, {"section": section})
        return _page(request, section)
    if not section.is_valid():
        return _page(request, section, status=422)
    section.save()
    return _back_to(kind.slug)


def _page(
    request: SignedInRequest, came_back: Section | None = None, status: int = 200
) -> HttpResponse:
    person = User.objects.get(pk=request.user.pk)
    sections = [
        came_back if came_back is not None and came_back.slug == one.slug else one(instance=person)
        for one in SECTIONS
    ]
    context: dict[str, Any] = {
        "sections": sections,
        "came_back": came_back.slug if came_back is not None else "",
        "saved": request.GET.get("saved", ""),
        "person": person,
        "devices": devices_of(request),
        **nav_context(request.user, "profile"),
    }
    return render(request, "agent/profile.html", context, status=status)


@agent_required
@require_POST
def devices(request: SignedInRequest) -> HttpResponse:
    """Sign out at one other place (`device`), or at all."""
    wanted = request.POST.get("device", "")
    one = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else None
    if one is not None or "all" in request.POST:
        sign_out_elsewhere(request.user, but=request.session.session_key or "", pk=one)
    return _back_to(SECURITY)


def _back_to(slug: str) -> HttpResponse:
    return redirect(f"{reverse('agent:profile')}?saved={slug}#{slug}")
