"""What is asked before tickets are merged or split, and how links between them end."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from departments.http import SignedInRequest, agent_required
from helpdesk.lib.errors import DeskError
from helpdesk.lib.keys import key_in
from tickets import actions, forms
from tickets.agent.nav import nav_context
from tickets.models import Event, Message, Ticket

MOST_OFFERED = 10


def merge_preview(request: SignedInRequest, number: int) -> HttpResponse:
    """Ticket `number` beside the one it may be merged with (`into`), for both directions, and
    other unfinished tickets of its customer to choose from."""
    ticket = get_object_or_404(_sides(request), pk=number)
    other, form = None, forms.MergeForm(ticket=ticket, by=request.user)
    if request.GET.get("into"):
        form = forms.MergeForm(request.GET, ticket=ticket, by=request.user)
        if form.is_valid() and form.cleaned_data["into"].pk != number:
            other = _sides(request).get(pk=form.cleaned_data["into"].pk)
    offered = _sides(request).at_work().filter(customer=ticket.customer)
    offered = offered.exclude(pk__in=[number, other.pk if other else number])
    context = {
        "ticket": ticket,
        "other": other,
        "form": form,
        "offered": offered.order_by("-updated_at")[:MOST_OFFERED],
        **nav_context(request.user),
    }
    return render(request, "agent/merge.html", context, status=422 if form.errors else 200)


def split_preview(request: SignedInRequest, number: int) -> HttpResponse:
    """The ticket that chosen messages of ticket `number` would become: `messages`, or all `since`
    one of them."""
    ticket = get_object_or_404(_sides(request), pk=number)
    mine = Message.objects.filter(ticket=ticket, withdrawn_at__isnull=True)
    keys = [key_in(key) for key in request.GET.getlist("messages")]
    chosen = Q(pk__in=keys)
    if first := mine.filter(pk=key_in(request.GET.get("since"))).first():
        chosen |= Q(created_at__gt=first.created_at) | Q(
            created_at=first.created_at, pk__gte=first.pk
        )
    moving = list(mine.filter(chosen).select_related("author").prefetch_related("attachments"))
    wish = {"subject": request.GET.get("subject", "").strip() or ticket.subject}
    context = {
        "ticket": ticket,
        "moving": moving,
        "takes_all": bool(moving) and len(moving) == mine.count(),
        "form": forms.SplitForm(initial=wish, ticket=ticket, by=request.user),
        **nav_context(request.user),
    }
    return render(request, "agent/split.html", context)


@agent_required
@require_POST
def link_removal(request: SignedInRequest, number: int, other: int) -> HttpResponse:
    """Let the tickets point at each other no longer; where they were merged or one was split off
    the other, that is undone."""
    ticket = get_object_or_404(Ticket.objects.workable_by(request.user), pk=number)
    sides = Q(details__contains={"into": other}) | Q(details__contains={"source": other})
    done = ticket.events.filter(sides, kind__in=[Event.Kind.MERGED, Event.Kind.SPLIT])
    undone = ticket.events.filter(kind=Event.Kind.UNDONE).values_list("details__undoes", flat=True)
    event = done.exclude(pk__in=list(undone)).order_by("-pk").first()
    try:
        if event is not None:
            actions.undo(event, by=request.user)
        else:
            actions.unlink_tickets(ticket, other=other, by=request.user)
    except DeskError as refusal:
        messages.error(request, str(refusal))
    return redirect("agent:ticket", number)


def _sides(request: SignedInRequest) -> Any:
    """Tickets with what is shown of them before something happens to them."""
    tickets: QuerySet[Ticket] = Ticket.objects.workable_by(request.user).for_queue()
    return tickets.defer("words").annotate(said=Count("messages"))
