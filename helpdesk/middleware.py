"""What happens around every request: the reader's language and time zone, and refusals."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation

from helpdesk.lib import kept
from helpdesk.lib.errors import DeskError
from helpdesk.lib.htmx import is_part
from tickets.uploads import keep_of_signed_out

GetResponse = Callable[[HttpRequest], HttpResponse]


class OneCharsetMiddleware:
    """Forms are read as UTF-8, which our pages ask for, whatever charset a request names: Python
    knows some that are none, and some that make halves of letters, which no text may hold."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Forget what the request says of its charset."""
        if request.encoding is not None:
            request.encoding = settings.DEFAULT_CHARSET
        return self.get_response(request)


class ReaderMiddleware:
    """Pages speak the signed-in reader's language and show their time."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate language and zone for this request."""
        user = request.user
        language = (user.is_authenticated and user.language) or translation.get_language()
        zone = (user.is_authenticated and user.time_zone) or settings.TIME_ZONE
        request.LANGUAGE_CODE = language
        with translation.override(language), timezone.override(ZoneInfo(zone)):
            response = self.get_response(request)
            # A page may say itself which language it is in: an article, say.
            response.headers.setdefault("Content-Language", translation.get_language() or language)
        return response


class KeptTextMiddleware:
    """A session ended while somebody typed: their text and files wait for them behind the sign-in.

    Stands after authentication and before LoginRequiredMiddleware, which would turn the form away.
    The page takes its text back with `kept.take(request)`.
    """

    # Where a form is sent to -> the page it stands on.
    FORMS = (
        (re.compile(r"/tickets/new/(?:hints/)?"), r"/tickets/new/"),
        (re.compile(r"/tickets/new/parts/"), r"/tickets/new/parts/"),
        (re.compile(r"/tickets/(\d+)/answers/"), r"/tickets/\1/"),
        (re.compile(r"/agent/tickets/new/"), r"/agent/tickets/new/"),
        (re.compile(r"/agent/help/(\d+)/([a-z]{2})/"), r"/agent/help/\1/\2/"),
        (re.compile(r"/agent/tickets/(\d+)/(?:replies|notes|forwards)/"), r"/agent/tickets/\1/"),
    )

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do on the way in."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Keep the text of a stranger's form and show them the sign-in page; the rest goes on."""
        if request.user.is_authenticated or _is_open(view, request, kwargs):
            return None
        page = self.page_of(request.path) if request.method == "POST" else ""
        is_kept = bool(page) and kept.keep(request, page, keep_of_signed_out)
        if is_part(request):
            # The whole page goes to sign-in, not the part that was asked for.
            here = urlsplit(request.headers.get("HX-Current-URL", "")).path
            to = redirect_to_login(page or here or "/").url
            return HttpResponse(status=204, headers={"HX-Redirect": to})
        return redirect_to_login(page) if is_kept else None

    def page_of(self, path: str) -> str:
        """The page whose form is sent to `path`; empty if its text is not kept."""
        for pattern, page in self.FORMS:
            if found := pattern.fullmatch(path):
                return found.expand(page)
        return ""


def _is_open(view: Callable[..., Any], request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """Does a page let somebody in who has not signed in?"""
    if guests := getattr(view, "lets_in", None):
        return bool(guests(request, **kwargs))
    return not getattr(view, "login_required", True)


class RefusalMiddleware:
    """A DeskError becomes an answer in the caller's own form: a part, a page or JSON."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing to do on the way in."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a refusal; leave everything else to Django."""
        if not isinstance(error, DeskError):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": str(error)}, status=error.status)
        template = "partials/_refusal.html" if is_part(request) else "refusal.html"
        return render(request, template, {"sentence": str(error)}, status=error.status)
