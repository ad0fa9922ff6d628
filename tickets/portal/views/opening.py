"""Writing to us for the first time."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from departments.http import SignedInRequest, brand_of
from departments.models import Brand, Category, Department
from helpdesk.lib import kept, multilingual
from tickets import actions
from tickets.coach import Attempt, Part, advise, divide, matter_of
from tickets.forms import NewFieldsForm, tokens_in, uploads_of
from tickets.models import CustomField, Ticket
from tickets.permissions import can_write
from tickets.portal import coaching
from tickets.portal.forms import AboutForm, FilesForm, NewTicketForm, Parts, PartsFormSet
from tickets.portal.keeping import SENT, keep_files, say_what_waited

P = ParamSpec("P")
View = Callable[Concatenate[SignedInRequest, P], HttpResponse]


def writers_only(view: View[P]) -> View[P]:
    """A sentence instead of the form, for whoever this desk does not hear."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if can_write(request.user):
            return view(request, *args, **kwargs)
        return render(
            request, "portal/not_known.html", {"sentence": actions.KNOWN_ONLY}, status=403
        )

    return cast(View[P], guarded)


@writers_only
@require_http_methods(["GET", "HEAD", "POST"])
def new_ticket(request: SignedInRequest) -> HttpResponse:
    """The form for a new ticket. What the coach would ask for is shown once before it is sent."""
    advice, is_stopped, brand = coaching.Advice(), False, brand_of(request)
    status = 200
    if "topic" in request.POST:
        # Without scripts somebody asks what the chosen topic asks for.
        said = request.POST.dict() | {"uploads": _files_of_whole(request, request.POST)}
        form = NewTicketForm(initial=said, by=request.user, brand=brand)
        fields = _asked(request.POST, brand)
    elif request.method == "POST":
        status = 422
        form = NewTicketForm(request.POST, request.FILES, by=request.user, brand=brand)
        fields = _asked(request.POST, brand, is_sent=True)
        advice = _advice(request)
        if not form.is_valid() and (sent := form.sent_already):
            return _sent(request, sent.ticket, advice)
        if form.is_valid() and fields.is_valid():
            is_stopped = advice.stops and not request.POST.get("advised")
            if not is_stopped:
                try:
                    ticket = actions.open_ticket(
                        customer=request.user,
                        by=request.user,
                        department=_place(form.cleaned_data["category"], brand),
                        fields=fields.values,
                        skipped=advice.hints,
                        once=True,
                        **form.cleaned_data,
                    )
                except actions.TooMuchWritten as refusal:
                    form.add_error(None, str(refusal))
                    status = refusal.status
                else:
                    return _sent(request, ticket, advice)
        keep_files(form, by=request.user)
    else:
        typed = kept.take(request)
        # An address may name topic and product: /tickets/new/?category=3
        said = typed or request.GET.dict()
        form = NewTicketForm(initial=said, by=request.user, brand=brand)
        fields = _asked(said, brand)
        if typed:
            say_what_waited(request, typed)
    context = {
        "form": form,
        "fields": fields,
        "advice": advice,
        "is_stopped": is_stopped,
        **_for_topic(form["category"].value(), brand),
    }
    return render(request, "portal/new_ticket.html", context, status=status)


def _sent(request: SignedInRequest, ticket: Ticket, advice: coaching.Advice) -> HttpResponse:
    """To the new ticket, and to articles that may answer it, where the form did not show them."""
    thanks = _("Thank you! We have got it and will answer soon.")
    messages.success(request, thanks, extra_tags=SENT)
    if not request.POST.get("advised"):
        for text in advice.articles:
            link = (text.article.get_absolute_url(), text.language, text.public_title)
            offer = format_html('<a href="{0}?lang={1}" lang="{1}">{2}</a>', *link)
            messages.info(request, format_html("{} {}", _("Perhaps this answers it:"), offer))
    return redirect("portal:ticket", ticket.number)


@require_GET
def evidence(request: SignedInRequest) -> HttpResponse:
    """The parts of the page that say what helps us and ask for more, for the topic just chosen."""
    brand = brand_of(request)
    context = _for_topic(request.GET.get("category", ""), brand)
    context["fields"] = _asked(request.GET, brand)
    return render(request, "portal/partials/_for_topic.html", context)


@require_POST
def hints(request: SignedInRequest) -> HttpResponse:
    """What the coach says while somebody types; nothing to do where it stands there already."""
    advice = coaching.while_typing(_advice(request), request.POST.dict())
    if advice.digest == request.POST.get("advised", ""):
        return HttpResponse(status=204)
    return render(request, "portal/partials/_hints.html", {"advice": advice})


