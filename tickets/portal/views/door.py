"""The link in a letter: it opens one ticket, without an account, for who types a mailed code.

GET changes nothing: programs that look for viruses open every link.
"""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from departments import codes
from departments.models import User, person_now
from departments.signin_forms import CodeForm, SignInByCodeForm
from tickets import actions, guests, links
from tickets.models import Ticket


@dataclass(frozen=True)
class Claim:
    """A link that holds: which ticket it opens now, and for whom."""

    ticket: Ticket
    reader: User
    token: str

    @property
    def purpose(self) -> str:
        """What a code is mailed for."""
        return f"ticket {self.ticket.pk} {self.reader.pk}"

    @property
    def language(self) -> str:
        """In which the letter is, if that is known."""
        return self.reader.language or self.ticket.language

    @property
    def page(self) -> str:
        """The page of the ticket."""
        return reverse("portal:ticket", args=[self.ticket.pk])


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def door(request: HttpRequest, token: str) -> HttpResponse:
    """To the ticket, for who may read it here already; else the offer to mail a code."""
    claim = _claim(token)
    if claim is None:
        return over(request, wanted=_wanted(token))
    if isinstance(request.user, User):
        return _signed_in(request, request.user, claim)
    if guests.guest_at(request, claim.ticket.pk) is not None:
        return redirect(claim.page)
    if not _may_be_guest(claim):
        return redirect_to_login(claim.page)
    speak_to(request, claim.language)
    is_refused = False
    if request.method == "POST":
        if codes.mail_code(request, claim.reader, purpose=claim.purpose):
            return redirect("portal:door_code", token)
        is_refused = True
    context = {"address": codes.masked(claim.reader.email), "claim": claim, "refused": is_refused}
    return render(request, "portal/door.html", context, status=429 if is_refused else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Where the mailed code is typed; the right one opens the ticket."""
    claim = _claim(token)
    if claim is None or request.user.is_authenticated or not _may_be_guest(claim):
        return redirect("portal:door", token)
    speak_to(request, claim.language)
    form = CodeForm(request.POST if request.method == "POST" else None)
    is_waited_for = codes.is_waited_for(request, purpose=claim.purpose)
    if is_waited_for and form.is_valid():
        typed = codes.check_code(request, form.cleaned_data["code"], purpose=claim.purpose)
        if typed == codes.Typed.RIGHT:
            guests.admit(request, claim.reader, to=claim.ticket)
            return _in_their_language(request, redirect(claim.page))
        form.add_error("code", _("That is not the code in the letter."))
        is_waited_for = typed == codes.Typed.WRONG
    if not is_waited_for:
        messages.error(request, _("This code is no longer good. Ask for a new one."))
        return redirect("portal:door", token)
    context = {"address": codes.masked(claim.reader.email), "claim": claim, "form": form}
    return render(request, "portal/door_code.html", context, status=422 if form.errors else 200)


def _claim(token: str) -> Claim | None:
    """What the link opens; None where it was changed, is too old, or its reader takes no part."""
    said = links.read_ticket_token(token)
    reader = person_now(said.user) if said is not None and not said.is_old else None
    named = Ticket.objects.filter(pk=said.ticket).first() if said is not None else None
    if reader is None or named is None:
        return None
    mine = Ticket.objects.of_customer(reader)
    found = mine.filter(pk__in=[actions.current(named).pk, named.pk])
    ticket = found.order_by(F("merged_into").asc(nulls_first=True)).first()
    return Claim(ticket, reader, token) if ticket is not None else None


def _may_be_guest(claim: Claim) -> bool:
    return guests.welcome_as_guests().filter(pk=claim.reader.pk).exists()


def _signed_in(request: HttpRequest, user: User, claim: Claim) -> HttpResponse:
    """Everybody who may see the ticket sees it; others may be at work with another account."""
    if Ticket.objects.of_customer(user).filter(pk=claim.ticket.pk).exists():
        return redirect(claim.page)
    if Ticket.objects.workable_by(user).filter(pk=claim.ticket.pk).exists():
        return redirect("agent:ticket", claim.ticket.pk)
    context = {"address": codes.masked(claim.reader.email), "claim": claim}
    return render(request, "portal/door_other.html", context, status=403)


def _wanted(token: str) -> str:
    said = links.read_ticket_token(token)
    return reverse("portal:ticket", args=[said.ticket]) if said else reverse("portal:home")


def over(request: HttpRequest, *, wanted: str) -> HttpResponse:
    """A link that says nothing any more; an address, typed in, is mailed a code to sign in, and
    leads to the page `wanted`. Nobody learns here who has one."""
    if request.user.is_authenticated:
        return redirect(wanted)
    context = {"form": SignInByCodeForm(), "wanted": wanted}
    return render(request, "portal/door_over.html", context, status=404)


def speak_to(request: HttpRequest, language: str) -> None:
    """They come from a letter in this language, if they chose no other here."""
    if language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(language)


def _in_their_language(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The pages behind the door go on in the language of the door."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, translation.get_language(), samesite="Lax"
        )
    return response
