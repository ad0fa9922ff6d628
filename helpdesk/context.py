"""What every page knows about the desk itself."""

from functools import cache, cached_property
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language_info, gettext

from departments.http import brand_of
from departments.models import Brand, User
from helpdesk.lib import multilingual
from mailgateway import alarms
from mailgateway.models import InboundEmail
from mailgateway.troubles import Trouble, troubles_for
from tickets.agent.nav import Link, Nav, nav_of

MOST_LETTERS: Final = 99


class Desk:
    """What the templates call `desk`. Rows are asked for only where a page shows what they say."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.trial = settings.DESK_TRIAL
        self.version = settings.VERSION

    @property
    def brand(self) -> Brand:
        """Whose pages these are, by the host name that was asked for."""
        return brand_of(self._request)

    @property
    def name(self) -> str:
        """What customers call us."""
        return self.brand.shown_name

    @property
    def look(self) -> str:
        """The address of the style sheet with the brand's colours; empty if they are ours."""
        return self.brand.look

    @property
    def welcome(self) -> str:
        """What stands where customers come in, in their language."""
        return multilingual.pick(self.brand.welcome)

    @property
    def before_writing(self) -> str:
        """What stands above the form for a new request."""
        return multilingual.pick(self.brand.before_writing)

    @property
    def footer(self) -> str:
        """The last line of the pages of customers."""
        return multilingual.pick(self.brand.footer)

    @cached_property
    def languages(self) -> list[tuple[str, str]]:
        """(code, name in itself) of the languages that pages are read in."""
        return [
            (code, get_language_info(code)["name_local"].capitalize())
            for code, _name in settings.LANGUAGES
        ]

    @cached_property
    def troubles(self) -> list[Trouble]:
        """Troubles of the mail, for whoever can do something about them."""
        user = self._request.user
        return [*alarms.shown_to(user), *troubles_for(user)]


def desk(request: HttpRequest) -> dict[str, Any]:
    """`desk`, what every page knows."""
    return {"desk": Desk(request)}


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
