"""Replies that did not arrive: send them once more, or correct them first."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from departments.actions import welcome_customer
from departments.http import SignedInRequest, agent_required
from helpdesk.lib.errors import DeskError
from tickets import actions, forms
from tickets.agent.nav import nav_context
from tickets.models import Message, Ticket
from tickets.permissions import can_decide_for_customer


@agent_required
@require_POST
def resending(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """Once more, to those who have not got it."""
    _ticket, message = _found(request, number, pk)
    try:
        addresses = actions.resend_reply(message, by=request.user)
    except DeskError as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("It goes once more to %(addresses)s.")
        messages.success(request, said % {"addresses": ", ".join(addresses)})
    return redirect(f"{reverse('agent:ticket', args=[number])}#message-{pk}")


@agent_required
@require_http_methods(["GET", "POST"])
def correction(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """A page to correct text and address of a reply that reached nobody."""
    ticket, message = _found(request, number, pk)
    form = forms.CorrectionForm(
        request.POST or None,
        initial={"address": ticket.customer.email, "body": message.text},
        ticket=ticket,
        by=request.user,
    )
    if form.is_valid():
        address = form.cleaned_data["address"].lower()
        to = welcome_customer(address)
        further = address != to.email and can_decide_for_customer(request.user, to)
        try:
            if further:
                # Another address of the same customer: letters go there from now on.
                actions.choose_main_address(to, address=address, by=request.user)
            new = actions.correct_and_resend(
                message, by=request.user, body=form.cleaned_data["body"], to=to
            )
        except DeskError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(f"{reverse('agent:ticket', args=[number])}#message-{new.pk}")
    context = {"form": form, "ticket": ticket, "message": message, **nav_context(request.user)}
    status = 422 if form.is_bound else 200
    return render(request, "agent/correction.html", context, status=status)


def _found(request: SignedInRequest, number: int, pk: int) -> tuple[Ticket, Message]:
    ticket = get_object_or_404(Ticket.objects.workable_by(request.user), pk=number)
    numbers = [ticket.pk, *actions.absorbed([ticket.pk])]
    replies = Message.objects.filter(ticket__in=numbers, kind=Message.Kind.REPLY)
    return ticket, get_object_or_404(replies, pk=pk)
