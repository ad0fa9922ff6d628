"""A pass to one thing, for somebody who proved who they are and has not signed in.

It lies in the session of this browser, which nobody has signed in to: `request.user` stays nobody,
and whatever does not ask for a pass stays shut. It ends with the browser, or after `LASTS`.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase

LASTS = 12 * 3600
"""Seconds; browsers that come back with all their tabs keep the session longer."""

_KEY = "passes"

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def grant(request: HttpRequest, thing: str, *, holder: str) -> None:
    """Let this browser in to `thing`, in the name of `holder`: who that is, as the caller says."""
    # A session that somebody else planted in this browser does not become one with a pass.
    request.session.cycle_key()
    request.session.set_expiry(0)
    _keep(request, thing, holder, time.time() + LASTS)


def extend(request: HttpRequest, thing: str, *, to: str) -> None:
    """Who has a pass to `thing` has one to what it became, for as long."""
    if found := _of(request).get(thing):
        _keep(request, to, *found)


def holder_of(request: HttpRequest, thing: str) -> str:
    """Who has a pass to `thing` here; "" for somebody signed in, who needs none and is nobody
    else."""
    found = None if request.user.is_authenticated else _of(request).get(thing)
    return str(found[0]) if found and found[1] > time.time() else ""


def things(request: HttpRequest) -> list[str]:
    """Everything that this browser has a pass to."""
    return [thing for thing in _of(request) if holder_of(request, thing)]


def holders_too(view: View[P]) -> View[P]:
    """For who has signed in and for who has any pass; the view looks which."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if lets_in(request):
            return view(request, *args, **kwargs)
        return redirect_to_login(request.get_full_path())

    def lets_in(request: HttpRequest, **kwargs: Any) -> bool:
        return request.user.is_authenticated or bool(things(request))

    guarded.lets_in = lets_in  # type: ignore[attr-defined]  # KeptTextMiddleware asks it
    return cast(View[P], guarded)


def _of(request: HttpRequest) -> dict[str, tuple[str, float]]:
    found: dict[str, tuple[str, float]] = request.session.get(_KEY, {})
    return found


def _keep(request: HttpRequest, thing: str, holder: str, until: float) -> None:
    request.session[_KEY] = {**_of(request), thing: (holder, until)}
