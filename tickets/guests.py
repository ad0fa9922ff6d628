"""Guests: they opened a link out of a letter and typed the code that was mailed to its reader.

A guest reads, answers, solves, reopens and rates that one ticket, and nothing else. They have not
signed in: `request.user` is nobody, and only views that ask for `request.reader` know of them. Who
works here, or has a second factor, is never a guest: a letter must not get around either.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from departments.models import User
from helpdesk.lib import passes
from helpdesk.lib.keys import key_in
from tickets.models import Attachment, Ticket, Upload


class ReaderRequest(HttpRequest):
    """A request about one ticket; `reader` is who has signed in, or the guest of that ticket."""

    user: User | AnonymousUser
    reader: User


P = ParamSpec("P")
Guarded = Callable[Concatenate[ReaderRequest, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def welcome_as_guests() -> QuerySet[User]:
    """People who may come in as guests."""
    people = User.objects.filter(is_active=True, is_staff=False, is_superuser=False)
    return people.filter(memberships=None, authenticator=None).select_related("organisation")


def admit(request: HttpRequest, person: User, *, to: Ticket) -> None:
    """`person` proved who they are: let this browser in to the one ticket."""
    passes.grant(request, _name(to.pk), holder=mark_of(person))


def lead_on(request: ReaderRequest, ticket: Ticket, *, to: Ticket) -> None:
    """What a guest came for goes on in another ticket: it was merged, or closed for too long."""
    if is_guest(request) and ticket.pk != to.pk:
        passes.extend(request, _name(ticket.pk), to=_name(to.pk))


def guest_at(request: HttpRequest, number: int) -> User | None:
    """Who is a guest of ticket `number` in this browser. Whether they may still see it, the view
    asks as for everybody."""
    holder = passes.holder_of(request, _name(number))
    if not holder:
        return None
    person = welcome_as_guests().filter(pk=key_in(holder.partition(" ")[0])).first()
    return person if person is not None and holder == mark_of(person) else None


def is_guest(request: HttpRequest) -> bool:
    """Has the reader of this request not signed in?"""
    return not request.user.is_authenticated


def guests_too(view: Guarded[P]) -> View[P]:
    """For who has signed in, and for guests of the ticket `number`, both as `request.reader`."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        reader = _reader(request, cast(int, kwargs["number"]))
        if reader is None:
            return redirect_to_login(request.get_full_path())
        asked = cast(ReaderRequest, request)
        asked.reader = reader
        return view(asked, *args, **kwargs)

    def lets_in(request: HttpRequest, number: int, **kwargs: Any) -> bool:
        return _reader(request, number) is not None

    guarded.lets_in = lets_in  # type: ignore[attr-defined]  # KeptTextMiddleware asks it
    return cast(View[P], guarded)


def readable_files(request: HttpRequest) -> QuerySet[Attachment]:
    """Files that whoever asks may read: as everybody else, and guests those of their tickets."""
    if isinstance(request.user, User):
        return Attachment.objects.readable_by(request.user)
    found = Attachment.objects.none()
    for thing in passes.things(request):
        number = _number(thing)
        person = guest_at(request, number) if number else None
        if person is not None:
            here = Ticket.objects.of_customer(person).with_merged(number)
            files = Attachment.objects.readable_by(person).filter(message__ticket__in=here)
            found = found | files
    return found


def own_uploads(request: HttpRequest) -> QuerySet[Upload]:
    """Files that whoever asks has sent ahead; guests those for their tickets."""
    if isinstance(request.user, User):
        return Upload.objects.filter(owner=request.user)
    found = Upload.objects.none()
    for number in filter(None, map(_number, passes.things(request))):
        if person := guest_at(request, number):
            found = found | Upload.objects.filter(owner=person, ticket=number)
    return found


def _reader(request: HttpRequest, number: int) -> User | None:
    if isinstance(request.user, User):
        return request.user
    # The middleware asks before the view does.
    known: dict[int, User | None] = request.__dict__.setdefault("_guests", {})
    if number not in known:
        known[number] = guest_at(request, number)
    return known[number]


def mark_of(person: User) -> str:
    """Who somebody is, for as long as their sessions last: these end with a changed password, and
    when an address turns out to be a stranger's."""
    return f"{person.pk} {person.get_session_auth_hash()}"


def _name(number: int) -> str:
    return f"ticket {number}"


def _number(thing: str) -> int:
    kind, _space, number = thing.partition(" ")
    return int(number) if kind == "ticket" else 0
