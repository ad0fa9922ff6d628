"""What belongs to no app: health, the front door, colours, and the page for a stale form."""

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language as django_set_language

from departments.models import User
from helpdesk.lib import kept


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """Database and Redis answer: {"database": bool, "redis": bool}, 503 unless both do."""
    parts = {"database": True, "redis": True}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:  # whatever is wrong, the answer is "not ready"
        parts["database"] = False
    try:
        cache.get("readyz")
    except Exception:  # the same
        parts["redis"] = False
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


def home(request: HttpRequest) -> HttpResponse:
    """Agents to their queue, customers to their tickets."""
    user = request.user
    agent = isinstance(user, User) and user.is_agent
    return redirect("agent:queue" if agent else "portal:home")


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the system; kept with the person, or in the session of a stranger."""
    theme = request.POST.get("theme", "")
    if theme in User.Theme.values:
        request.session["theme"] = theme
        if isinstance(request.user, User):
            request.user.theme = User.Theme(theme)
            request.user.save(update_fields=["theme"])
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    return HttpResponseRedirect(back)


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """The language of the pages; kept with the person as well as in the cookie."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and check_for_language(language):
        request.user.language = language
        request.user.save(update_fields=["language"])
    return django_set_language(request)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is stale: say so, and hand back every text that was typed."""
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if value.strip() and kept.is_typed(name)
    ]
    back = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
        back = "/"
    return render(request, "403_csrf.html", {"typed": typed, "back": back}, status=403)