@writers_only
@require_http_methods(["GET", "HEAD", "POST"])
def parts(request: SignedInRequest) -> HttpResponse:
    """A text about several matters, divided: each becomes a ticket of its own, all at once."""
    said = request.POST if request.method == "POST" else kept.take(request)
    if not said:
        return redirect("portal:new_ticket")
    brand = brand_of(request)
    if request.method != "POST":
        say_what_waited(request, said)
    if "parts-TOTAL_FORMS" not in said:
        title, text = said.get("subject", ""), said.get("body", "")
        found = divide(text) or [Part(title, text)]
        initial: list[dict[str, Any]] = [{"subject": one.title, "body": one.text} for one in found]
        for one in uploads_of(request.user, tokens_in(_files_of_whole(request, said))):
            initial[matter_of(one.name, found)].setdefault("uploads", []).append(str(one.token))
        pieces = Parts(prefix="parts", initial=initial, form_kwargs={"by": request.user})
        about = AboutForm(initial=dict(said.items()), brand=brand)
        return _show_parts(request, pieces, about, _asked(said, brand))
    pieces = Parts(said, request.FILES, prefix="parts", form_kwargs={"by": request.user})
    about = AboutForm(said, brand=brand)
    fields = _asked(said, brand, is_sent=True)
    are_valid = [form.is_valid() for form in (pieces, about, fields)]
    if any(one.sent_already for one in pieces.forms):
        return redirect("portal:home")
    if request.method != "POST" or not all(are_valid):
        return _show_parts(request, pieces, about, fields)
    wishes = coaching.wishes_of(_number(said.get("category")))
    try:
        opened = actions.open_related(
            customer=request.user,
            by=request.user,
            department=_place(about.cleaned_data["category"], brand),
            fields=fields.values,
            once=True,
            parts=[{**one, "skipped": advise(_attempt(one), wishes)} for one in pieces.said],
            **about.cleaned_data,
        )
    except actions.TooMuchWritten as refusal:
        about.add_error(None, str(refusal))
        return _show_parts(request, pieces, about, fields, status=refusal.status)
    messages.success(
        request,
        ngettext(
            "Thank you! We have got your request and will answer it soon.",
            "Thank you! We have got %(number)d requests and will answer each of them.",
            len(opened),
        )
        % {"number": len(opened)},
        extra_tags=SENT,
    )
    return redirect("portal:home")


def _files_of_whole(request: SignedInRequest, said: Mapping[str, str]) -> str:
    """The files of a form that is not sent yet, as tokens."""
    whole = FilesForm(request.POST or said, request.FILES, by=request.user)
    whole.is_valid()
    keep_files(whole, by=request.user)
    return str(whole["uploads"].value())


def _attempt(said: dict[str, Any]) -> Attempt:
    return Attempt(said["subject"], said["body"], tuple(file.name for file in said["files"]))


def _show_parts(
    request: SignedInRequest,
    pieces: PartsFormSet,
    about: AboutForm,
    fields: NewFieldsForm,
    *,
    status: int | None = None,
) -> HttpResponse:
    for form in pieces.forms:
        keep_files(form, by=request.user)
    context = {"parts": pieces, "about": about, "fields": fields}
    status = status or (422 if pieces.is_bound else 200)
    return render(request, "portal/parts.html", context, status=status)


def _advice(request: SignedInRequest) -> coaching.Advice:
    beside = uploads_of(request.user, tokens_in(request.POST.get("uploads", "")))
    names = [file.name or "" for file in request.FILES.getlist("files")]
    return coaching.advice_on(
        request.POST.dict(),
        [*names, *(one.name for one in beside)],
        by=request.user,
        category=_number(request.POST.get("category")),
        service=_number(request.POST.get("service")),
    )


def _asked(said: Mapping[str, Any], brand: Brand, *, is_sent: bool = False) -> NewFieldsForm:
    """The form of the custom fields that customers fill for the topic in `said`."""
    number = _number(said.get("category"))
    topics = Category.objects.select_related("department")
    place = _place(topics.filter(pk=number).first() if number else None, brand)
    asked = CustomField.objects.filter(asked_in_portal=True)
    fitting = asked.fitting(place.pk if place else None, number)
    return NewFieldsForm.of(fitting, said, is_sent=is_sent)


def _place(topic: Category | None, brand: Brand) -> Department | None:
    """The department that receives what is written under `topic`, or under none; None on a desk
    that has no department yet."""
    if topic is not None:
        return topic.department
    try:
        return Department.triage(brand)
    except Department.DoesNotExist:
        return None


def _number(typed: object) -> int | None:
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _for_topic(chosen: object, brand: Brand) -> dict[str, Any]:
    """What the page says of the chosen category, or of all while none is chosen: (category, what
    helps us), and examples of titles."""
    categories = Category.objects.offered_by(brand)
    number = _number(chosen)
    if number:
        categories = categories.filter(pk=number).select_related("coaching")
    rows = list(categories)
    texts = [(one, multilingual.pick(one.wanted_evidence)) for one in rows]
    good, bad = coaching.titles_for(rows[0] if number and rows else None)
    return {
        "evidence": [(one, text) for one, text in texts if text.strip()],
        "good_titles": good,
        "bad_titles": bad,
    }
