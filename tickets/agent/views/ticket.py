"""The page of a ticket, what arrives on it while it is open, and the page of a new one."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods

from departments.actions import welcome_customer
from departments.http import SignedInRequest, agent_required
from departments.models import User, signed
from helpdesk.lib import kept
from helpdesk.lib.errors import DeskError
from helpdesk.lib.htmx import is_part, render_page
from helpdesk.lib.keys import key_in
from tickets import actions, forms, sla
from tickets import presence as watching
from tickets.agent import composer, moments, page, thread
from tickets.agent.nav import nav_context, read_bell
from tickets.agent.places import list_of, place_in
from tickets.agent.views.fields import asked
from tickets.customers import known_in
from tickets.models import Message, Ticket
from tickets.permissions import can_edit_customer

COLUMN = ("history", "news", "composer")
"""The parts of the page from top to bottom, the newest message being the last of the history."""

LETTER_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:{pictures}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)


@never_cache
@agent_required
@require_GET
def ticket(request: SignedInRequest, number: int) -> HttpResponse:
    """The whole page; where the ticket was merged, the page of the one it goes on in."""
    return show(request, number)


def show(
    request: SignedInRequest,
    number: int,
    *,
    bound: forms.TicketForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of ticket `number`, or its parts for htmx; `bound` is a form that comes back with
    what was typed and what is wrong. 404 unless the reader works on it."""
    reader = request.user
    one: Any = get_object_or_404(page.tickets_for(reader), pk=number)
    if one.merged_into_id is not None and bound is None:
        target = actions.current(one)
        if Ticket.objects.workable_by(reader).filter(pk=target.pk).exists():
            return redirect("agent:ticket", target.number)
    one.earlier = page.earlier_of(one)
    one.known = known_in(one, one.customer)
    one.call = getattr(one, "callback", None)
    absorbed = [*one.absorbed, *actions.absorbed(one.absorbed)] if one.absorbed else []
    asked = address_of(request)
    read = thread.thread_of(
        one, absorbed, reader, whole="all" in asked, around=key_in(asked.get("message"))
    )
    furniture = page.furniture_for(reader, one)
    fields, former_fields = page.fields_of(one)
    # Typed before the session ended, given back after the sign-in.
    kept_reply = kept.take(request, sent_to=f"{request.path}replies/")
    kept_note = kept.take(request, sent_to=f"{request.path}notes/")
    kept_aside = kept.take(request, sent_to=f"{request.path}forwards/")
    aside = composer.aside_of(read.lines, request.GET, composer.draft_of(one, Message.Kind.SIDE))
    context = {
        "ticket": one,
        "lines": read.lines[::-1] if reader.newest_first else read.lines,
        "column": COLUMN[::-1] if reader.newest_first else COLUMN,
        "former_fields": former_fields,
        "minutes": read.minutes,
        "pictures": key_in(request.GET.get("pictures")),
        "forms": page.sidebar_forms(one, reader, furniture, fields),
        "things": furniture,
        "in_copy": [person for person in one.people if person["in_copy"]],
        "addressee": next(
            (person["email"] for person in one.people if person["stands_in"]), one.customer.email
        ),
        "copied": [p for p in one.people if p["in_copy"] and not p["stands_in"]],
        "followers": [person for person in one.people if not person["in_copy"]],
        "follows": any(person["pk"] == reader.pk for person in one.people),
        "links": page.links_of(one, reader),
        "fired": read.fired,
        "chosen": [],
        "viewers": watching.look(number, reader),
        "steps": sla.planned_steps(one),
        "signature": signed(one.own_signature or "", reader, one.department),
        "reply": forms.AgentReplyForm(
            initial=composer.with_quotation(
                {**composer.draft_of(one, Message.Kind.REPLY), **kept_reply},
                number,
                key_in(request.GET.get("quote")),
            ),
            ticket=one,
            by=reader,
        ),
        "note": forms.NoteForm(
            initial={**composer.draft_of(one, Message.Kind.NOTE), **kept_note},
            ticket=one,
            by=reader,
        ),
        "side": forms.ForwardForm(initial={**aside, **kept_aside}, ticket=one, by=reader),
        "passed_on": composer.passed_on(read.lines),
        "moments": moments.presets(),
        "canned_in_use": request.GET.getlist("canned") or request.POST.getlist("canned"),
        "applied": page.applied_by(reader, one, request.GET),
        "last_message": read.newest,
        "just_sent": page.sent_by(reader, request.GET)
        or next((line.message for line in reversed(read.lines) if line.can_take_back), None),
        "place": (place := place_in(_place(request), one)),
        "list_url": list_of(QueryDict(place)),
        "writes": _writes(request, note=bool(kept_note), side=bool(kept_aside)),
        **nav_context(reader),
    }
    if bound is not None:
        if isinstance(bound, forms.SayingForm):
            context[bound.slug] = bound
            context["writes"] = bound.slug
        else:
            context["forms"] = {**context["forms"], bound.slug: bound}
            if isinstance(bound, forms.SplitForm):
                picked = request.POST.getlist("messages")
                context["chosen"] = [key_in(key) for key in picked]
            if isinstance(bound, forms.NothingForm):
                context["refusal_sentences"] = bound.non_field_errors()
    context["canned_in_use"] = composer.canned_in_use(reader, context["reply"], request.GET)
    if context["nav"].bell:
        read_bell(reader, one.pk, *absorbed)
    return render_page(
        request, "agent/ticket.html", context, part="agent/swaps/ticket.html", status=status
    )


