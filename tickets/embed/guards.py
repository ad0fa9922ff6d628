"""Proof against bots that tracks nobody: where a post comes from, when its page was made, what a
bot fills that no person sees, how much comes from one place. No cookie, no riddle, no script."""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from departments.http import place_of
from helpdesk.lib import tokens
from tickets.models import EmbeddedForm, origin_of

YOUNGEST: Final = 3
"""Seconds in which nobody fills a form."""
OLDEST: Final = 12 * 3600
"""Seconds after which a page must be made anew."""
TRAP: Final = "homepage"
"""A field that people do not see."""
WINDOW: Final = 10 * 60
"""Seconds for which posts from one place are counted."""
MOST_OF_PLACE: Final = 10
_PURPOSE: Final = "form.stamp"


class Way(Enum):
    """Where a post was typed."""

    OURS = "ours"
    THEIRS = "theirs"  # on a page of a site that may show the form
    NEITHER = "neither"


@dataclass(frozen=True)
class Stamp:
    """What a page of ours carries: its own name, and when it was made (seconds since 1970)."""

    name: str
    made_at: int


def new_stamp(form: EmbeddedForm) -> str:
    """The signed stamp of a page that is made now."""
    return tokens.make(_PURPOSE, [form.pk, secrets.token_urlsafe(12), int(time.time())])


def read_stamp(form: EmbeddedForm, text: str) -> Stamp | None:
    """What `text` says; None if it was not made here, for another form, or too long ago."""
    value = tokens.read(_PURPOSE, text, max_age=OLDEST)
    return Stamp(*value[1:]) if value and value[0] == form.pk else None


def way_of(request: HttpRequest, form: EmbeddedForm) -> Way:
    """Where the page stands that sent this. Browsers say so; a program may say what it likes, which
    is why the stamp and the limits hold as well. Whoever says nothing needs a stamp."""
    said = request.headers.get("Origin") or origin_of(request.headers.get("Referer", ""))
    # The host alone: behind a proxy that ends TLS without saying so, we know no scheme.
    here = {request.get_host(), urlsplit(settings.DESK_URL).netloc}
    if not said or said.partition("://")[2] in here:
        return Way.OURS
    return Way.THEIRS if said in form.origins else Way.NEITHER


def doubt(said: Mapping[str, str], stamp: Stamp | None, way: Way) -> Promise | None:
    """Why this is perhaps no person; None where nothing speaks against one."""
    if said.get(TRAP):
        return _("A field was filled that is to be left empty. Please send it once more.")
    if way == Way.THEIRS and not said.get("stamp"):
        return None
    if not said.get("stamp"):
        return _("This was not sent from our page. Please send it from here.")
    if stamp is None:
        return _("This page was open for a very long time. Please send it once more.")
    if time.time() - stamp.made_at < YOUNGEST:
        return _("That was faster than people type. Please send it once more.")
    return None


def is_flooded(request: HttpRequest, form: EmbeddedForm, *, share: int) -> bool:
    """Did more than enough come from this place in the last minutes? Counts this post. The place is
    kept as a keyed hash that is another one every ten minutes, and is forgotten then."""
    window = int(time.time()) // WINDOW
    try:
        place = tokens.short_mac("form.place", f"{window}:{place_of(request)}")
        key = f"form:{form.pk}:{place}"
        cache.add(key, 0, 2 * WINDOW)
        return int(cache.incr(key)) > MOST_OF_PLACE // share
    except (RedisError, PermissionDenied):  # no Redis, no address: rows are counted as well
        return False
