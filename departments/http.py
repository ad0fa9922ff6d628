"""Who may come through a door: the signed-in request and the guards of agents' and leads' pages."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address, ip_network
from typing import Concatenate, ParamSpec, cast

from allauth.account.adapter import get_adapter
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import DisallowedHost, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from departments.models import Brand, User

P = ParamSpec("P")


class SignedInRequest(HttpRequest):
    """A request whose person is known; the guards below see to it."""

    user: User


Guarded = Callable[Concatenate[SignedInRequest, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def brand_of(request: HttpRequest) -> Brand:
    """Whose pages are shown under the host name that was asked for."""
    try:
        return Brand.at(request.get_host())
    except DisallowedHost:  # the page that says so is ours
        return Brand.at("")


def place_of(request: HttpRequest) -> str:
    """Where the client is: an address of the network, or in IPv6 the network that one line gets.
    Raises PermissionDenied where nothing says it."""
    address = ip_address(get_adapter(request).get_client_ip(request))
    if address.version == 4:
        return str(address)
    return str(ip_network((address, 64), strict=False))


def _guard(view: Guarded[P], allowed: Callable[[User], bool]) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        # Somebody disabled while signed in is nobody: Django no longer loads them.
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        if not allowed(request.user):
            raise PermissionDenied(_("This page is for the people who work here."))
        return view(cast(SignedInRequest, request), *args, **kwargs)

    return cast(View[P], guarded)


def agent_required(view: Guarded[P]) -> View[P]:
    """Active agents of any department and administrators; customers get 403 with our page."""
    return _guard(view, lambda user: user.is_agent)


def lead_required(view: Guarded[P]) -> View[P]:
    """Leads of any department and administrators; everybody else gets 403."""
    return _guard(view, lambda user: user.is_lead)
