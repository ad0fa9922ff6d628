"""What is said on a ticket."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import attachments, events, lifecycle, search
from tickets.actions import limits, steps, twice
from tickets.actions.drafting import put_back
from tickets.actions.macros import act
from tickets.actions.opening import open_follow_up
from tickets.actions.triage import follow_ticket
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.mentions import named_in
from tickets.models import (
    Body,
    CannedReply,
    Draft,
    Event,
    LaterReply,
    Mention,
    Message,
    Ticket,
    Upload,
)
from tickets.permissions import can_reply, can_work_on, is_customer_of, require

# Why a reply that was to leave later did not: the customer wrote, somebody said so, its author may
# not answer here any more, the ticket does not allow it.
ANSWERED, BY_HAND_OFF, GONE, REFUSED = "answered", "", "gone", "refused"


class NothingSaid(DeskError):
    """A message without text and files."""


def say(
    ticket: Ticket,
    kind: Message.Kind,
    body: str | Body,
    files: Iterable[IncomingFile | Upload],
    **fields: object,
) -> Message:
    """A new message with its files, findable at once. Expects the ticket locked. Raises
    NothingSaid."""
    text = body if isinstance(body, Body) else Body.plain(body)
    files = list(files)
    if not (text.text.strip() or text.html.strip() or text.quoted_text.strip() or files):
        raise NothingSaid(_("Write something first."))
    message = Message.objects.create(
        ticket=ticket,
        kind=kind,
        text=text.text,
        html=text.html,
        quoted_text=text.quoted_text,
        quoted_html=text.quoted_html,
        reading=text.reading,
        **fields,
    )
    if attachments.store(message, files) and not ticket.has_files:
        ticket.has_files = True
        ticket.save(update_fields=["has_files"])
    search.remember(message)
    return message


@transaction.atomic
def reply_to_ticket(
    ticket: Ticket,
    *,
    by: User,
    body: str | Body,
    files: Iterable[IncomingFile | Upload] = (),
    then: Status | None = None,
    until: datetime | None = None,
    canned: Iterable[CannedReply] = (),
    without: Iterable[User] = (),
    add: Iterable[User] = (),
    channel: str = Ticket.Channel.WEB,
    minutes_spent: int = 0,
    why: str = "",
    warning: str = "",
    once: bool = False,
) -> Message:
    """Say something the customer can read, and move the ticket along.

    An agent's reply hands the turn to the customer, or does `then` (open, pending, solved, or on
    hold `until` a time); a customer's brings the ticket back to us. An agent who answers what is
    nobody's takes it. `canned` replies that went into the text do what they say besides: the last
    status among them counts unless `then` is given; each priority, field and tag is a verb of the
    agent. People in copy who are left out (`without`) go on taking part and read it in the portal;
    those whom an agent `add`s take part from now on. Nothing is solved while a required field
    says nothing. With `once` the same words of a customer, sent twice by one click, are said once.
    Raises TooMuchWritten for customers.
    """
    ticket = steps.hold_living(ticket)
    require(can_reply(by, ticket))
    by_customer = not can_work_on(by, ticket) or by.pk == ticket.customer_id
    now = timezone.now()
    used = [] if by_customer else list(canned)
    files = list(files)
    if by_customer:
        stays = lifecycle.after_reply(ticket.status, by_customer=True) == ticket.status
        known = twice.said_already(ticket, by, body, files) if once and stays else None
        if known is not None:
            return known
        limits.refuse_floods(by, channel)
        _call_off_all(ticket)
        details = _move(ticket, lifecycle.after_reply(ticket.status, by_customer=True))
    else:
        for person in add:
            follow_ticket(ticket, who=person, by=by, in_copy=True)
        details = hand_over_turn(ticket, by=by, now=now, then=then, until=until, canned=used)
        if left_out := [one.email for one in without]:
            details["without"] = left_out
    grace = timedelta() if by_customer else by.grace
    message = say(
        ticket,
        Message.Kind.REPLY,
        body,
        files,
        author=by,
        from_customer=by_customer,
        channel=channel,
        created_at=now,
        undo_until=now + grace if grace else None,
        minutes_spent=minutes_spent,
        why=why,
        warning=warning,
    )
    steps.touch(ticket, message)
    if not by_customer:
        steps.answer_mentions(ticket, by)
    Draft.objects.filter(ticket=ticket, author=by, kind=Message.Kind.REPLY).delete()
    events.record(ticket, Event.Kind.REPLIED, by=by, message=message, **details)
    do_what_they_say(used, ticket, by, message)
    if not by_customer and ticket.status == Status.SOLVED:
        steps.require_filled(ticket)
    return message


def hand_over_turn(
    ticket: Ticket,
    *,
    by: User,
    now: datetime,
    then: Status | None,
    until: datetime | None,
    canned: list[CannedReply],
) -> dict[str, object]:
    """What an agent's reply does to the ticket, which is locked; the details of its line in the
    history, by which it can be taken back."""
    if then == Status.ON_HOLD and (until is None or until <= now):
        raise DeskError(_("Choose a time that is still to come."))
    details: dict[str, object] = {}
    if ticket.is_ours:
        details["waited_since"] = ticket.waiting_since.isoformat()
    wish = next((one for one in reversed(canned) if one.sets_status), None)
    status = then or (Status(wish.sets_status) if wish else Status.PENDING)
    if status == Status.ON_HOLD and until is None and wish is not None:
        until = now + timedelta(days=wish.holds_for_days or 1)
    ticket.first_answered_at = ticket.first_answered_at or now
    ticket.waiting_since = now
    if ticket.assignee_id is None:
        ticket.assignee = by
        details["took"] = True
    ticket.save(update_fields=["first_answered_at", "waiting_since", "assignee"])
    return details | _move(ticket, status, until)


def _move(ticket: Ticket, status: Status, until: datetime | None = None) -> dict[str, object]:
    was, hold_until = steps.standing(ticket), ticket.hold_until
    before = steps.move(ticket, status, until=until)
    if before == status:
        return {}
    details: dict[str, object] = {"before": before, "after": status, "was": was}
    if hold_until is not None:
        details["hold_until"] = hold_until.isoformat()
    return details


def _call_off_all(ticket: Ticket) -> None:
    """The customer has written: what was to leave later would no longer answer them."""
    here = [ticket.pk, *steps.absorbed([ticket.pk])]
    for message in Message.objects.waiting().filter(ticket__in=here).select_related("author"):
        call_off(message, ticket, by=None, reason=ANSWERED)


def call_off(message: Message, ticket: Ticket, *, by: User | None, reason: str) -> None:
    """A reply does not leave after all: its text is its author's draft again, and the history says
    why. Expects the ticket locked."""
    LaterReply.objects.filter(message=message).delete()
    message.withdrawn_at = timezone.now()
    message.save(update_fields=["withdrawn_at"])
    if message.author is not None:
        put_back(message, ticket, message.author)
    events.record(ticket, Event.Kind.CALLED_OFF, by=by, message=message, reason=reason)


def do_what_they_say(canned: list[CannedReply], ticket: Ticket, by: User, said: Message) -> None:
    """Everything but the status that canned replies do which went into the reply `said`; what
    moves the ticket comes last, for behind it the ticket may be out of the agent's reach."""
    for one in sorted(canned, key=lambda one: one.moves_to_id is not None):
        act(one, ticket, by=by, message=said, keeps_status=True)


