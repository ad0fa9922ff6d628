"""What every page knows about the desk itself."""

from functools import cache
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_info, gettext

from departments.models import User
from mailgateway import alarms
from mailgateway.models import InboundEmail
from mailgateway.troubles import troubles_for
from tickets.agent.nav import Link, Nav, nav_of

MOST_LETTERS: Final = 99


def desk(request: HttpRequest) -> dict[str, Any]:
    """`desk`: name, trial (the trial mail server is in use), version, languages [(code, name)],
    troubles (of the mail, for whoever can do something about them; asked for only where shown)."""
    return {
        "desk": {
            "name": settings.DESK_NAME,
            "trial": settings.DESK_TRIAL,
            "version": settings.VERSION,
            "languages": [
                (code, get_language_info(code)["name_local"].capitalize())
                for code, _name in settings.LANGUAGES
            ],
            "troubles": SimpleLazyObject(
                lambda: [*alarms.shown_to(request.user), *troubles_for(request.user)]
            ),
        }
    }


def frame(request: HttpRequest) -> dict[str, Any]:
    """What stands around a page, asked for only where a page shows it: `nav` beside the pages of
    agents (a view that has made one gives its own), and `waiting_letters`, how many letters wait
    for a decision of the reader, counted up to one more than `MOST_LETTERS`."""

    @cache
    def nav() -> Nav | None:
        user = request.user
        return nav_of(user) if isinstance(user, User) and user.is_agent else None

    @cache
    def waiting_letters() -> int:
        waiting = InboundEmail.objects.visible_to(request.user).waiting()
        return waiting[: MOST_LETTERS + 1].count()

    return {"nav": nav, "waiting_letters": waiting_letters}


def letters_line(user: User) -> tuple[Link, QuerySet[InboundEmail]] | None:
    """The ledger in the navigation of leads, with how many letters wait for their decision."""
    if not user.is_lead:
        return None
    link = Link("letters", gettext("Letters"), reverse("letters:letters"), "letter")
    return link, InboundEmail.objects.visible_to(user).waiting()
