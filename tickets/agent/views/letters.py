"""Letters that came to the wrong place, people who may stay, and what is put back."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from departments.http import SignedInRequest, agent_required
from helpdesk.lib.errors import DeskError
from tickets import actions, forms
from tickets.models import Event, Message, Ticket


@agent_required
@require_POST
def admission(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """Let the sender of a letter that was filed take part."""
    message = get_object_or_404(Message, ticket=_worked_on(request, number), pk=pk)
    return _done(request, message, lambda: actions.admit_sender(message, by=request.user))


@agent_required
@require_POST
def relocation(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """Move a letter that does not belong here to another ticket, or to one of its own."""
    ticket = _worked_on(request, number)
    message = get_object_or_404(Message, ticket=ticket, pk=pk)
    form = forms.RelocationForm(request.POST, ticket=ticket, by=request.user)
    if not form.is_valid():
        for sentences in form.errors.values():
            messages.error(request, str(sentences[0]))
        return redirect(f"{reverse('agent:ticket', args=[number])}#message-{pk}")

    def move() -> None:
        moved = actions.move_message_out(message, by=request.user, **form.cleaned_data)
        said = _("The message stands on #%(number)d now.") % {"number": moved.ticket.number}
        messages.success(request, said)

    return _done(request, message, move)


@agent_required
@require_POST
def undoing(request: SignedInRequest, number: int, event: int) -> HttpResponse:
    """Put back what a line of the history says was done."""
    one = get_object_or_404(Event, ticket=_worked_on(request, number), pk=event)
    try:
        actions.undo(one, by=request.user)
    except DeskError as refusal:
        messages.error(request, str(refusal))
    return redirect("agent:ticket", number)


def _worked_on(request: SignedInRequest, number: int) -> Ticket:
    return get_object_or_404(Ticket.objects.workable_by(request.user), pk=number)


def _done(request: SignedInRequest, message: Message, verb: Callable[[], object]) -> HttpResponse:
    """Call the verb and show the ticket again, where the message stood."""
    try:
        verb()
    except DeskError as refusal:
        messages.error(request, str(refusal))
    page = reverse("agent:ticket", args=[message.ticket_id])
    return redirect(f"{page}#message-{message.pk}")
