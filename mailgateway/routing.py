"""To which ticket a letter belongs, and on whose authority it may speak there.

The order is the order of proof: an id or address that only we can have made, an id we once stored,
and last a number in the subject, which anybody can write. Whatever named the ticket, the sender is
looked at: who does not take part may not speak for those who do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone

from departments.models import User
from mailgateway.addresses import read_letter_id, read_reply_address, tags_in
from mailgateway.models import InboundEmail, OutboundEmail
from mailgateway.parsing import ParsedEmail
from tickets import actions
from tickets.models import PublicMessage, Ticket
from tickets.permissions import can_work_on, is_customer_of

_MOST_IDS = 50


class Role(StrEnum):
    """On whose authority a letter speaks."""

    CUSTOMER = "customer"
    AGENT = "agent"  # proved by a secret, not by From
    STRANGER = "stranger"  # kept on the ticket, where only agents see it
    NOBODY_YET = "nobody_yet"  # begins a ticket of their own


@dataclass(frozen=True)
class Route:
    """Where a letter goes. `why` is stored with the message and said by templates."""

    role: Role
    why: str
    ticket: Ticket | None = None
    warning: str = ""


def find_route(letter: ParsedEmail, sender: User) -> Route:
    """Where `letter` by `sender` belongs."""
    claims_agent = "claims_agent" if sender.is_agent else ""
    for ticket, why in _candidates(letter):
        ticket = actions.current(ticket)
        if sender.pk == ticket.customer_id and sender.is_active:
            return Route(Role.CUSTOMER, why, ticket, claims_agent)
        if can_work_on(sender, ticket):
            if _has_secret(letter, ticket, sender):
                return Route(Role.AGENT, "reply_address", ticket)
            return Route(Role.STRANGER, why, ticket, claims_agent)
        if is_customer_of(sender, ticket):
            return Route(Role.CUSTOMER, why, ticket, claims_agent)
        if why != "subject":
            return Route(Role.STRANGER, why, ticket, claims_agent or "stranger")
    # Somebody who named a ticket in the subject and does not take part gets one of their own.
    return Route(Role.NOBODY_YET, "new", warning=claims_agent)


def ticket_of_reply(letter: ParsedEmail) -> Ticket | None:
    """The ticket a machine's letter answers, by ids alone."""
    found = next((one for one, why in _candidates(letter) if why != "subject"), None)
    return actions.current(found) if found else None


def letter_that_bounced(letter: ParsedEmail) -> OutboundEmail | None:
    """Our letter that a bounce speaks of."""
    report = letter.delivery_report
    named = [report.original_message_id] if report else []
    ids = [one for one in [*named, *_ids(letter)] if one]
    rows = {row.letter_id: row for row in OutboundEmail.objects.filter(letter_id__in=ids)}
    return next((rows[one] for one in ids if one in rows), None)


def _candidates(letter: ParsedEmail) -> Iterator[tuple[Ticket, str]]:
    ids = _ids(letter)
    for one in ids:
        if ticket := _by_our_id(one):
            yield ticket, "our_id"
    claim = read_reply_address(_recipients(letter), today=timezone.localdate())
    if claim and (ticket := Ticket.objects.filter(pk=claim.ticket).first()):
        yield ticket, "reply_address"
    for one in ids:
        if ticket := _by_stored_id(one):
            yield ticket, "reference"
    for number in tags_in(letter.subject)[:3]:
        if ticket := Ticket.objects.filter(pk=number).first():
            yield ticket, "subject"


def _ids(letter: ParsedEmail) -> list[str]:
    """What it answers: In-Reply-To, then References from the last to the first."""
    return list(dict.fromkeys([*letter.in_reply_to, *reversed(letter.references)]))[:_MOST_IDS]


def _by_our_id(letter_id: str) -> Ticket | None:
    named = read_letter_id(letter_id)
    if named is None:
        return None
    if named.message:  # it may have been split off meanwhile
        message = PublicMessage.objects.filter(pk=named.message).select_related("ticket").first()
        if message:
            return message.ticket
    return Ticket.objects.filter(pk=named.ticket).first()


def _by_stored_id(letter_id: str) -> Ticket | None:
    """Stored from a letter that joined the ticket, in any mailbox, or of one that we sent."""
    state = InboundEmail.State
    known = (
        InboundEmail.objects.filter(
            letter_id=letter_id, ticket__isnull=False, state__in=[state.TICKET, state.REPLY]
        )
        .select_related("ticket")
        .order_by("id")
        .first()
        or OutboundEmail.objects.filter(letter_id=letter_id, ticket__isnull=False)
        .select_related("ticket")
        .first()
    )
    if known is None:
        return None
    message_pk = known.message_pk if isinstance(known, InboundEmail) else known.message_id
    message = PublicMessage.objects.filter(pk=message_pk or 0).select_related("ticket").first()
    return message.ticket if message else known.ticket


def _recipients(letter: ParsedEmail) -> list[str]:
    named = [one.email for one in [*letter.to, *letter.cc]]
    for header in ("delivered-to", "x-original-to", "envelope-to"):
        named += letter.headers_all(header)
    return named[:200]


def _has_secret(letter: ParsedEmail, ticket: Ticket, sender: User) -> bool:
    """Was it sent to an address that lets exactly this person answer on exactly this ticket?"""
    claim = read_reply_address(_recipients(letter), today=timezone.localdate())
    if claim is None or claim.user != sender.pk:
        return False
    named = Ticket.objects.filter(pk=claim.ticket).first()
    return named is not None and actions.current(named).pk == ticket.pk
