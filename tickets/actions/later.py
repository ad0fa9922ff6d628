"""Replies that leave later: written now, sent by the clock, called off when the customer writes."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import events, lifecycle
from tickets.actions import steps
from tickets.actions.conversation import (
    BY_HAND_OFF,
    GONE,
    REFUSED,
    call_off,
    do_what_they_say,
    hand_over_turn,
    say,
)
from tickets.actions.triage import follow_ticket
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.models import Body, CannedReply, Draft, Event, LaterReply, Message, Ticket, Upload
from tickets.permissions import can_work_on, require

MOST_AHEAD = timedelta(days=366)


class LeftAlready(DeskError):
    """The reply has left, or was called off."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("This reply has left already, or was called off."))


@transaction.atomic
def schedule_reply(
    ticket: Ticket,
    *,
    by: User,
    leaves_at: datetime,
    body: str | Body,
    files: Iterable[IncomingFile | Upload] = (),
    then: Status | None = None,
    until: datetime | None = None,
    canned: Iterable[CannedReply] = (),
    without: Iterable[User] = (),
    add: Iterable[User] = (),
    channel: str = Ticket.Channel.WEB,
    minutes_spent: int = 0,
) -> Message:
    """Write a reply that leaves at `leaves_at`; what it does besides (see reply_to_ticket) it does
    then. Until it leaves only we see it. If the customer writes first, it does not leave."""
    ticket = steps.hold_living(ticket)
    require(can_work_on(by, ticket))
    now = timezone.now()
    if not now < leaves_at < now + MOST_AHEAD:
        raise DeskError(_("Choose a time that is still to come, within a year."))
    if then == Status.ON_HOLD and (until is None or until <= leaves_at):
        raise DeskError(_("The hold would be over before the reply leaves."))
    lifecycle.check_move(ticket.status, then or Status.PENDING)
    message = say(
        ticket,
        Message.Kind.LATER,
        body,
        files,
        author=by,
        channel=channel,
        created_at=now,
        minutes_spent=minutes_spent,
    )
    for person in add:
        follow_ticket(ticket, who=person, by=by, in_copy=True)
    later = LaterReply.objects.create(
        message=message,
        leaves_at=leaves_at,
        then=then or "",
        hold_until=until,
        without=[one.email for one in without],
    )
    later.canned.set(canned)
    steps.answer_mentions(ticket, by)
    Draft.objects.filter(ticket=ticket, author=by, kind=Message.Kind.REPLY).delete()
    events.record(
        ticket, Event.Kind.SCHEDULED, by=by, message=message, leaves_at=leaves_at.isoformat()
    )
    return message


@transaction.atomic
def send_scheduled(message: Message, *, by: User | None) -> Message:
    """Let a reply leave: by the clock when its time has come (`by=None`), or earlier by an agent.

    Whoever changes its kind first sends it; everybody else raises LeftAlready. It is called off,
    and its author told, where its author may not answer here any more, and by the clock where the
    ticket does not allow it, or something that it does besides.
    """
    ticket = _held(message)
    require(can_work_on(by, ticket))
    waiting = Message.objects.waiting().filter(pk=message.pk)
    due = waiting if by is not None else waiting.filter(later__leaves_at__lte=timezone.now())
    found = due.select_related("author", "later").first()
    if found is None:
        raise LeftAlready
    if found.author is None or not can_work_on(found.author, ticket):
        call_off(found, ticket, by=None, reason=GONE)
        return found
    try:
        with transaction.atomic():
            return _leave(found, ticket, author=found.author, by=by)
    except DeskError as refusal:
        if by is not None or isinstance(refusal, LeftAlready):
            raise
        # Read again: what was begun in memory was rolled back.
        call_off(found, Ticket.objects.locked(ticket), by=None, reason=REFUSED)
        return found


def _leave(waiting: Message, ticket: Ticket, *, author: User, by: User | None) -> Message:
    """It becomes a reply and does what it does besides; the caller undoes all where it raises."""
    now, later = timezone.now(), waiting.later
    used = list(later.canned.all())
    then = Status(later.then) if later.then else None
    details = hand_over_turn(
        ticket, by=author, now=now, then=then, until=later.hold_until, canned=used
    )
    grace = by.grace if by is not None else timedelta()
    left = Message.objects.waiting().filter(pk=waiting.pk)
    if not left.update(
        kind=Message.Kind.REPLY,
        ticket=ticket,
        created_at=now,
        undo_until=now + grace if grace else None,
    ):
        raise LeftAlready
    if later.without:
        details["without"] = later.without
    LaterReply.objects.filter(message=waiting).delete()
    said = Message.objects.select_related("author").get(pk=waiting.pk)
    steps.touch(ticket, said)
    events.record(ticket, Event.Kind.REPLIED, by=author, message=said, **details)
    do_what_they_say(used, ticket, author, said)
    if ticket.status == Status.SOLVED:
        steps.require_filled(ticket)
    return said


@transaction.atomic
def cancel_scheduled(message: Message, *, by: User) -> Message:
    """It does not leave; its text is its author's draft again."""
    ticket = _held(message)
    require(can_work_on(by, ticket))
    waiting = Message.objects.waiting().select_related("author").filter(pk=message.pk).first()
    if waiting is None:
        raise LeftAlready
    call_off(waiting, ticket, by=by, reason=BY_HAND_OFF)
    return waiting


def _held(message: Message) -> Ticket:
    """The ticket from which it leaves: it may have been merged since `message` was read."""
    here = Ticket.objects.select_related("merged_into").get(pk=message.ticket_id)
    return steps.hold_living(here)
