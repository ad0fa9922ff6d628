"""Letters that came to a ticket: who may stay, what belongs elsewhere, where else they went."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import events, lifecycle, search, sla
from tickets.actions import steps
from tickets.lifecycle import Status
from tickets.models import Event, Follower, Message, Ticket, TicketLink
from tickets.permissions import can_work_on, is_customer_of, require

STRANGER = "stranger"
SUBJECT_LENGTH = 500


@transaction.atomic
def admit_sender(message: Message, *, by: User | None) -> Message:
    """Let the sender of a letter that was filed as a stranger's take part: it becomes a message
    that the customer's side reads, they get our answers, and it is our turn. Can be undone."""
    ticket = steps.hold_living(message.ticket)
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    require(can_work_on(by, ticket))
    author = message.author.now if message.author else None
    if not (message.is_note and message.warning == STRANGER and author is not None):
        raise DeskError(_("Only the sender of a letter that was filed here can be let in."))
    if not author.is_active:
        raise DeskError(_("%(name)s was switched off.") % {"name": author})
    joined = not is_customer_of(author, ticket)
    if joined:
        Follower.objects.update_or_create(ticket=ticket, user=author, defaults={"in_copy": True})
    message.kind, message.warning = Message.Kind.REPLY, ""
    message.save(update_fields=["kind", "warning"])
    was = steps.standing(ticket)
    # What is closed stays closed: the letter may be old.
    if ticket.status in lifecycle.AT_WORK | {Status.SOLVED}:
        steps.move(ticket, lifecycle.after_reply(ticket.status, by_customer=True))
    steps.retell(ticket)
    events.record(
        ticket,
        Event.Kind.ADMITTED,
        by=by,
        message=message,
        who=str(author),
        who_id=author.pk,
        joined=joined,
        warning=STRANGER,
        after=ticket.status,
        was=was,
    )
    return message


@transaction.atomic
def move_message_out(message: Message, *, by: User | None, to: Ticket | None = None) -> Message:
    """A message of the customer's side does not belong here: with its files it goes `to` another
    ticket, or opens one of its sender. What it did here (reopened the ticket) is taken back where
    nothing was said since. Whoever wrote it reads it there if they take part; where they do not,
    only we do. Can be undone."""
    source = Ticket.objects.get(pk=message.ticket_id)
    target = steps.current(to) if to is not None else None
    # Both are held in one order, so that two moves never wait for each other.
    wanted = {one.pk: one for one in (source, target) if one is not None}
    held = {key: Ticket.objects.locked(wanted[key]) for key in sorted(wanted)}
    source, target = held[source.pk], held[target.pk] if target is not None else None
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    require(can_work_on(by, source) and (target is None or can_work_on(by, target)))
    if message.ticket_id != source.pk or not message.from_customer:
        raise DeskError(_("Only a letter of the customer’s side can be moved. Split off the rest."))
    if message.is_side:
        raise DeskError(_("A side conversation stays on its ticket."))
    if target is not None and target.pk in {source.pk, steps.current(source).pk}:
        raise DeskError(_("The message stands on this ticket already."))
    if source.status != Status.MERGED and not source.messages.exclude(pk=message.pk).exists():
        raise DeskError(_("At least one message must stay. Merge the tickets instead."))
    stood = {"kind": message.kind, "why": message.why, "warning": message.warning}
    source_was = steps.standing(source)
    _take_back_effect(message, source)
    opened = target is None
    if target is None:
        target = _of_its_sender(message, source)
    kind = TicketLink.Kind.SPLIT if opened else TicketLink.Kind.RELATED
    TicketLink.objects.get_or_create(source=source, target=target, kind=kind)
    _put(message, target, opened=opened)
    target_was = steps.standing(target)
    if not opened and not message.is_note and target.status in lifecycle.AT_WORK:
        steps.move(target, lifecycle.after_reply(target.status, by_customer=True))
    for one in (source, target):
        steps.retell(one)
        sla.refresh(one)
    if opened:
        search.remember_ticket(target)
    common: dict[str, Any] = {"by": by, "message": message}
    common |= {"messages": [message.pk], "opened": opened, "stood": stood}
    events.record(
        source,
        Event.Kind.MOVED_OUT,
        into=target.number,
        after=source.status,
        was=source_was,
        **common,
    )
    events.record(
        target,
        Event.Kind.MOVED_OUT,
        source=source.number,
        after=target.status,
        was=target_was,
        **common,
    )
    return message


@transaction.atomic
def note_copy(ticket: Ticket, *, mailbox: str) -> None:
    """The mail gateway reports that another mailbox of ours, `mailbox`, was sent the same letter.
    It stands here once; the history says where else it went."""
    ticket = steps.hold_living(ticket)
    if not ticket.events.filter(kind=Event.Kind.COPIED, details__mailbox=mailbox).exists():
        events.record(ticket, Event.Kind.COPIED, by=None, mailbox=mailbox)


def _take_back_effect(message: Message, ticket: Ticket) -> None:
    """Undo what `message` did to the status, if nothing was said since."""
    said = message.events.filter(kind__in=[Event.Kind.REPLIED, Event.Kind.ADMITTED])
    event = said.order_by("-id").first()
    if event is None or event.ticket_id != ticket.pk or "was" not in event.details:
        return
    if ticket.status == event.details["after"] and not steps.said_since(ticket, event):
        steps.put_back(ticket, event.details["was"])


def _of_its_sender(message: Message, source: Ticket) -> Ticket:
    author = message.author.now if message.author else None
    if author is None:
        raise DeskError(_("A mail server wrote this letter. Say to which ticket it belongs."))
    return Ticket.objects.create(
        subject=str(message.reading.get("subject") or source.subject)[:SUBJECT_LENGTH],
        customer=author,
        department=source.department,
        assignee=source.assignee,
        status=Status.OPEN,
        channel=message.channel,
        language=author.language,
        created_at=message.created_at,
        waiting_since=message.created_at,
    )


def _put(message: Message, target: Ticket, *, opened: bool) -> None:
    """Let `message` stand on `target`, for those who may read it there."""
    author = message.author.now if message.author else None
    person = None if message.is_automatic and not opened else author
    message.ticket, message.why = target, "moved"
    if person is not None and (opened or is_customer_of(person, target)):
        message.kind = Message.Kind.REPLY
        if message.warning in {STRANGER, "new_subject"}:
            message.warning = ""
    else:
        message.kind = Message.Kind.NOTE
        if person is not None:
            message.warning = message.warning or STRANGER
    message.save(update_fields=["ticket", "kind", "why", "warning"])
