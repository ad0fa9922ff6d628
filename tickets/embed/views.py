"""The form on other sites, and a plain post of the same."""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from departments.models import DeskSettings
from helpdesk.lib import multilingual
from helpdesk.lib.errors import DeskError
from tickets import actions
from tickets.embed import guards
from tickets.embed.forms import WritingForm
from tickets.embed.guards import Way
from tickets.models import EmbeddedForm, Ticket, origin_of


@csrf_exempt  # nobody is signed in here, so nobody can be made to act; see guards.way_of
@login_not_required
@xframe_options_exempt  # its policy says who may frame it
@never_cache
@require_http_methods(["GET", "HEAD", "POST", "OPTIONS"])
def form(request: HttpRequest, key: str) -> HttpResponse:
    """The form (GET), what was written into it (POST), and what a script on the site asks before
    it posts (OPTIONS, the preflight of CORS)."""
    place = get_object_or_404(EmbeddedForm, key=key, is_active=True)
    translation.activate(_language(request, place))
    if request.method == "OPTIONS":
        answer = HttpResponse(status=204)
    elif request.method == "POST":
        answer = _take(request, place)
    else:
        answer = _page(request, place, WritingForm(place=place))
    answer.headers["Content-Security-Policy"] = place.policy
    return _shared(answer, request, place)


def _language(request: HttpRequest, place: EmbeddedForm) -> str:
    """The form's own, else the one in the address (`?language=uk`), else the visitor's."""
    wished = request.GET.get("language", "")
    known = wished in dict(settings.LANGUAGES)
    return place.language or (wished if known else translation.get_language()) or ""


def _shared(answer: HttpResponse, request: HttpRequest, place: EmbeddedForm) -> HttpResponse:
    """Scripts on the sites of the form may post and read what came of it (CORS), no others."""
    if request.method in {"POST", "OPTIONS"}:
        patch_vary_headers(answer, ["Origin"])
        origin = request.headers.get("Origin", "")
        if origin in place.origins:
            answer.headers["Access-Control-Allow-Origin"] = origin
            answer.headers["Access-Control-Allow-Methods"] = "POST"
            answer.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
    return answer


def _take(request: HttpRequest, place: EmbeddedForm) -> HttpResponse:
    """What was written becomes a ticket, or comes back with a sentence and everything typed."""
    way = guards.way_of(request, place)
    said = _said(request)
    written = WritingForm(said, request.FILES, place=place)
    if way == Way.NEITHER:
        sentence = _("The site that you come from may not send to this form.")
        return _back(request, place, written, sentence, status=403)
    carried = said.get("stamp", "")
    stamp = guards.read_stamp(place, carried)
    doubt = guards.doubt(said, stamp, way)
    if not written.is_valid() or doubt:
        return _back(request, place, written, doubt, stamp=carried if stamp else "")
    if guards.is_flooded(request, place, share=1 if stamp else 2):
        return _back(request, place, written, actions.TOO_MUCH, status=429)
    data = written.cleaned_data
    writing = actions.Writing(address=data.pop("email"), stamp=stamp.name if stamp else "", **data)
    try:
        ticket = actions.open_by_form(place, writing=writing)
    except DeskError as refusal:
        return _back(request, place, written, refusal.sentence, status=refusal.status)
    return _thanks(request, place, ticket, way, said)


def _said(request: HttpRequest) -> QueryDict:
    """The fields, however they were sent; nothing for JSON that is no object of texts."""
    if request.content_type != "application/json":
        return request.POST
    said = QueryDict(mutable=True)
    try:
        fields = json.loads(request.body)
    except (ValueError, RecursionError):
        return said
    for name, value in fields.items() if isinstance(fields, dict) else ():
        if isinstance(value, str):
            # JSON can spell halves of letters, which no text may hold.
            said[name] = value.encode(errors="replace").decode()
    return said


def _page(
    request: HttpRequest,
    place: EmbeddedForm,
    written: WritingForm,
    sentence: Any = None,
    *,
    stamp: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "place": place,
        "form": written,
        "sentence": sentence,
        "lost_files": bool(written.files),
        "stamp": stamp or guards.new_stamp(place),
        "trap": guards.TRAP,
    }
    return render(request, "embed/form.html", context, status=status)


def _back(
    request: HttpRequest,
    place: EmbeddedForm,
    written: WritingForm,
    sentence: Any,
    *,
    stamp: str = "",
    status: int = 422,
) -> HttpResponse:
    """It did not become a ticket: the form as it was typed, or its errors for a script."""
    if not _wants_json(request):
        return _page(request, place, written, sentence, stamp=stamp, status=status)
    errors = {name: list(map(str, said)) for name, said in written.errors.items()}
    if sentence:
        errors[NON_FIELD_ERRORS] = [str(sentence)]
    return JsonResponse({"errors": errors}, status=status)


def _thanks(
    request: HttpRequest, place: EmbeddedForm, ticket: Ticket | None, way: Way, said: QueryDict
) -> HttpResponse:
    """It has arrived. The desk that hears only people it knows says nobody a number here: whether
    there is one would tell whom it knows."""
    is_open = DeskSettings.current().is_open
    number = ticket.number if ticket and is_open else None
    if _wants_json(request):
        return JsonResponse({"number": number}, status=201)
    back = said.get("next", "")
    if way == Way.THEIRS and origin_of(back) in place.origins:
        return HttpResponseRedirect(back)
    thanks = multilingual.pick(place.thanks)
    context = {"place": place, "number": number, "thanks": thanks, "is_open": is_open}
    return render(request, "embed/thanks.html", context)


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"
