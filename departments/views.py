"""One's own page. Signing in and out is django-allauth's."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from departments import actions, addressing
from departments.forms import ProfileForm
from departments.http import SignedInRequest
from departments.models import User, has_address
from departments.models.brands import LOGOS
from departments.models.people import FACES
from helpdesk.lib import colours
from helpdesk.lib.errors import DeskError
from helpdesk.lib.passes import holders_too

FOR_EVER = "max-age=31536000, immutable"


class NothingToProve(DeskError):
    """A link that was not made here, is too old, or was used."""

    status = 404


OVER = gettext_lazy("This link is no longer valid. Ask us for another one.")


def profile(request: SignedInRequest) -> HttpResponse:
    """Name, language and time zone; from here to address, password and second factor."""
    # A copy of its own: a form that fails must not rename the person in the page's head.
    person = User.objects.get(pk=request.user.pk)
    language = person.language or translation.get_language()
    form = ProfileForm(
        request.POST if request.method == "POST" else None,
        instance=person,
        initial={"language": language},
    )
    if form.is_valid():
        form.save()
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("Saved."))
        return redirect("account_profile")
    status = 422 if form.is_bound else 200
    return render(request, "portal/profile.html", {"form": form}, status=status)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def prove_address(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a letter to an address that was put down as somebody's. GET shows a button and
    changes nothing: programs that look for viruses open every link."""
    claim = addressing.read_token(token)
    if claim is None:
        raise NothingToProve(OVER)
    person, address = claim
    proved = has_address(person, address)
    if request.method == "POST" and not proved:
        proved = actions.prove_address(address, of=person) is not None
        if not proved:
            raise NothingToProve(OVER)
    if not request.user.is_authenticated and person.language:
        translation.activate(person.language)
    context = {"address": address, "proved": proved}
    return render(request, "account/prove_address.html", context)


@holders_too
@require_GET
def face(request: HttpRequest, token: uuid.UUID) -> HttpResponseBase:
    """Somebody's picture, for whoever has signed in. A new picture has a new address."""
    return _picture(f"{FACES}/{token}.jpg", "image/jpeg", kept="private")


@login_not_required
@require_GET
def logo(request: HttpRequest, token: uuid.UUID) -> HttpResponseBase:
    """The logo of a brand, for everybody. A new one has a new address."""
    return _picture(f"{LOGOS}/{token}.webp", "image/webp", kept="public")


def _picture(name: str, content_type: str, *, kept: str) -> HttpResponseBase:
    try:
        picture = default_storage.open(name)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(picture, content_type=content_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = f"{kept}, {FOR_EVER}"
    return response


@login_not_required
@require_GET
def look(request: HttpRequest, name: str) -> HttpResponse:
    """The style sheet with the shades of an accent, for everybody. Its name says the accent, and by
    which rules the shades were made of it."""
    return _for_ever(colours.sheet(_accent_in(name)), "text/css")


@login_not_required
@require_GET
def sign(request: HttpRequest, name: str, letter: str) -> HttpResponse:
    """A letter in the colour that `name` says, as for `look`, for the tab of a browser."""
    if len(letter) != 1 or not letter.isalnum():
        raise Http404
    response = _for_ever(colours.sign(_accent_in(name), letter), "image/svg+xml")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _accent_in(name: str) -> str:
    accent = name.partition("-")[0]
    try:
        if name == colours.sheet_name(accent):
            return accent
    except ValueError as error:
        raise Http404 from error
    raise Http404


def _for_ever(content: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response.headers["Cache-Control"] = f"public, {FOR_EVER}"
    return response