def continue_conversation(
    ticket: Ticket,
    *,
    by: User,
    body: str | Body,
    files: Iterable[IncomingFile | Upload] = (),
    channel: str = Ticket.Channel.WEB,
    why: str = "",
    warning: str = "",
    once: bool = False,
) -> Message:
    """A customer goes on: a reply, or a linked follow-up where the ticket was closed too long ago.

    The message says on which ticket it came to stand.
    """
    ticket = steps.current(ticket)
    if ticket.is_over:
        require(is_customer_of(by, ticket))
        follow_up = open_follow_up(
            ticket, by=by, body=body, files=files, channel=channel, once=once
        )
        # Sent twice, it may have been answered meanwhile.
        return follow_up.messages.earliest("created_at", "id")
    return reply_to_ticket(
        ticket,
        by=by,
        body=body,
        files=files,
        channel=channel,
        why=why,
        warning=warning,
        once=once,
    )


@transaction.atomic
def add_note(
    ticket: Ticket,
    *,
    by: User,
    body: str | Body,
    files: Iterable[IncomingFile | Upload] = (),
    channel: str = Ticket.Channel.WEB,
    minutes_spent: int = 0,
    why: str = "",
) -> Message:
    """Say something that only we see. It never leaves by mail [S20] and moves nothing.

    Agents of the department whom it names ("@" and their full name) hear of it behind the bell;
    the line in the history keeps them, and others who were named and are not told.
    """
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    message = say(
        ticket,
        Message.Kind.NOTE,
        body,
        files,
        author=by,
        channel=channel,
        minutes_spent=minutes_spent,
        why=why,
    )
    Draft.objects.filter(ticket=ticket, author=by, kind=Message.Kind.NOTE).delete()
    steps.answer_mentions(ticket, by)
    named = named_in(message.text, department=ticket.department_id)
    Mention.objects.bulk_create(
        [Mention(user=one, ticket=ticket, message=message) for one in named.here if one != by]
    )
    details: dict[str, object] = {}
    if named.here:
        details["mentions"] = [one.pk for one in named.here]
    if named.elsewhere:
        details["not_told"] = [str(one) for one in named.elsewhere]
    events.record(ticket, Event.Kind.NOTED, by=by, message=message, **details)
    return message
