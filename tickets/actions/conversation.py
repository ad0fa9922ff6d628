"""What is said on a ticket."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from helpdesk.lib.html import from_text, own_pictures
from tickets import attachments, events, lifecycle, search
from tickets.actions import steps
from tickets.actions.macros import act
from tickets.actions.opening import open_follow_up, subject_of
from tickets.actions.triage import follow_ticket
from tickets.actions.undoing import undo
from tickets.attachments import IncomingFile
from tickets.lifecycle import OURS, Status
from tickets.mentions import named_in
from tickets.models import (
    Body,
    CannedReply,
    Delivery,
    Draft,
    Event,
    LaterReply,
    Mention,
    Message,
    Ticket,
    Upload,
)
from tickets.models.message import WRITTEN
from tickets.permissions import can_reply, can_take_back, can_work_on, is_customer_of, require

# Why a ticket stands where it does that somebody wrote down by hand from an unreadable letter.
BY_HAND = "by_hand"
READ_FROM_LETTERS = ("text", "html", "quoted_text", "quoted_html", "reading")
# What was found out when the letter was put on its ticket, and holds however it is read.
FOUND_OUT = frozenset({"subject", "copies"})
# Why a reply that was to leave later did not: the customer wrote, somebody said so, its author may
# not answer here any more, the ticket does not allow it.
ANSWERED, BY_HAND_OFF, GONE, REFUSED = "answered", "", "gone", "refused"
# Warnings of letters by which an agent meant to answer.
UNSENT = frozenset({"expired", "not_sent"})


class NothingSaid(DeskError):
    """A message without text and files."""


class TooLate(DeskError):
    """The seconds of grace have passed."""

    status = 409


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
) -> Message:
    """Say something the customer can read, and move the ticket along.

    An agent's reply hands the turn to the customer, or does `then` (open, pending, solved, or on
    hold `until` a time); a customer's brings the ticket back to us. An agent who answers what is
    nobody's takes it. `canned` replies that went into the text do what they say besides: the last
    status among them counts unless `then` is given; each priority, field and tag is a verb of the
    agent. People in copy who are left out (`without`) go on taking part and read it in the portal;
    those whom an agent `add`s take part from now on. Nothing is solved while a required field
    says nothing.
    """
    ticket = Ticket.objects.locked(steps.current(ticket))
    require(can_reply(by, ticket))
    by_customer = not can_work_on(by, ticket) or by.pk == ticket.customer_id
    now = timezone.now()
    used = [] if by_customer else list(canned)
    if by_customer:
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
        _put_back(message, ticket, message.author)
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
    files: Iterable[IncomingFile] = (),
    channel: str = Ticket.Channel.WEB,
    why: str = "",
    warning: str = "",
) -> Message:
    """A customer goes on: a reply, or a linked follow-up where the ticket was closed too long ago.

    The message says on which ticket it came to stand.
    """
    ticket = steps.current(ticket)
    limit = timedelta(days=ticket.department.follow_up_after_days)
    closed = ticket.status == Status.CLOSED and ticket.closed_at is not None
    if closed and ticket.closed_at < timezone.now() - limit:  # type: ignore[operator]
        require(is_customer_of(by, ticket))
        follow_up = open_follow_up(ticket, by=by, body=body, files=files, channel=channel)
        return follow_up.messages.get()
    return reply_to_ticket(
        ticket, by=by, body=body, files=files, channel=channel, why=why, warning=warning
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


@transaction.atomic
def file_letter(
    ticket: Ticket,
    *,
    author: User | None,
    body: str | Body,
    files: Iterable[IncomingFile] = (),
    why: str = "",
    warning: str = "",
    is_automatic: bool = False,
) -> Message:
    """Keep a letter where only agents see it: a bounce, an auto-reply, or a stranger who answers
    in somebody's thread. Nothing moves, nobody is answered. An act of the house itself. An agent
    whose answer was not sent (`warning`) hears of it behind the bell."""
    ticket = Ticket.objects.locked(steps.current(ticket))
    message = say(
        ticket,
        Message.Kind.NOTE,
        body,
        files,
        author=author,
        from_customer=True,
        channel=Ticket.Channel.MAIL,
        is_automatic=is_automatic,
        why=why,
        warning=warning,
    )
    if warning in UNSENT:
        # By the house: nobody hears of what they did themselves.
        events.record(ticket, Event.Kind.NOTED, by=None, message=message, filed=True, unsent=True)
    else:
        events.record(ticket, Event.Kind.NOTED, by=author, message=message, filed=True)
    return message


@transaction.atomic
def take_back_reply(message: Message, *, by: User) -> Message:
    """Withdraw a reply, or a word to a third party, within its seconds of grace; its text and files
    are the author's draft, above what they have begun to write meanwhile. What canned replies did
    with it is undone as well, where it still stands."""
    ticket = Ticket.objects.locked(message.ticket)
    message = Message.objects.select_for_update().get(pk=message.pk)
    require(can_take_back(by, message))
    if not message.can_still_be_taken_back:
        raise TooLate(_("Too late: this reply is on its way already."))
    for event in message.events.filter(kind=Event.Kind.MACRO).order_by("-pk"):
        with suppress(DeskError), transaction.atomic():
            undo(event, by=by)
    ticket = Ticket.objects.locked(ticket)
    message.withdrawn_at = timezone.now()
    message.save(update_fields=["withdrawn_at"])
    Message.objects.filter(replaced_by=message).update(replaced_by=None, withdrawn_at=None)
    _put_back(message, ticket, by)
    was = message.events.filter(kind=Event.Kind.REPLIED).values_list("details", flat=True).first()
    before = (was or {}).get("before")
    if before and ticket.status == (was or {}).get("after"):
        # The customer waited for us before, and still does.
        ticket.status = before
        ticket.solved_at = timezone.now() if before == Status.SOLVED else None
        ticket.closed_at = None
        held = (was or {}).get("hold_until")
        ticket.hold_until = datetime.fromisoformat(held) if held else None
    ticket.first_answered_at = steps.first_answer_of(ticket)
    if ticket.status in OURS and (waited := (was or {}).get("waited_since")):
        # To the microsecond: steps of escalation know a wait by when it began.
        ticket.waiting_since = datetime.fromisoformat(waited)
    ticket.save(
        update_fields=["status", "solved_at", "closed_at", "first_answered_at", "waiting_since"]
    )
    steps.move(ticket, Status(ticket.status), until=ticket.hold_until)
    events.record(ticket, Event.Kind.TAKEN_BACK, by=by, message=message)
    return message


def _put_back(message: Message, ticket: Ticket, by: User) -> None:
    """Let `message` be a draft of `by` again, with its files, above what they typed since."""
    kind = Message.Kind.REPLY if message.is_later else message.kind
    uploads = attachments.give_back(message, owner=by)
    shown = own_pictures(message.html)
    tokens = [str(one.token) for one in uploads if str(one.token) not in shown]
    # What was not formatted becomes plain text again.
    html = message.html if WRITTEN.search(message.html) else ""
    draft = Draft.objects.filter(ticket=ticket, author=by, kind=kind).first()
    draft = draft or Draft(ticket=ticket, author=by, kind=kind)
    if html or draft.html:
        draft.html = (html or message.html) + (draft.html or from_text(draft.text))
    draft.text = "\n\n".join(filter(None, [message.text, draft.text]))
    draft.uploads = [*tokens, *draft.uploads]
    draft.save()


@transaction.atomic
def reread_message(message: Message, *, body: Body, subject: str | None = None, by: User) -> bool:
    """Put `body` in the place of what was read from a letter at first; its files stay.

    With `subject` the ticket is named anew as well. Says nothing, and returns False, where the new
    reading is the old one. Undone by reading it once more as before.
    """
    ticket = Ticket.objects.locked(message.ticket)
    message = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    require(can_work_on(by, ticket))
    if message.channel != Ticket.Channel.MAIL or message.why == BY_HAND:
        raise DeskError(_("This message was not read from a letter."))
    if "forwarded_by" in message.reading:
        # The whole letter has what an agent wrote above it, and this message its customer reads.
        raise DeskError(_("This message is only a part of the letter, so it cannot be read again."))
    kept = {key: value for key, value in message.reading.items() if key in FOUND_OUT}
    body = replace(body, reading={**body.reading, **kept})
    before = {name: getattr(message, name) for name in READ_FROM_LETTERS}
    for name in READ_FROM_LETTERS:
        setattr(message, name, getattr(body, name))
    attachments.show_pictures(message, message.attachments.all())
    named_before = ticket.subject
    if subject is not None:
        ticket.subject = subject_of(subject)
    changed = any(getattr(message, name) != before[name] for name in READ_FROM_LETTERS)
    if not changed and ticket.subject == named_before:
        return False
    message.save(update_fields=READ_FROM_LETTERS)
    search.remember(message)
    ticket.save(update_fields=["subject"])
    steps.retell(ticket)
    search.remember_ticket(ticket)
    details = {
        "charset_before": before["reading"].get("charset", ""),
        "charset": body.reading.get("charset", ""),
    }
    if ticket.subject != named_before:
        details["subject_before"] = named_before
    events.record(ticket, Event.Kind.REREAD, by=by, message=message, **details)
    return True


@transaction.atomic
def note_delivery(message: Message, *, address: str, state: str, detail: str = "") -> None:
    """The mail gateway reports what became of `message` on its way to `address`."""
    delivery, _created = Delivery.objects.update_or_create(
        message=message, address=address.lower(), defaults={"state": state, "detail": detail[:500]}
    )
    if delivery.state in {Delivery.State.FAILED, Delivery.State.UNCERTAIN}:
        events.record(
            message.ticket,
            Event.Kind.UNDELIVERED,
            by=None,
            message=message,
            address=address,
            detail=detail[:500],
            uncertain=delivery.state == Delivery.State.UNCERTAIN,
        )
