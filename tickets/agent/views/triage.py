"""Whose a ticket is, where it stands, how urgent, with whom: one address a verb."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from departments.actions import welcome_customer
from departments.http import SignedInRequest, agent_required
from helpdesk.lib.errors import DeskError
from helpdesk.lib.htmx import is_part
from tickets import actions, forms
from tickets.agent.views import joining
from tickets.agent.views.ticket import show
from tickets.models import Ticket


def _done(
    request: SignedInRequest,
    number: int,
    form_class: type[forms.TicketForm],
    verb: Callable[..., Any],
    *,
    onwards: Callable[[Any], str] | None = None,
) -> HttpResponse:
    """Check the form, call the verb with what it says, and show the ticket again.

    `onwards` gives the address to go to instead, from what the verb returned.
    """
    ticket = get_object_or_404(Ticket.objects.workable_by(request.user), pk=number)
    form = form_class(request.POST, ticket=ticket, by=request.user)
    if form.is_valid():
        try:
            result = verb(ticket, by=request.user, **form.cleaned_data)
        except DeskError as refusal:
            form.add_error(None, str(refusal))
        else:
            if onwards is None:
                return redirect("agent:ticket", number)
            return _leave(request, onwards(result))
    return show(request, number, bound=form, status=422)


def _leave(request: SignedInRequest, url: str) -> HttpResponse:
    """Go to another page; htmx is told to, for it would put that page into this one."""
    if is_part(request):
        return HttpResponse(headers={"HX-Redirect": url})
    return redirect(url)


@agent_required
@require_POST
def assignment(request: SignedInRequest, number: int) -> HttpResponse:
    """Assign, take, or let go."""
    return _done(request, number, forms.AssignmentForm, actions.assign_ticket)


@agent_required
@require_POST
def department(request: SignedInRequest, number: int) -> HttpResponse:
    """Move to another department; from there its agents go on, and perhaps not the reader."""

    def onwards(ticket: Ticket) -> str:
        if Ticket.objects.workable_by(request.user).filter(pk=ticket.pk).exists():
            return reverse("agent:ticket", args=[number])
        moved = _("#%(number)d was moved to %(department)s.")
        messages.success(request, moved % {"number": number, "department": ticket.department})
        return reverse("agent:queue")

    return _done(request, number, forms.DepartmentForm, actions.move_ticket, onwards=onwards)


@agent_required
@require_POST
def priority(request: SignedInRequest, number: int) -> HttpResponse:
    """Set the priority."""
    return _done(request, number, forms.PriorityForm, actions.set_priority)


@agent_required
@require_POST
def tags(request: SignedInRequest, number: int) -> HttpResponse:
    """Put tags on, or take one off."""
    return _done(request, number, forms.TagsForm, actions.tag_ticket)


@agent_required
@require_POST
def category(request: SignedInRequest, number: int) -> HttpResponse:
    """Say what it is about."""
    return _done(request, number, forms.CategoryForm, actions.categorise_ticket)


@agent_required
@require_POST
def fields(request: SignedInRequest, number: int) -> HttpResponse:
    """Write down what custom fields ask."""
    return _done(request, number, forms.FieldsForm, actions.set_fields)


@agent_required
@require_POST
def renaming(request: SignedInRequest, number: int) -> HttpResponse:
    """Call it by another subject."""
    return _done(request, number, forms.RenamingForm, actions.rename_ticket)


@agent_required
@require_POST
def followers(request: SignedInRequest, number: int) -> HttpResponse:
    """Let an agent follow, or anybody hear no more of it."""

    def verb(ticket: Ticket, *, gone: bool, **who: Any) -> Ticket:
        act = actions.unfollow_ticket if gone else actions.follow_ticket
        return act(ticket, **who)

    return _done(request, number, forms.FollowerForm, verb)


@agent_required
@require_POST
def copies(request: SignedInRequest, number: int) -> HttpResponse:
    """Add a person in copy, known or not."""

    def verb(ticket: Ticket, *, email: str, **by: Any) -> Ticket:
        return actions.follow_ticket(ticket, who=welcome_customer(email), in_copy=True, **by)

    return _done(request, number, forms.CopyForm, verb)


@agent_required
@require_POST
def solution(request: SignedInRequest, number: int) -> HttpResponse:
    """Solve without another word."""
    return _done(request, number, forms.NothingForm, actions.solve_ticket)


@agent_required
@require_POST
def hold(request: SignedInRequest, number: int) -> HttpResponse:
    """Let it rest until a time."""
    return _done(request, number, forms.HoldForm, actions.hold_ticket)


@agent_required
@require_POST
def callback(request: SignedInRequest, number: int) -> HttpResponse:
    """The customer wants to be called."""
    return _done(request, number, forms.CallbackForm, actions.ask_callback)


@agent_required
@require_POST
def call(request: SignedInRequest, number: int) -> HttpResponse:
    """Somebody called them."""
    return _done(request, number, forms.NothingForm, actions.note_call)


@agent_required
@require_POST
def reopening(request: SignedInRequest, number: int) -> HttpResponse:
    """Bring it back to us."""
    return _done(request, number, forms.NothingForm, actions.reopen_ticket)


@agent_required
@require_POST
def closure(request: SignedInRequest, number: int) -> HttpResponse:
    """Close for good."""
    return _done(request, number, forms.NothingForm, actions.close_ticket)


@agent_required
@require_POST
def spam(request: SignedInRequest, number: int) -> HttpResponse:
    """Nobody's matter."""
    return _done(request, number, forms.NothingForm, actions.mark_as_spam)


@agent_required
@require_POST
def escalation(request: SignedInRequest, number: int) -> HttpResponse:
    """Tell the leads, with a reason."""
    return _done(request, number, forms.EscalationForm, actions.escalate_ticket)


@agent_required
@require_http_methods(["GET", "POST"])
def merge(request: SignedInRequest, number: int) -> HttpResponse:
    """Go on in another ticket; asked first (GET), both are shown beside each other."""
    if request.method == "GET":
        return joining.merge_preview(request, number)
    return _done(request, number, forms.MergeForm, actions.merge_tickets, onwards=_page_of)


@agent_required
@require_http_methods(["GET", "POST"])
def split(request: SignedInRequest, number: int) -> HttpResponse:
    """Chosen messages become a ticket of their own; asked first (GET), that is shown."""
    if request.method == "GET":
        return joining.split_preview(request, number)
    return _done(request, number, forms.SplitForm, actions.split_ticket, onwards=_page_of)


@agent_required
@require_POST
def matters(request: SignedInRequest, number: int) -> HttpResponse:
    """One of the matters that the coach found becomes a ticket of its own (`at`), or none does."""
    if "at" in request.POST:
        return _done(request, number, forms.MatterForm, actions.split_matter)
    return _done(request, number, forms.NothingForm, actions.keep_together)


@agent_required
@require_POST
def links(request: SignedInRequest, number: int) -> HttpResponse:
    """Let two tickets point at each other."""
    return _done(request, number, forms.LinkForm, actions.link_tickets)


def _page_of(ticket: Ticket) -> str:
    return reverse("agent:ticket", args=[ticket.number])
