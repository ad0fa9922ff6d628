"""Where somebody has signed in, and how they sign out there (django-allauth keeps the rows)."""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network

from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from departments.models import User

# A program says the names of older ones as well, so the first that fits is meant.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Device:
    """One place where somebody is signed in: `browser` and `system` by name, empty if they did not
    say; `network` is the address without its last part."""

    pk: int
    browser: str
    system: str
    network: str
    since: datetime
    is_this: bool


def devices_of(request: HttpRequest) -> list[Device]:
    """Where who asks is signed in, this place first, then the newest. Rows of sessions that ended
    are forgotten."""
    here = request.session.session_key
    known = UserSession.objects
    if not known.filter(session_key=here).exists():
        known.create_from_request(request)
    found = [
        Device(
            pk=one.pk,
            browser=_named(one.user_agent, BROWSERS),
            system=_named(one.user_agent, SYSTEMS),
            network=network_of(one.ip),
            since=one.created_at,
            is_this=one.session_key == here,
        )
        for one in known.purge_and_list(request.user)
    ]
    return sorted(found, key=lambda one: (one.is_this, one.since), reverse=True)


def sign_out_elsewhere(user: User, *, but: str, pk: int | None = None) -> int:
    """End the sessions of `user` other than the one with the key `but`: all, or the one in row
    `pk`; how many."""
    sessions = UserSession.objects.filter(user=user).exclude(session_key=but)
    if pk is not None:
        sessions = sessions.filter(pk=pk)
    ended = list(sessions)
    for one in ended:
        one.end()
    return len(ended)


def network_of(address: str) -> str:
    """The network an address belongs to: enough to know a place again, not more."""
    bits = 24 if ip_address(address).version == 4 else 48
    return str(ip_network(f"{address}/{bits}", strict=False))


def _named(user_agent: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in names if sign in user_agent), "")
