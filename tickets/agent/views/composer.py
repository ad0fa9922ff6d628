"""What an agent writes: replies, notes, drafts, and taking a reply back."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from departments.actions import welcome_customer
from departments.http import SignedInRequest, agent_required
from departments.models import User
from helpdesk.lib.errors import DeskError
from helpdesk.lib.html import from_text
from helpdesk.lib.htmx import is_part
from tickets import actions, forms, placeholders
from tickets import presence as watching
from tickets.agent.places import list_of, place_in
from tickets.agent.views.meanwhile import goes_on_elsewhere, lost, moved_away
from tickets.agent.views.neighbours import onward
from tickets.agent.views.ticket import show
from tickets.models import Event, Message, SideConversation, Ticket


@agent_required
@require_POST
def replies(request: SignedInRequest, number: int) -> HttpResponse:
    """Answer the customer."""
    return _said(request, number, forms.AgentReplyForm, _reply)


@transaction.atomic
def _reply(
    ticket: Ticket, *, by: User, leaves_at: datetime | None, add: list[str], **said: Any
) -> Message:
    people = [welcome_customer(address) for address in add]
    if leaves_at is None:
        return actions.reply_to_ticket(ticket, by=by, add=people, **said)
    return actions.schedule_reply(ticket, by=by, leaves_at=leaves_at, add=people, **said)


@agent_required
@require_POST
def notes(request: SignedInRequest, number: int) -> HttpResponse:
    """Write something that only we see; who was named and could not be told is said."""

    def note(ticket: Ticket, *, by: User, **said: Any) -> Message:
        message = actions.add_note(ticket, by=by, **said)
        noted = message.events.get(kind=Event.Kind.NOTED)
        for name in noted.details.get("not_told", []):
            sentence = _("%(name)s does not work in this department and was not told.")
            messages.warning(request, sentence % {"name": name})
        return message

    return _said(request, number, forms.NoteForm, note)


@agent_required
@require_POST
def forwards(request: SignedInRequest, number: int) -> HttpResponse:
    """Ask a third party, or go on in a side conversation."""
    return _said(request, number, forms.ForwardForm, _say_aside)


@transaction.atomic
def _say_aside(
    ticket: Ticket,
    *,
    by: User,
    side: SideConversation | None,
    to: list[str],
    subject: str,
    messages: Iterable[Message],
    **said: Any,
) -> Message:
    if side is not None:
        return actions.write_aside(side, by=by, **said)
    people = [welcome_customer(address) for address in to]
    return actions.forward_ticket(
        ticket, by=by, to=people, subject=subject, messages=messages, **said
    )


def _said(
    request: SignedInRequest,
    number: int,
    form_class: type[forms.SayingForm],
    say: Callable[..., Message],
) -> HttpResponse:
    ticket = Ticket.objects.workable_by(request.user).filter(pk=number).first()
    if ticket is None:
        return moved_away(request, number, Message.Kind(form_class.slug))
    form = form_class(request.POST, request.FILES, ticket=ticket, by=request.user)
    if ticket.merged_into_id is not None:
        return goes_on_elsewhere(request, ticket, form)
    if form.is_valid():
        try:
            message = say(ticket, by=request.user, **form.cleaned_data)
        except DeskError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(_where_next(request, number, message))
    return show(request, number, bound=form, status=422)


def _where_next(request: SignedInRequest, number: int, message: Message) -> str:
    """Where the agent wants to be after sending; an answer that may be taken back is offered so on
    whichever page that is. After a note one stays."""
    place = QueryDict(request.POST.get("place", ""))
    wish = User.AfterSending.STAY if message.is_note or not place else request.user.after_sending
    if wish == User.AfterSending.NEXT:
        return _with(onward(request, place, number), f"sent={message.pk}")
    if wish == User.AfterSending.LIST:
        return _with(list_of(place), f"sent={message.pk}")
    address = _with(reverse("agent:ticket", args=[number]), place_in(place))
    return f"{address}#message-{message.pk}"


def _with(address: str, query: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}{query}" if query else address


@agent_required
@require_POST
def drafts(request: SignedInRequest, number: int, kind: str) -> HttpResponse:
    """Keep what was typed so far, or discard it: 204 with its version for the script, 409 with what
    another window has saved meanwhile; back to the page for a button, with the canned reply
    `insert` put below it."""
    if kind not in Message.Kind.values:
        raise Http404
    found = Ticket.objects.workable_by(request.user).filter(pk=number).first()
    ticket = actions.current(found) if found else lost(request, number)
    form = forms.DraftForm(request.POST, ticket=ticket, by=request.user)
    if not form.is_valid():
        return HttpResponse(status=422)
    data = form.cleaned_data
    text, html, insert = data["body"], data["html"], data["insert"]
    mine: dict[str, Any] = {"by": request.user, "kind": Message.Kind(kind)}
    if data["discard"]:
        actions.discard_draft(ticket, **mine)
        return redirect(f"{reverse('agent:ticket', args=[number])}?{kind}=1#{kind}")
    if data["plain"] is not None:
        User.objects.filter(pk=request.user.pk).update(writes_plain=data["plain"])
    if insert is not None:
        filled = placeholders.preview(insert, ticket, request.user).text
        text = "\n\n".join(part for part in (text, filled) if part)
    mine |= {"uploads": data["uploads"], "fields": form.others()}
    try:
        draft = actions.save_draft(ticket, text=text, html=html, seen=data["version"], **mine)
    except actions.DraftChanged as changed:
        if is_part(request):
            return JsonResponse(_told(changed), status=409)
        # Without scripts nobody can be asked: both are kept, one below the other.
        both = f"{changed.draft.text}\n\n{text}"
        draft = actions.save_draft(ticket, text=both, **mine)
        kept = _("Both texts are kept, one below the other.")
        messages.warning(request, f"{changed} {kept}")
    watching.look(number, request.user, writing=True)
    if is_part(request):
        version = draft.updated_at.isoformat() if draft else ""
        return HttpResponse(status=204, headers={"X-Draft-Version": version})
    query = {"canned": insert.pk} if insert else {kind: "1"}
    return redirect(f"{reverse('agent:ticket', args=[number])}?{urlencode(query)}#{kind}")


def _told(changed: actions.DraftChanged) -> dict[str, str]:
    draft = changed.draft
    return {
        "sentence": str(changed),
        "version": draft.updated_at.isoformat(),
        "text": draft.text,
        "html": draft.html or from_text(draft.text),
    }


@agent_required
@require_POST
def departure(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """Let a reply that was to leave later leave now."""
    message = _later(request, number, pk)
    try:
        actions.send_scheduled(message, by=request.user)
    except DeskError as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('agent:ticket', args=[number])}#message-{pk}")


@agent_required
@require_POST
def cancellation(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """Do not let it leave: its text is its author's draft again."""
    message = _later(request, number, pk)
    try:
        actions.cancel_scheduled(message, by=request.user)
    except DeskError as refusal:
        messages.error(request, str(refusal))
    else:
        mine = message.author_id == request.user.pk
        here = _("It does not leave. The text stands in the composer again.")
        there = _("It does not leave. The text is a draft of %(name)s again.")
        messages.success(request, here if mine else there % {"name": message.author})
    return redirect(f"{reverse('agent:ticket', args=[number])}#reply")


