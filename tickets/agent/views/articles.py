"""From an answer to an article of the help pages."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from departments.http import SignedInRequest, agent_required
from helpdesk.lib.errors import DeskError
from tickets import actions
from tickets.models import Message, Ticket


@agent_required
@require_POST
def article(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """Begin an article with this answer, and open it."""
    mine = Ticket.objects.workable_by(request.user)
    message = get_object_or_404(Message, ticket=number, ticket__in=mine, pk=pk)
    try:
        text = actions.draft_article(message, by=request.user)
    except DeskError as refusal:
        messages.error(request, str(refusal))
        return redirect(f"{reverse('agent:ticket', args=[number])}#message-{pk}")
    messages.success(request, _("Nobody but agents sees this draft. Make it fit for all readers."))
    return redirect("articles:text", text.article_id, text.language)
