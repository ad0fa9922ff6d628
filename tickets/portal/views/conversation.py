"""One ticket, as its customer sees it. Notes cannot be reached from here."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from helpdesk.lib import kept
from helpdesk.lib.htmx import render_page
from tickets import actions, guests
from tickets.guests import ReaderRequest, guests_too
from tickets.lifecycle import Status
from tickets.models import CustomField, Definition, Message, Ticket
from tickets.permissions import can_rate
from tickets.portal.forms import AnswerForm, RatingForm
from tickets.portal.keeping import SENT, keep_files, say_what_waited
from tickets.portal.ratings import Subject
from tickets.portal.thread import thread


@guests_too
@require_GET
def ticket(request: ReaderRequest, number: int) -> HttpResponse:
    """The conversation and what can be done about it."""
    found = find(request, number)
    living = actions.current(found)
    if living != found and Ticket.objects.of_customer(request.reader).filter(pk=living.pk).exists():
        guests.lead_on(request, found, to=living)
        return redirect("portal:ticket", living.number)
    typed = kept.take(request)
    if typed:
        say_what_waited(request, typed)
    return show(request, found, AnswerForm(initial=typed, by=request.reader))


@guests_too
@require_POST
def answers(request: ReaderRequest, number: int) -> HttpResponse:
    """The customer goes on."""
    found = find(request, number)
    form = AnswerForm(_with_title(request.POST), request.FILES, by=request.reader)
    if not form.is_valid():
        if sent := form.sent_already:
            return _went(request, found, sent)
        keep_files(form, by=request.reader, ticket=found)
        return show(request, found, form, status=422)
    try:
        message = actions.continue_conversation(
            found, by=request.reader, once=True, **form.cleaned_data
        )
    except actions.TooMuchWritten as refusal:
        keep_files(form, by=request.reader, ticket=found)
        form.add_error(None, str(refusal))
        return show(request, found, form, status=refusal.status)
    return _went(request, found, message)


def _went(request: ReaderRequest, found: Ticket, message: Message) -> HttpResponse:
    if message.ticket.number != actions.current(found).number:
        messages.success(
            request,
            _("That request had been closed for a long time, so we go on here, in a new one."),
            extra_tags=SENT,
        )
    else:
        messages.success(request, _("Sent. We will answer soon."), extra_tags=SENT)
    guests.lead_on(request, found, to=message.ticket)
    return redirect("portal:ticket", message.ticket.number)


def _with_title(said: QueryDict) -> QueryDict:
    """What was typed into the form of a new ticket and goes on in an earlier one keeps its title,
    as its first line."""
    title = said.get("subject", "").strip()
    if not title:
        return said
    said = said.copy()
    said["body"] = "\n\n".join(filter(None, [title, said.get("body", "").strip()]))
    return said


@guests_too
@require_POST
def solution(request: ReaderRequest, number: int) -> HttpResponse:
    """Solved, thank you: nothing more is expected of us."""
    return _do(request, number, actions.solve_ticket, _("Thank you! It is marked as solved."))


@guests_too
@require_POST
def reopening(request: ReaderRequest, number: int) -> HttpResponse:
    """Not solved after all."""
    return _do(request, number, actions.reopen_ticket, _("It is open again. We will look at it."))


def _do(
    request: ReaderRequest, number: int, verb: Callable[..., Ticket], sentence: str
) -> HttpResponse:
    verb(find(request, number), by=request.reader)
    messages.success(request, sentence)
    return redirect("portal:ticket", number)


def find(request: ReaderRequest, number: int) -> Ticket:
    """The reader's ticket of this number; 404 for everybody else's."""
    tickets = Ticket.objects.of_customer(request.reader)
    return get_object_or_404(
        tickets.select_related("department", "assignee", "service", "customer"), pk=number
    )


def show(
    request: ReaderRequest,
    ticket: Ticket,
    form: AnswerForm,
    *,
    rating_form: RatingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of `ticket` with `form` below its conversation."""
    user = request.reader
    rating = Subject(user, ticket, None)
    if rating_form is None and can_rate(user, ticket) and (rating.given or not rating.refusal):
        rating_form = rating.form()
    context = {
        "ticket": ticket,
        "user": user,
        "thread": thread(ticket, user, before=request.GET.get("before", "")),
        "form": form,
        "rating": rating,
        "rating_form": rating_form,
        # One who may go on in a finished ticket does so by answering.
        "can_solve": ticket.is_at_work,
        "can_reopen": ticket.is_finished,
        "fields": _told(ticket) if ticket.fields else [],
        "is_merged": ticket.status == Status.MERGED,
        "reader": user,
        "is_guest": guests.is_guest(request),
    }
    part = "portal/_thread.html" if "before" in request.GET else ""
    return render_page(request, "portal/ticket.html", context, part=part, status=status)


def _told(ticket: Ticket) -> list[tuple[Definition, str]]:
    """What the custom fields that customers are asked for say, in words."""
    asked = CustomField.objects.filter(asked_in_portal=True)
    fields = asked.fitting(ticket.department_id, ticket.category_id)
    return [
        (one, one.words(ticket.fields[one.slug])) for one in fields if one.slug in ticket.fields
    ]