def _later(request: SignedInRequest, number: int, pk: int) -> Message:
    """A reply that is to leave later, or that has left meanwhile; not what was never one."""
    ticket = get_object_or_404(Ticket.objects.workable_by(request.user), pk=number)
    here = [ticket.pk, *actions.absorbed([ticket.pk])]
    said = Message.objects.filter(ticket__in=here, events__kind=Event.Kind.SCHEDULED)
    return get_object_or_404(said.select_related("author").distinct(), pk=pk)


@agent_required
@require_POST
def withdrawal(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """Take a reply, or a word to a third party, back within its seconds of grace; its text is a
    draft again."""
    ticket = get_object_or_404(Ticket.objects.workable_by(request.user), pk=number)
    message = get_object_or_404(ticket.messages.exclude(kind=Message.Kind.NOTE), pk=pk)
    try:
        actions.take_back_reply(message, by=request.user)
    except DeskError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken back. The text stands in the composer again."))
    return redirect(f"{reverse('agent:ticket', args=[number])}?{_again(message)}#{message.kind}")


def _again(message: Message) -> str:
    """What lets the composer stand as it was before `message` was sent."""
    side = message.side
    if side is None:
        return "reply=1"
    if side.messages.filter(withdrawn_at__isnull=True).exists():
        return urlencode({"conversation": side.pk})
    return urlencode({"side": "1", "to": ", ".join(side.addresses), "subject": side.subject})
