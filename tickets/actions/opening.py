"""How a ticket begins."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from departments.models import Category, Department, Service, User
from helpdesk.lib.errors import DeskError
from helpdesk.lib.language import guess_language
from helpdesk.lib.names import harmless
from tickets import attachments, events, search, sla
from tickets.actions import limits, steps, twice
from tickets.attachments import IncomingFile
from tickets.coach import Hint, divide
from tickets.lifecycle import Priority, Status
from tickets.models import (
    Body,
    CustomField,
    Event,
    Follower,
    Message,
    Ticket,
    TicketLink,
    Upload,
    checked,
)
from tickets.permissions import can_see, can_write, require, works_in

SUBJECT_LENGTH = 500
KNOWN_ONLY = gettext_lazy(
    "Here we answer people and organisations that we know, and we do not know you yet. Your "
    "contact with us can let you in."
)


class NotKnown(DeskError):
    """The desk hears only people it knows."""

    status = 403


def subject_of(text: str) -> str:
    """What a ticket is called that somebody named `text`: one line, never empty."""
    return harmless(text)[:SUBJECT_LENGTH] or _("(no subject)")


@transaction.atomic
def open_ticket(
    *,
    customer: User,
    by: User,
    subject: str,
    body: str | Body,
    department: Department | None = None,
    category: Category | None = None,
    service: Service | None = None,
    priority: int = Priority.NORMAL,
    files: Iterable[IncomingFile | Upload] = (),
    copies: Iterable[User] = (),
    stand_in: User | None = None,
    channel: str = Ticket.Channel.WEB,
    why: str = "new",
    warning: str = "",
    is_automatic: bool = False,
    follows: Ticket | None = None,
    fields: Mapping[str, Any] | None = None,
    skipped: Iterable[Hint] = (),
    once: bool = False,
) -> Ticket:
    """Begin a ticket with its first message.

    `by` is the customer, or an agent who writes it down for them. The department is the given one,
    else the category's, else the one that receives what belongs nowhere. `copies` are people in Cc,
    `stand_in` is who gets our letters instead of the customer, who asked for that in the same
    letter: it holds for this ticket alone. `follows` is the closed ticket this one goes on from.
    `fields` are values of custom fields; customers fill those they are asked for.
    `skipped` are hints of the coach that the customer passed over. With `once` the same words
    of a customer, sent twice by one click, are one ticket.

    Raises NotKnown where customers begin that may not, and TooMuchWritten.
    """
    place = department or (category.department if category else None) or _triage()
    require(by == customer or works_in(by, place))
    text = body if isinstance(body, Body) else Body.plain(body)
    by_customer, files = by == customer, list(files)
    if by_customer:
        if follows is None and not can_write(by):
            raise NotKnown(KNOWN_ONLY)
        if once:
            # One by one, so that the second of two clicks finds what the first one made.
            User.objects.select_for_update(no_key=True).get(pk=by.pk)
            known = twice.opened_already(by, subject_of(subject), text, files, follows=follows)
            if known is not None:
                return known
        limits.refuse_floods(by, channel)
    ticket = Ticket.objects.create(
        subject=subject_of(subject),
        customer=customer,
        department=place,
        category=category,
        service=service,
        priority=priority,
        status=Status.NEW if by_customer else Status.OPEN,
        assignee=None if by_customer else by,
        channel=channel,
        language=customer.language or (_spoken(subject, text) if by_customer else ""),
        preview=steps.preview_of(text.text),
        fields=_filled(fields or {}, place, category, by_customer=by_customer),
    )
    message = Message.objects.create(
        ticket=ticket,
        author=by,
        from_customer=by_customer,
        channel=channel,
        is_automatic=is_automatic,
        why=why,
        warning=warning,
        text=text.text,
        html=text.html,
        quoted_text=text.quoted_text,
        quoted_html=text.quoted_html,
        reading=text.reading,
    )
    if by_customer and not is_automatic:
        ticket.matters = _matters_in(message)
    stored = attachments.store(message, files)
    Follower.objects.bulk_create(
        [
            Follower(ticket=ticket, user=person, in_copy=True, stands_in=person == stand_in)
            for person in dict.fromkeys([*([stand_in] if stand_in else []), *copies])
            if person != customer
        ],
    )
    _complete(ticket, message, has_files=bool(stored))
    search.remember(message, [one.name for one in stored])
    details: dict[str, Any] = {}
    if passed := [[hint.code, hint.about] for hint in skipped]:
        details["skipped"] = passed
    if follows is not None:
        TicketLink.objects.create(source=follows, target=ticket, kind=TicketLink.Kind.FOLLOW_UP)
        details["follows"] = follows.number
    events.record(ticket, Event.Kind.OPENED, by=by, message=message, **details)
    return ticket


def _spoken(subject: str, text: Body) -> str:
    """Which of our languages a customer writes who chose none; empty if that is not to be told."""
    guessed = guess_language(f"{subject}\n{text.text}")
    return guessed if guessed in dict(settings.LANGUAGES) else ""


def _filled(
    values: Mapping[str, Any], place: Department, category: Category | None, *, by_customer: bool
) -> dict[str, Any]:
    if not values:
        return {}
    fitting = CustomField.objects.fitting(place.pk, category.pk if category else None)
    offered = [one for one in fitting if one.asked_in_portal or not by_customer]
    clean = checked(dict(values), offered)
    return {slug: value for slug, value in clean.items() if value is not None}


def _matters_in(message: Message) -> dict[str, Any]:
    """What stands in `Ticket.matters`: worked out once, here, and not whenever somebody looks."""
    others = [[at, part.title] for at, part in enumerate(divide(message.text)) if at]
    return {"message": message.pk, "others": others} if others else {}


def _complete(ticket: Ticket, message: Message, *, has_files: bool) -> None:
    """What can only be known once the rows are there, in one UPDATE: each costs all indexes."""
    ticket.updated_at, ticket.has_files = message.created_at, has_files
    sla.work_out(ticket)
    late = (*sla.CLOCK_FIELDS, "updated_at", "has_files", "matters")
    known = {name: getattr(ticket, name) for name in late}
    Ticket.objects.filter(pk=ticket.pk).update(words=search.ticket_words(ticket), **known)


@transaction.atomic
def open_related(
    *, customer: User, by: User, parts: Iterable[Mapping[str, Any]], **shared: Any
) -> list[Ticket]:
    """Begin several tickets of one person at once, all or none, each linked with the others.

    `parts` are the arguments of `open_ticket` in which they differ, `shared` those they have in
    common.
    """
    opened = [open_ticket(customer=customer, by=by, **shared, **part) for part in parts]
    each = list(dict.fromkeys(opened))
    TicketLink.objects.bulk_create(
        [TicketLink(source=one, target=other) for one, other in combinations(each, 2)],
        ignore_conflicts=True,  # sent twice, they are linked already
    )
    return each


def open_follow_up(
    closed: Ticket,
    *,
    by: User,
    body: str | Body,
    files: Iterable[IncomingFile | Upload] = (),
    channel: str = Ticket.Channel.WEB,
    why: str = "follow_up",
    once: bool = False,
) -> Ticket:
    """Go on from a ticket that was closed too long ago: a new one of the same customer, linked."""
    require(can_see(by, closed))
    return open_ticket(
        customer=closed.customer if works_in(by, closed.department) else by,
        by=by,
        subject=closed.subject,
        body=body,
        department=closed.department,
        category=closed.category,
        service=closed.service,
        files=files,
        channel=channel,
        why=why,
        follows=closed,
        once=once,
    )


def _triage() -> Department:
    try:
        return Department.triage()
    except Department.DoesNotExist:
        raise DeskError(
            _("This desk has no department yet. An administrator must make one first.")
        ) from None