def address_of(request: SignedInRequest) -> QueryDict:
    """What the address of the page says that the agent looks at; htmx tells it of a part."""
    address = request.headers.get("HX-Current-URL", "") if is_part(request) else ""
    return QueryDict(address.partition("?")[2].partition("#")[0]) if address else request.GET


def _writes(request: SignedInRequest, *, note: bool, side: bool) -> str:
    """Which part of the composer stands open."""
    if side or {"side", "conversation"} & set(request.GET):
        return "side"
    return "note" if note or "note" in request.GET else "reply"


def _place(request: SignedInRequest) -> QueryDict:
    """Where in which list it stands: from the address, or from the form that came back."""
    return QueryDict(request.POST.get("place", "")) if request.method == "POST" else request.GET


@never_cache
@agent_required
@require_GET
def news(request: SignedInRequest, number: int) -> HttpResponse:
    """What others have said since message `after`, its number in X-News; 204 if nothing."""
    one = _worked_on(request, number)
    absorbed = actions.absorbed([one.pk])
    lines = thread.news_of(one, absorbed, request.user, key_in(request.GET.get("after")))
    if request.user.newest_first:
        lines.reverse()
    if lines:
        response = render(request, "agent/swaps/news.html", {"ticket": one, "lines": lines})
    else:
        response = HttpResponse(status=204)
    response.headers["X-News"] = str(len(lines))
    return response


@never_cache
@agent_required
@require_http_methods(["GET", "POST"])
def presence(request: SignedInRequest, number: int) -> HttpResponse:
    """Say that one looks at the ticket (POST with `writing`: writes; with `gone`: has left), and
    hear who else does."""
    one = _worked_on(request, number)
    if request.POST.get("gone"):
        watching.leave(one.number, request.user)
        return HttpResponse(status=204)
    writing = bool(request.POST.get("writing"))
    viewers = watching.look(one.number, request.user, writing=writing)
    return render(request, "agent/_viewers.html", {"viewers": viewers})


@never_cache
@xframe_options_sameorigin
@agent_required
@require_GET
def letter(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """A foreign letter as a page of its own, for the frame in the thread.

    Its policy lets its own look through and no script; pictures from outside come only with
    `pictures`, and only here: the page with the agent's forms never loosens its policy.
    """
    one = _worked_on(request, number)
    numbers = [one.pk, *actions.absorbed([one.pk])]
    message = get_object_or_404(Message.objects.kept(), pk=pk, ticket__in=numbers)
    html = message.quoted_html if "quoted" in request.GET else message.html
    pictures = "pictures" in request.GET
    if pictures:
        # The cleaner escapes quotes inside values, so this can only be the attribute itself.
        html = html.replace(' data-remote-src="', ' src="')
    response = render(request, "agent/letter.html", {"html": html, "message": message})
    response.headers["Content-Security-Policy"] = LETTER_POLICY.format(
        pictures=" https:" if pictures else ""
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@agent_required
@require_http_methods(["GET", "POST"])
def new_ticket(request: SignedInRequest) -> HttpResponse:
    """Open a ticket on behalf of a customer."""
    by = request.user
    if request.method == "POST":
        form = forms.NewTicketForm(request.POST, request.FILES, by=by)
        fields = asked(request.POST, by, is_sent=True)
        if form.is_valid() and fields.is_valid():
            made = _opened(form, fields, request)
            if made is not None:
                return redirect("agent:ticket", made.number)
    else:
        form = forms.NewTicketForm(by=by, initial={"customer": request.GET.get("customer", "")})
        fields = asked(request.GET, by)
    status = 422 if form.is_bound else 200
    context = {"form": form, "fields": fields, **nav_context(by)}
    return render(request, "agent/new_ticket.html", context, status=status)


@agent_required
@require_GET
def known_customer(request: SignedInRequest) -> HttpResponse:
    """Who has the address typed on the page of a new ticket, and their unfinished tickets; nothing
    about people whom the reader may not see."""
    known = forms.known_customer(request.GET.get("customer", "")[:254], request.user)
    return render(request, "agent/_known_customer.html", {"known": known})


@transaction.atomic
def _open(form: forms.NewTicketForm, fields: forms.NewFieldsForm, by: User) -> Ticket:
    data = dict(form.cleaned_data)
    channel, number, call_at = (data.pop(one) for one in ("channel", "phone", "call_at"))
    customer = welcome_customer(data.pop("customer"), name=data.pop("name"))
    copies = [welcome_customer(address) for address in data.pop("copies")]
    wants_call = channel == form.CALL_BACK
    ticket = actions.open_ticket(
        customer=customer,
        by=by,
        copies=copies,
        channel=Ticket.Channel.PHONE if wants_call else channel,
        fields=fields.values,
        **data,
    )
    if wants_call:
        actions.ask_callback(ticket, number=number, at=call_at, by=by)
    elif number and not customer.phone and can_edit_customer(by, customer):
        actions.edit_customer(customer, phone=number, by=by)
    return ticket


def _opened(
    form: forms.NewTicketForm, fields: forms.NewFieldsForm, request: SignedInRequest
) -> Ticket | None:
    try:
        return _open(form, fields, request.user)
    except DeskError as refusal:
        form.add_error(None, str(refusal))
        return None


def _worked_on(request: SignedInRequest, number: int) -> Ticket:
    return get_object_or_404(Ticket.objects.workable_by(request.user).defer("words"), pk=number)
