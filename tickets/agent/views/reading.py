"""How an agent reads a ticket: folded or whole, in which order, on paper, and what they take along
from it."""

from typing import cast

from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from departments.http import SignedInRequest, agent_required
from tickets import actions
from tickets.agent import composer, thread
from tickets.agent.places import place_in
from tickets.archives import zipped
from tickets.models import Attachment, Message, Ticket

WISHES = ("newest_first", "hides_events")
# Letters keep their own look on paper; no script but ours runs beside them.
PRINT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@never_cache
@agent_required
@require_GET
def lines(request: SignedInRequest, number: int) -> HttpResponse:
    """The lines that are folded between `after` and `before`, for where the fold stood."""
    ticket = get_object_or_404(Ticket.objects.workable_by(request.user).defer("words"), pk=number)
    found = thread.lines_between(
        ticket,
        actions.absorbed([number]),
        request.user,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    if request.user.newest_first:
        found.reverse()
    return render(request, "agent/swaps/lines.html", {"ticket": ticket, "lines": found})


@agent_required
@require_POST
def wishes(request: SignedInRequest, number: int) -> HttpResponse:
    """Change how this agent reads the histories of all tickets, and show this one so."""
    _worked_on(request, number)
    changed = [name for name in WISHES if name in request.POST]
    for name in changed:
        setattr(request.user, name, request.POST[name] == "1")
    request.user.save(update_fields=changed)
    place = place_in(QueryDict(request.POST.get("place", "")))
    address = reverse("agent:ticket", args=[number])
    return redirect(f"{address}?{place}" if place else address)


@never_cache
@agent_required
@require_GET
def printed(request: SignedInRequest, number: int) -> HttpResponse:
    """The whole correspondence for paper, oldest first; what only we see comes with `notes`."""
    ticket = _worked_on(request, number)
    lines = thread.thread_of(ticket, actions.absorbed([number]), request.user, whole=True).lines
    said = [
        (line, line.message)
        for line in lines
        if line.message is not None and line.message.replaced_by_id is None
    ]
    with_notes = "notes" in request.GET
    context = {
        "ticket": ticket,
        "lines": [line for line, message in said if with_notes or not message.is_note],
        "has_notes": any(message.is_note for _line, message in said),
        "with_notes": with_notes,
    }
    response = render(request, "agent/print.html", context)
    response.headers["Content-Security-Policy"] = PRINT_POLICY
    return response


@never_cache
@agent_required
@require_GET
def files(request: SignedInRequest, number: int) -> HttpResponse:
    """All files of the ticket as one archive, sent while it is made."""
    ticket = _worked_on(request, number)
    said = Message.objects.kept().filter(ticket__in=[number, *actions.absorbed([number])])
    found = Attachment.objects.readable_by(request.user).filter(message__in=said.values("pk"))
    response = StreamingHttpResponse(zipped(found.order_by("pk")), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{ticket.number}.zip"'
    return cast(HttpResponse, response)  # the guards of our pages pass every kind of answer on


@never_cache
@agent_required
@require_GET
def quotation(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """A message as the editor quotes it, or a plain field (`plain`). Notes are not quoted: a reply
    leaves the house."""
    _worked_on(request, number)
    message = get_object_or_404(composer.quotable(number), pk=pk)
    if "plain" in request.GET:
        return HttpResponse(f"{composer.quoted_text(message)}\n\n", content_type="text/plain")
    return HttpResponse(composer.quoted_html(message))


def _worked_on(request: SignedInRequest, number: int) -> Ticket:
    tickets = Ticket.objects.workable_by(request.user).select_related("customer", "department")
    return get_object_or_404(tickets.defer("words"), pk=number)
