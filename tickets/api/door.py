"""The HTTP API: who may come in, how refusals are said, how long lists are turned over.

Programs show a token (`Authorization: Bearer desk_…`) and act as the person it belongs to. Every
answer that is no success is `{"detail": "a sentence"}`. The description of everything stands at
`openapi.json`.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import HttpBearer

from departments.models import ApiToken, User
from helpdesk.lib import tokens
from helpdesk.lib.errors import DeskError
from tickets.models import Ticket

PAGE = "api page"
NOTED_EVERY = timedelta(minutes=1)


class SignedInRequest(HttpRequest):
    """A request that came with a token; `user` is its owner."""

    user: User


class TokenAuth(HttpBearer):
    """Lets in who shows a token that is known, not expired, and whose owner is active."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token's row; the request's user is its owner from here on."""
        now = timezone.now()
        found = (
            ApiToken.objects.select_related("user__organisation")
            .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
            .filter(digest=ApiToken.digest_of(token), user__is_active=True)
            .first()
        )
        if found is None:
            return None
        if found.last_used_at is None or found.last_used_at < now - NOTED_EVERY:
            ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
        request.user = found.user
        return found


class Door(NinjaAPI):
    """The API asks for its own tokens, so the pages' sign-in does not stand before it."""

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """The addresses; the bare root leads to the description."""
        patterns, app, namespace = super().urls
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                if pattern.name == "api-root":
                    pattern.callback = _to_description
                pattern.callback = login_not_required(pattern.callback)
        return patterns, app, namespace


def _to_description(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("openapi.json")


api = Door(
    title="Help desk",
    version="1",
    description=(
        "Tickets of one help desk. A token acts as its owner: agents see the tickets of their "
        "departments, customers their own. Texts of refusals follow Accept-Language."
    ),
    docs_url=None,
    auth=TokenAuth(),
)


def refuse(request: HttpRequest, sentence: str, status: int, **more: Any) -> HttpResponse:
    """`{"detail": sentence}`, with what else helps a program."""
    return api.create_response(request, {"detail": sentence, **more}, status=status)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError | type) -> HttpResponse:
    response = refuse(request, _("Show a valid API token."), 401)
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(DeskError)
def _refused(request: HttpRequest, error: DeskError | type[DeskError]) -> HttpResponse:
    return refuse(request, str(error), error.status)


@api.exception_handler(PermissionDenied)
def _denied(request: HttpRequest, error: PermissionDenied | type) -> HttpResponse:
    return refuse(request, str(error) or _("You may not do that."), 403)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404 | type) -> HttpResponse:
    return refuse(request, _("There is nothing here that you may see."), 404)


@api.exception_handler(ValidationError)
def _misunderstood(request: HttpRequest, error: ValidationError | Any) -> HttpResponse:
    problems = [
        {"where": ".".join(str(part) for part in one["loc"]), "what": one["msg"]}
        for one in error.errors
    ]
    return refuse(request, _("The request cannot be understood."), 422, problems=problems)


class BadPage(DeskError):
    """A `next` that we did not give out."""


def one_page(
    tickets: QuerySet[Ticket], *, after: str | None, limit: int
) -> tuple[list[Ticket], str | None]:
    """Newest first: at most `limit` tickets below the place that `after` means, and the next place
    if there are more. Tickets that come in meanwhile shift nothing. Raises BadPage."""
    if after:
        below = tokens.read(PAGE, after)
        if not isinstance(below, int):
            raise BadPage(_("“next” must be the value of an earlier answer."))
        tickets = tickets.filter(pk__lt=below)
    found = list(tickets.order_by("-pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    return found[:limit], tokens.make(PAGE, found[limit - 1].pk)
