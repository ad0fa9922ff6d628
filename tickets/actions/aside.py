"""What is said to third parties, and what they say: the customer hears of neither."""

from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib import html as html_door
from helpdesk.lib.errors import DeskError
from tickets import events, lifecycle
from tickets.actions import steps
from tickets.actions.conversation import say
from tickets.actions.opening import subject_of
from tickets.attachments import IncomingFile, contents_of
from tickets.lifecycle import Status
from tickets.models import Body, Draft, Event, Message, SideConversation, Ticket
from tickets.permissions import can_work_on, is_customer_of, require

MOST_PEOPLE = 20


@transaction.atomic
def forward_ticket(
    ticket: Ticket,
    *,
    by: User,
    to: Iterable[User],
    body: str | Body = "",
    subject: str = "",
    messages: Iterable[Message] = (),
    files: Iterable[IncomingFile] = (),
    minutes_spent: int = 0,
    channel: str = Ticket.Channel.WEB,
) -> Message:
    """Ask third parties about it: begins a side conversation, whose first message quotes `messages`
    (what the customer may read, never notes) and carries their files.

    Moves nothing: the customer waits for us all the same. Raises DeskError for people who stand on
    either side of the ticket already.
    """
    ticket = steps.hold_living(ticket)
    require(can_work_on(by, ticket))
    people = list(dict.fromkeys(to))
    _check(people, ticket)
    quoted = _chosen(ticket, messages)
    text = body if isinstance(body, Body) else Body.plain(body)
    if quoted:
        with translation.override(people[0].language or settings.LANGUAGE_CODE):
            passage = _passage(quoted, ticket)
        text = replace(text, quoted_text=passage, quoted_html=html_door.from_text(passage))
    side = SideConversation.objects.create(
        ticket=ticket,
        subject=subject_of(subject or SideConversation.usual_subject(ticket)),
        opened_by=by,
    )
    side.people.set(people)
    enclosed = [file for one in quoted for file in contents_of(one)]
    message = _say_aside(side, ticket, by, text, [*enclosed, *files], minutes_spent, channel)
    events.record(
        ticket, Event.Kind.FORWARDED, by=by, message=message, addresses=[p.email for p in people]
    )
    return message


@transaction.atomic
def write_aside(
    side: SideConversation,
    *,
    by: User,
    body: str | Body,
    files: Iterable[IncomingFile] = (),
    minutes_spent: int = 0,
    channel: str = Ticket.Channel.WEB,
) -> Message:
    """Go on in a side conversation: a letter to its third parties and to nobody else."""
    ticket = steps.hold_living(side.ticket)
    require(can_work_on(by, ticket))
    addresses = side.addresses
    if not addresses:
        raise DeskError(_("None of them can be written to any more."))
    message = _say_aside(side, ticket, by, body, files, minutes_spent, channel)
    events.record(ticket, Event.Kind.ASIDE, by=by, message=message, addresses=addresses)
    return message


@transaction.atomic
def hear_aside(
    side: SideConversation,
    *,
    author: User | None,
    body: str | Body,
    files: Iterable[IncomingFile] = (),
    why: str = "",
    warning: str = "",
) -> Message:
    """A third party answered by mail: kept in the side conversation, and it is our turn. What is
    closed stays closed. An act of the house itself."""
    ticket = steps.hold_living(side.ticket)
    message = say(
        ticket,
        Message.Kind.SIDE,
        body,
        files,
        side=side,
        author=author,
        from_customer=True,
        channel=Ticket.Channel.MAIL,
        why=why,
        warning=warning,
    )
    before = ticket.status
    if before in lifecycle.AT_WORK | {Status.SOLVED}:
        steps.move(ticket, lifecycle.after_reply(before, by_customer=True))
    events.record(
        ticket, Event.Kind.ASIDE, by=author, message=message, before=before, after=ticket.status
    )
    return message


def _check(people: list[User], ticket: Ticket) -> None:
    if not people:
        raise DeskError(_("Say to whom it is to be forwarded."))
    if len(people) > MOST_PEOPLE:
        raise DeskError(_("At most %(count)d people fit in one letter.") % {"count": MOST_PEOPLE})
    for person in people:
        name = {"name": person.email}
        if not person.is_active:
            raise DeskError(_("%(name)s was switched off.") % name)
        if can_work_on(person, ticket):
            raise DeskError(_("%(name)s works on this ticket: write a note instead.") % name)
        if is_customer_of(person, ticket):
            raise DeskError(_("%(name)s reads this ticket as a customer: answer instead.") % name)


def _chosen(ticket: Ticket, messages: Iterable[Message]) -> list[Message]:
    """Those messages again, if each may leave the house from this ticket."""
    wanted = {message.pk for message in messages}
    here = [ticket.pk, *steps.absorbed([ticket.pk])]
    found = Message.objects.public().filter(pk__in=wanted, ticket__in=here)
    chosen = list(found.select_related("author").prefetch_related("attachments"))
    if len(chosen) != len(wanted):
        raise DeskError(_("Only what the customer may read can be passed on."))
    return chosen


def _passage(messages: list[Message], ticket: Ticket) -> str:
    """What is passed on, in words. Names without addresses: answers are to come to us."""
    parts, title = [], gettext("Forwarded message")
    whose, when, about = pgettext("letter", "From"), gettext("Date"), gettext("Subject")
    for one in messages:
        author = one.author.public_name if one.author else ticket.department.company.shown_name
        at = date_format(timezone.localtime(one.created_at), "SHORT_DATETIME_FORMAT")
        head = [
            f"---------- {title} ----------",
            f"{whose}: {author}",
            f"{when}: {at}",
            f"{about}: {ticket.subject}",
        ]
        text = one.text.strip() or html_door.to_text(one.html).strip()
        parts.append("\n".join(head) + f"\n\n{text}")
    return "\n\n".join(parts)


def _say_aside(
    side: SideConversation,
    ticket: Ticket,
    by: User,
    body: str | Body,
    files: Iterable[IncomingFile],
    minutes_spent: int,
    channel: str,
) -> Message:
    now = timezone.now()
    message = say(
        ticket,
        Message.Kind.SIDE,
        body,
        files,
        side=side,
        author=by,
        channel=channel,
        created_at=now,
        undo_until=now + by.grace if by.grace else None,
        minutes_spent=minutes_spent,
    )
    steps.answer_mentions(ticket, by)
    Draft.objects.filter(ticket=ticket, author=by, kind=Message.Kind.SIDE).delete()
    return message
