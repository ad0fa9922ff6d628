"""What became of a ticket while somebody wrote: it was merged, or moved out of their reach. What
they wrote is never lost."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from departments.http import SignedInRequest
from tickets import actions, forms
from tickets.agent.nav import nav_context
from tickets.agent.views.ticket import show
from tickets.models import Draft, Message, Ticket
from tickets.permissions import has_just_lost


def lost(request: SignedInRequest, number: int) -> Ticket:
    """A ticket that was moved away from the reader's departments within a day; 404 for others."""
    ticket = Ticket.objects.filter(pk=number).first()
    if ticket is None or not has_just_lost(request.user, ticket):
        raise Http404
    return ticket


def moved_away(request: SignedInRequest, number: int, kind: Message.Kind) -> HttpResponse:
    """The text stays with who wrote it: as their draft, should the ticket come back, and here."""
    ticket = lost(request, number)
    form = forms.DraftForm(request.POST, ticket=ticket, by=request.user)
    text = ""
    if form.is_valid():
        text = form.cleaned_data["body"]
        actions.save_draft(
            ticket,
            by=request.user,
            kind=kind,
            text=text,
            html=form.cleaned_data["html"],
            uploads=form.cleaned_data["uploads"],
            fields=form.others(),
        )
    context = {"number": number, "text": text, **nav_context(request.user)}
    return render(request, "agent/moved_away.html", context, status=409)


def goes_on_elsewhere(
    request: SignedInRequest, ticket: Ticket, form: forms.SayingForm
) -> HttpResponse:
    """The form comes back on the page of the ticket in which `ticket` goes on, to be sent there."""
    target = actions.current(ticket)
    form.add_error(
        None,
        _("This ticket was merged into #%(number)d meanwhile. Read what is there; then send it.")
        % {"number": target.number},
    )
    # Its draft went along with the merge.
    kept = Draft.objects.filter(ticket=target, author=request.user, kind=form.slug).first()
    data = request.POST.copy()
    data["version"] = kept.updated_at.isoformat() if kept else ""
    form.data = data
    return show(request, target.number, bound=form, status=422)
