"""What happens around every request: the reader's language and time zone, and refusals."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation

from helpdesk.lib.errors import DeskError
from helpdesk.lib.htmx import is_part

GetResponse = Callable[[HttpRequest], HttpResponse]


class ReaderMiddleware:
    """Pages speak the signed-in reader's language and show their time."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate language and zone for this request."""
        user = request.user
        if user.is_authenticated and user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        zone = (user.is_authenticated and user.time_zone) or settings.TIME_ZONE
        with timezone.override(ZoneInfo(zone)):
            response = self.get_response(request)
        response.headers["Content-Language"] = translation.get_language()
        return response


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
