"""What the mail gateway knows of letters: those only agents see, other readings, deliveries."""

from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import attachments, events, search
from tickets.actions import steps
from tickets.actions.conversation import say
from tickets.actions.opening import subject_of
from tickets.attachments import IncomingFile
from tickets.models import Body, Delivery, Event, Message, Ticket
from tickets.permissions import can_work_on, require

# Why a ticket stands where it does that somebody wrote down by hand from an unreadable letter.
BY_HAND = "by_hand"
READ_FROM_LETTERS = ("text", "html", "quoted_text", "quoted_html", "reading")
# What was found out when the letter was put on its ticket, and holds however it is read.
FOUND_OUT = frozenset({"subject", "copies"})
# Warnings of letters by which an agent meant to answer.
UNSENT = frozenset({"expired", "not_sent"})


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
    ticket = steps.hold_living(ticket)
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
