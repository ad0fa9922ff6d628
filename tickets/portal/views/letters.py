"""Letters that somebody no longer wants: the page behind the link at their end."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from departments.actions import choose_notice
from departments.models import Notice, person_now
from helpdesk.lib.errors import DeskError
from tickets import links


class NoSuchLetters(DeskError):
    """A link that was not made here."""

    status = 404


@csrf_exempt  # the signed link says who asks; mail programs press the button for people (RFC 8058)
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def letters(request: HttpRequest, token: str) -> HttpResponse:
    """Stop letters of one kind, or (POST with `wanted`) begin again, without signing in. GET shows
    a button and changes nothing: programs that look for viruses open every link."""
    claim = links.read_letters_token(token)
    person = person_now(claim.user) if claim else None
    if claim is None or person is None or claim.notice not in Notice.values:
        raise NoSuchLetters(_("This link is not valid."))
    notice = Notice(claim.notice)
    if request.method == "POST":
        person = choose_notice(person, notice, wanted="wanted" in request.POST)
    if not request.user.is_authenticated and person.language:
        translation.activate(person.language)
    context = {"person": person, "notice": notice, "wanted": person.wants(notice)}
    return render(request, "portal/letters.html", context)
