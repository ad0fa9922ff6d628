"""The ledger for leads, and the letter behind a message for agents who work on its ticket."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from departments.http import SignedInRequest, agent_required, lead_required
from departments.models import User
from helpdesk.lib.errors import DeskError
from mailgateway import inbound
from mailgateway.agent.forms import ByHandForm, CharsetForm, LedgerFilter, ReasonForm
from mailgateway.agent.listing import SIZE, page_of
from mailgateway.models import InboundEmail, LetterQuerySet
from tickets.models import Ticket
from tickets.permissions import can_work_on


@lead_required
@require_GET
def letters(request: SignedInRequest) -> HttpResponse:
    """The letters one answers for, newest first."""
    chosen = LedgerFilter(request.GET, user=request.user)
    page = page_of(chosen.found, request.GET.get("after", ""))
    kept = QueryDict(mutable=True)
    for name in chosen.fields:
        if value := request.GET.get(name):
            kept[name] = value
    context = {"filter": chosen, "page": page, "keep": kept.urlencode(), "current_view": "letters"}
    return render(request, "letters/letters.html", context)


@lead_required
@require_POST
def handling(request: SignedInRequest) -> HttpResponse:
    """Run chosen letters again, or ignore them with a reason; it is asked for if it is missing."""
    keys = [int(key) for key in request.POST.getlist("letters")[:SIZE] if _is_key(key)]
    mine = InboundEmail.objects.visible_to(request.user).light()
    chosen = list(mine.filter(pk__in=keys).order_by("pk"))
    if len(chosen) < len(set(keys)):
        raise Http404
    back = _back(request)
    if not chosen:
        messages.warning(request, _("Choose letters first."))
        return redirect(back)
    if request.POST.get("act") == "again":
        messages.info(request, str(inbound.run_all_again(chosen, by=request.user)))
        return redirect(back)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "letters": chosen, "back": back, "current_view": "letters"}
        return render(request, "letters/ignoring.html", context, status=422)
    ignored = inbound.ignore_all(chosen, by=request.user, reason=form.cleaned_data["reason"])
    said = ngettext("%(n)d letter is ignored.", "%(n)d letters are ignored.", ignored)
    messages.success(request, said % {"n": ignored})
    return redirect(back)


@lead_required
@require_GET
def letter(request: SignedInRequest, pk: int) -> HttpResponse:
    """One letter: what was read, the bytes, its history, and what can be done."""
    one = _mine(request, pk)
    context = {
        "look": inbound.look_at(one),
        "letter": one,
        "can_be_ticket": inbound.can_be_ticket(one),
        "reason": ReasonForm(),
        "current_view": "letters",
    }
    return render(request, "letters/letter.html", context)


@lead_required
@require_POST
def again(request: SignedInRequest, pk: int) -> HttpResponse:
    """Try to understand it once more; what is on a ticket already is read again there."""
    one = inbound.run_again(_mine(request, pk), by=request.user)
    if one.error:
        messages.error(request, _("It was not understood this time either."))
    elif one.handled_at is None:
        messages.info(request, _("The worker tries it in a moment."))
    else:
        messages.success(request, _("The letter was read again."))
    return redirect("letters:letter", one.pk)


@lead_required
@require_http_methods(["GET", "POST"])
def ticket(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a ticket of it by hand; the form begins with what can be read."""
    one = _mine(request, pk)
    if not inbound.can_be_ticket(one):
        raise DeskError(_("This letter stands on a ticket already."))
    if request.method == "POST":
        form = ByHandForm(request.POST, by=request.user)
        if form.is_valid() and (made := _made(form, one, request.user)) is not None:
            return redirect("agent:ticket", made.number)
    else:
        form = ByHandForm(by=request.user, initial=_readable(one))
    context = {"letter": one, "form": form, "current_view": "letters"}
    return render(request, "letters/ticket.html", context, status=422 if form.is_bound else 200)


def _made(form: ByHandForm, one: InboundEmail, by: User) -> Ticket | None:
    try:
        return inbound.make_ticket(one, by=by, **form.cleaned_data)
    except DeskError as refusal:
        form.add_error(None, str(refusal))
        return None


def _readable(one: InboundEmail) -> dict[str, Any]:
    """What the form of a ticket begins with: what is read, or else the letter as it came."""
    look = inbound.look_at(one)
    begun = {"department": one.mailbox.department_id, "subject": one.subject}
    if look.parsed is None:
        return {**begun, "customer": one.sender, "text": look.start}
    sender = look.parsed.sender
    return {
        **begun,
        "customer": sender.email if sender else "",
        "name": sender.name if sender else "",
        "subject": look.parsed.subject,
        "text": look.text.strip() or look.start,
    }


@require_GET
def raw(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The bytes as they came, as a file, for whoever may have them."""
    return _handed_out(request, InboundEmail.objects.filter(pk=pk))


@require_GET
def raw_of_message(request: HttpRequest, message: int) -> HttpResponseBase:
    """The bytes of the letter that a message was made of."""
    return _handed_out(request, InboundEmail.objects.behind(message))


def _handed_out(request: HttpRequest, found: LetterQuerySet) -> HttpResponseBase:
    one = found.light().first()
    if one is None or not isinstance(request.user, User):
        raise Http404
    if not inbound.may_fetch(request.user, one):
        raise PermissionDenied
    response: HttpResponse | FileResponse
    if one.whole:
        response = FileResponse(one.whole.open("rb"), content_type="message/rfc822")
    else:
        response = HttpResponse(bytes(one.raw), content_type="message/rfc822")
    response.headers["Content-Disposition"] = f'attachment; filename="{one.pk}.eml"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@agent_required
@require_http_methods(["GET", "POST"])
def reading(request: SignedInRequest, message: int) -> HttpResponse:
    """A message as its letter reads in another charset (`?charset=`), and to keep it so."""
    one = InboundEmail.objects.behind(message).light().first()
    place = inbound.ticket_behind(one) if one is not None else None
    if one is None or place is None or not can_work_on(request.user, place):
        raise Http404
    chosen = CharsetForm(request.POST if request.method == "POST" else request.GET)
    if not chosen.is_valid():
        raise Http404
    charset = chosen.cleaned_data["charset"]
    back = f"{reverse('agent:ticket', args=[place.number])}#message-{message}"
    if request.method == "POST":
        if inbound.read_again(one, by=request.user, charset=charset):
            messages.success(request, _("The message is kept as you see it now."))
        else:
            messages.info(request, _("Read this way, the message is the same as before."))
        return redirect(back)
    parsed = inbound.look_into(one, charset=charset)
    context = {"message": message, "form": chosen, "parsed": parsed, "ticket": place, "back": back}
    return render(request, "letters/reading.html", context)


def _mine(request: SignedInRequest, pk: int) -> InboundEmail:
    mine = InboundEmail.objects.visible_to(request.user).light()
    return get_object_or_404(mine.select_related("mailbox__department", "ticket"), pk=pk)


def _back(request: HttpRequest) -> str:
    """Where a form on a list wants to go on, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()})
    return wanted if safe else reverse("letters:letters")


def _is_key(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 19
