"""Canned replies on one ticket: read as they would go out, put into the answer, or applied."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from departments.http import SignedInRequest, agent_required
from departments.models import User
from helpdesk.lib.errors import DeskError
from helpdesk.lib.keys import key_in
from tickets import actions, forms, placeholders
from tickets.agent.nav import nav_context
from tickets.agent.places import own_page
from tickets.models import CannedReply, Message, Ticket
from tickets.models.canned_reply import CannedReplyQuerySet


@agent_required
@require_GET
def canned_for_ticket(request: SignedInRequest, number: int) -> HttpResponse:
    """All that fit the ticket, each as it would go out; with `reply` the part of one for the
    composer: its text, its files and what it does."""
    ticket = worked_on(request, number)
    if key := key_in(request.GET.get("reply", "")):
        one = get_object_or_404(usable_on(ticket, request.user), pk=key)
        text = placeholders.preview(one, ticket, request.user).text
        return render(request, "agent/_canned_taken.html", {"canned": one, "text": text})
    filled = [
        (one, placeholders.preview(one, ticket, request.user))
        for one in usable_on(ticket, request.user)
    ]
    context = {"ticket": ticket, "filled": filled, **nav_context(request.user)}
    return render(request, "agent/canned_for_ticket.html", context)


@agent_required
@require_POST
def macro(request: SignedInRequest, number: int) -> HttpResponse:
    """Let canned reply `macro` act on the ticket, without its text. What stands in the composer is
    kept as a draft."""
    ticket, by = worked_on(request, number), request.user
    key = key_in(request.POST.get("macro", ""))
    one = CannedReply.objects.usable_by(by).filter(pk=key).first()
    _keep_draft(request, ticket)
    if one is None:
        messages.error(request, _("This macro is not there any more."))
        return redirect("agent:ticket", number)
    try:
        event = actions.apply_macro(ticket, macro=one, by=by)
    except DeskError as refusal:
        messages.error(request, str(refusal))
        return redirect("agent:ticket", number)
    if not Ticket.objects.workable_by(by).filter(pk=number).exists():
        said = _("“%(name)s” was applied; #%(number)d is in another department now.")
        messages.success(request, said % {"name": one, "number": number})
        return redirect("agent:queue")
    if event is None:
        messages.info(request, _("“%(name)s” changed nothing: it was so already.") % {"name": one})
        return redirect("agent:ticket", number)
    return redirect(f"{reverse('agent:ticket', args=[number])}?applied={event.pk}")


@agent_required
@require_POST
def macros_for_many(request: SignedInRequest) -> HttpResponse:
    """The macros that may be applied to the tickets ticked in a list, each with what it does;
    choosing one starts the act on many (views/bulk.py)."""
    usable = with_acts(CannedReply.objects.usable_by(request.user)).order_by("title", "pk")
    carried = ("tickets", "everything", "view", "query", "back")
    context = {
        "macros": [(one, acts) for one in usable if (acts := one.acts)],
        "carried": [(name, one) for name in carried for one in request.POST.getlist(name)],
        "count": len(request.POST.getlist("tickets")),
        "everything": "everything" in request.POST,
        "back": own_page(request.POST.get("back", "")),
        **nav_context(request.user),
    }
    return render(request, "agent/macros_for_many.html", context)


def _keep_draft(request: SignedInRequest, ticket: Ticket) -> None:
    form = forms.DraftForm(request.POST, ticket=ticket, by=request.user)
    if "body" in request.POST and form.is_valid():
        data = form.cleaned_data
        actions.save_draft(
            ticket,
            by=request.user,
            kind=Message.Kind.REPLY,
            text=data["body"],
            html=data["html"],
            uploads=data["uploads"],
            fields=form.others(),
        )


def usable_on(ticket: Ticket, by: User) -> CannedReplyQuerySet:
    """Those that `by` may use on it, with their tags and files; their own favourites first."""
    usable = CannedReply.objects.usable_by(by).fitting(ticket).with_own_use(by)
    return with_acts(usable).prefetch_related("files")


def with_acts(rows: CannedReplyQuerySet) -> CannedReplyQuerySet:
    """With all that their `acts` speak of."""
    people = rows.select_related("assigns_to", "moves_to")
    return people.prefetch_related("adds_tags", "removes_tags")


def worked_on(request: SignedInRequest, number: int) -> Ticket:
    """The ticket, with all that placeholders ask for; 404 unless the reader works on it."""
    tickets = Ticket.objects.workable_by(request.user).defer("words")
    people = ("customer__organisation", "department", "service")
    return get_object_or_404(tickets.select_related(*people), pk=number)
