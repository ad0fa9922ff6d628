"""Answers kept ready, filled for one ticket."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.views.decorators.http import require_GET

from departments.http import SignedInRequest, agent_required
from departments.models import User
from helpdesk.lib import multilingual
from tickets import placeholders
from tickets.agent.nav import nav_context
from tickets.models import CannedReply, Ticket


@agent_required
@require_GET
def canned_replies(request: SignedInRequest) -> HttpResponse:
    """The text of canned reply `reply` filled for `ticket`, as plain text; without `reply` a page
    of all that fit, each as it would go out."""
    number, key = request.GET.get("ticket", ""), request.GET.get("reply", "")
    tickets = Ticket.objects.workable_by(request.user).select_related("customer", "department")
    ticket = get_object_or_404(tickets, pk=_key(number))
    usable = CannedReply.objects.usable_by(request.user).distinct()
    if key:
        chosen = get_object_or_404(usable, pk=_key(key))
        text = rendered(chosen, ticket, request.user)
        return HttpResponse(text, content_type="text/plain; charset=utf-8")
    filled = [(one, rendered(one, ticket, request.user)) for one in usable]
    context = {"ticket": ticket, "filled": filled, **nav_context(request.user)}
    return render(request, "agent/canned_replies.html", context)


def rendered(canned: CannedReply, ticket: Ticket, by: User) -> str:
    """Its text in the customer's language, with placeholders filled."""
    language = ticket.language or ticket.customer.language or translation.get_language()
    text = multilingual.pick(canned.body, language)
    with translation.override(language):
        return placeholders.fill(text, ticket, by)


def _key(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
