"""Text that somebody sent after their session had ended: kept until they have signed in again.

It lies in the anonymous session, which signing in takes over, and is handed out once, to the page
whose form it was typed into. A session is no store for files: who keeps them says what the form
shall say of them.
"""

import time
from collections.abc import Callable

from django.http import HttpRequest

LASTS = 3600
"""Seconds; after that it is forgotten."""

MOST = 200_000
"""Characters in one form; more is not kept whole, so not at all."""

WRITER = "writer"
"""The field by which a form with files says whose it is (tickets/forms/ahead.py)."""

_KEY = "kept"
_OURS = {"csrfmiddlewaretoken", WRITER}


def is_typed(name: str) -> bool:
    """May the field `name` of a form be kept and shown again?"""
    return name not in _OURS and "password" not in name


def keep(request: HttpRequest, page: str, files: Callable[[HttpRequest], dict[str, str]]) -> bool:
    """Keep what was posted for the page at path `page`; False if there was nothing, or too much.
    `files` stores the files of a request and gives what its fields say then."""
    typed = {
        name: str(value)
        for name, value in request.POST.dict().items()
        if str(value).strip() and is_typed(name)
    }
    if not (typed or request.FILES) or sum(map(len, typed.values())) > MOST:
        return False
    typed |= files(request)
    # One form at a time: a session is no store.
    request.session[_KEY] = {
        "page": page,
        "sent_to": request.path,
        "typed": typed,
        "until": time.time() + LASTS,
    }
    return True


def page(request: HttpRequest) -> str:
    """The page that something is kept for; empty if there is none."""
    kept = request.session.get(_KEY)
    return str(kept["page"]) if kept and kept["until"] > time.time() else ""


def take(request: HttpRequest, *, sent_to: str = "") -> dict[str, str]:
    """{field: text} kept for this page, and forget it; empty if there is none.

    A page with several forms says by `sent_to`, the path a form is sent to, which one it asks for:
    what was to be a note must not come back as a reply.
    """
    kept = request.session.get(_KEY)
    if not kept or kept["page"] != request.path or sent_to not in {"", kept["sent_to"]}:
        return {}
    del request.session[_KEY]
    typed: dict[str, str] = kept["typed"] if kept["until"] > time.time() else {}
    return typed
