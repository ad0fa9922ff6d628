"""To which ticket a letter belongs, and on whose authority it may speak there.

The order is the order of proof: an id or address that only we can have made, an id we once stored,
an earlier letter that both name, and last a number in the subject, which anybody can write.
Whatever named the ticket, the sender is looked at: who does not take part may not speak for those
who do.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from django.utils import timezone

from departments.models import User
from mailgateway.addresses import (
    ReplyAddress,
    bare_subject,
    read_bounce_address,
    read_letter_id,
    read_reply_address,
    tags_in,
)
from mailgateway.authentication import Proof
from mailgateway.models import InboundEmail, OutboundEmail
from mailgateway.parsing import ParsedEmail
from tickets import actions
from tickets.models import PublicMessage, SideConversation, SideMessage, Ticket
from tickets.permissions import can_work_on, is_customer_of

SIBLING_DAYS = 30
_MOST_IDS = 50
_MOST_STORED = 200
_MOST_TICKETS = 5
State = InboundEmail.State


class Why(StrEnum):
    """What named the ticket; sentences stand in templates/partials/_why.html."""

    OUR_ID = "our_id"
    ADDRESS = "reply_address"
    REFERENCE = "reference"
    SIBLING = "sibling"
    SUBJECT = "subject"
    NEW = "new"


# Known to those alone who had a letter of ours.
SIGNED = frozenset({Why.OUR_ID, Why.ADDRESS})
# Who names a ticket by these and does not take part is kept there, for agents to decide.
PROOFS = SIGNED | {Why.REFERENCE}


class Role(StrEnum):
    """On whose authority a letter speaks."""

    CUSTOMER = "customer"
    AGENT = "agent"  # proved by a secret or by a server we trust, not by From
    STRANGER = "stranger"  # kept on the ticket, where only agents see it
    THIRD_PARTY = "third_party"  # answers a letter of a side conversation
    NOBODY_YET = "nobody_yet"  # begins a ticket of their own


@dataclass(frozen=True)
class Route:
    """Where a letter goes. `why` is stored with the message and said by templates.

    `named` is somebody else's ticket whose number stood in the subject. `is_note`: an agent wrote
    for us alone. `brings_people`: those in Cc may take part from now on. `side` is the side
    conversation that it goes on in.
    """

    role: Role
    why: str
    ticket: Ticket | None = None
    warning: str = ""
    named: Ticket | None = None
    is_note: bool = False
    brings_people: bool = False
    side: SideConversation | None = None


def find_route(letter: ParsedEmail, sender: User, proof: Proof = Proof.UNKNOWN) -> Route:
    """Where `letter` by `sender` belongs. `proof`: what a server we trust says of the sender."""
    claim = _claim(letter)
    if aside := _aside(letter, sender, claim, proof):
        return aside
    unproved = "claims_agent" if sender.is_agent and proof != Proof.PROVED else ""
    doubt = unproved or ("disowned" if proof == Proof.DISOWNED else "")
    kept: Route | None = None
    named: Ticket | None = None
    for found, why in _candidates(letter, claim):
        if kept and why not in PROOFS:
            break
        ticket = actions.current(found)
        route = _as_participant(sender, ticket, why, claim, proof)
        if route is not None:
            sure = proof == Proof.PROVED or (why in SIGNED and proof != Proof.DISOWNED)
            return replace(route, warning=route.warning or doubt, brings_people=sure)
        if why in PROOFS:
            kept = kept or Route(Role.STRANGER, why, ticket, unproved or "stranger")
        elif why == Why.SUBJECT:
            named = named or ticket
    if kept:
        return kept
    # Somebody who named a ticket in the subject and does not take part gets one of their own.
    return Route(Role.NOBODY_YET, Why.NEW, warning=doubt, named=named, brings_people=True)


def _aside(
    letter: ParsedEmail, sender: User, claim: ReplyAddress | None, proof: Proof
) -> Route | None:
    """Whatever answers a letter to third parties stays among them and us, whoever wrote it: the
    customer's conversation must not learn of it by a slip. None for all other letters."""
    numbers = [named.message for one in ids_in(letter) if (named := read_letter_id(one))]
    wanted = [one for one in numbers if one]
    side, why = None, Why.OUR_ID
    if wanted:
        messages = SideMessage.objects.filter(pk__in=wanted)
        side = SideConversation.objects.filter(pk__in=messages.values("side")).first()
    if side is None and claim and claim.side:
        side, why = SideConversation.objects.filter(pk=claim.side).first(), Why.ADDRESS
    if side is None:
        return None
    known = side.people.filter(pk=sender.pk).exists()
    warning = "disowned" if proof == Proof.DISOWNED else "" if known else "side_other"
    ticket = actions.current(side.ticket)
    return Route(Role.THIRD_PARTY, why, ticket, warning, side=side)


def _as_participant(
    sender: User, ticket: Ticket, why: Why, claim: ReplyAddress | None, proof: Proof
) -> Route | None:
    """What `sender` may do on `ticket`; None where they do not take part."""
    if sender.pk == ticket.customer_id and sender.is_active:
        return Route(Role.CUSTOMER, why, ticket)
    if can_work_on(sender, ticket):
        secret = claim if claim and claim.user == sender.pk and _is_of(claim, ticket) else None
        if secret and not secret.has_expired:
            return Route(Role.AGENT, Why.ADDRESS, ticket, is_note=secret.is_note)
        if why == Why.SIBLING:
            return None  # a letter that they too were sent
        if proof == Proof.PROVED:
            return Route(Role.AGENT, why, ticket, is_note=bool(secret and secret.is_note))
        return Route(Role.STRANGER, why, ticket, "expired" if secret else "claims_agent")
    if is_customer_of(sender, ticket):
        return Route(Role.CUSTOMER, why, ticket)
    organisation = sender.organisation_id if sender.is_active else None
    if why == Why.SUBJECT and organisation and organisation == ticket.customer.organisation_id:
        return Route(Role.STRANGER, why, ticket, "stranger")
    return None


def ticket_of_reply(letter: ParsedEmail) -> Ticket | None:
    """The ticket a machine's letter answers, by ids alone."""
    found = next((one for one, why in _candidates(letter, _claim(letter)) if why in PROOFS), None)
    return actions.current(found) if found else None


def letter_that_bounced(letter: ParsedEmail) -> OutboundEmail | None:
    """Our letter that a bounce speaks of."""
    number = read_bounce_address(recipients(letter))
    if number and (row := OutboundEmail.objects.filter(pk=number).first()):
        return row
    report = letter.delivery_report
    named = [report.original_message_id] if report else []
    ids = [one for one in [*named, *ids_in(letter)] if one]
    rows = {row.letter_id: row for row in OutboundEmail.objects.filter(letter_id__in=ids)}
    return next((rows[one] for one in ids if one in rows), None)


def changes_subject(letter: ParsedEmail, ticket: Ticket) -> bool:
    """Is `letter` about something else than every letter of `ticket` so far, going by subjects?"""
    subject = bare_subject(letter.subject)
    if not subject:
        return False
    numbers = [ticket.pk, *actions.absorbed([ticket.pk])]
    here = Ticket.objects.filter(pk__in=numbers).values_list("subject", flat=True)
    letters = InboundEmail.objects.filter(ticket__in=numbers, state__in=[State.TICKET, State.REPLY])
    known = {bare_subject(one) for one in [*here, *letters.values_list("subject", flat=True)]}
    # Stored subjects are cut, and mail programs cut them as well.
    return not any(one.startswith(subject) or subject.startswith(one) for one in known if one)


def recipients(letter: ParsedEmail) -> list[str]:
    """Addresses that a letter was sent to, by its headers."""
    named = [one.email for one in [*letter.to, *letter.cc]]
    for header in ("delivered-to", "x-original-to", "envelope-to"):
        named += letter.headers_all(header)
    return named[:200]


def ids_in(letter: ParsedEmail) -> list[str]:
    """What it answers: In-Reply-To, then References from the last to the first."""
    return list(dict.fromkeys([*letter.in_reply_to, *reversed(letter.references)]))[:_MOST_IDS]


def _candidates(letter: ParsedEmail, claim: ReplyAddress | None) -> Iterator[tuple[Ticket, Why]]:
    """Tickets that a letter names, the best proof first. A letter of ours that one mailbox sent to
    another does not belong to the ticket it was sent from: there it stands already."""
    ours = read_letter_id(letter.message_id)
    for ticket, why in _named(letter, claim):
        if ours is None or ticket.pk != ours.ticket:
            yield ticket, why


def _named(letter: ParsedEmail, claim: ReplyAddress | None) -> Iterator[tuple[Ticket, Why]]:
    ids = ids_in(letter)
    for one in ids:
        if ticket := _by_our_id(one):
            yield ticket, Why.OUR_ID
    if claim and (ticket := Ticket.objects.filter(pk=claim.ticket).first()):
        yield ticket, Why.ADDRESS
    for ticket in _by_stored_ids(ids):
        yield ticket, Why.REFERENCE
    for ticket in _by_siblings(letter, ids):
        yield ticket, Why.SIBLING
    for number in tags_in(letter.subject)[:3]:
        if ticket := Ticket.objects.filter(pk=number).first():
            yield ticket, Why.SUBJECT


def _claim(letter: ParsedEmail) -> ReplyAddress | None:
    return read_reply_address(recipients(letter), today=timezone.localdate())


def _is_of(claim: ReplyAddress, ticket: Ticket) -> bool:
    """Is the secret for this ticket, or for one that was merged into it?"""
    named = Ticket.objects.filter(pk=claim.ticket).first()
    return named is not None and actions.current(named).pk == ticket.pk


def _by_our_id(letter_id: str) -> Ticket | None:
    named = read_letter_id(letter_id)
    if named is None:
        return None
    if named.message:  # it may have been moved to another ticket meanwhile
        message = PublicMessage.objects.filter(pk=named.message).select_related("ticket").first()
        if message:
            return message.ticket
    return Ticket.objects.filter(pk=named.ticket).first()


def _by_stored_ids(ids: list[str]) -> Iterator[Ticket]:
    """Stored from letters that joined a ticket, in any mailbox, or from those that we sent. Senders
    use a Message-ID more than once, so one may name several tickets: the first letter's first."""
    joined = InboundEmail.objects.filter(
        letter_id__in=ids, ticket__isnull=False, state__in=[State.TICKET, State.REPLY]
    )
    sent = OutboundEmail.objects.filter(letter_id__in=ids, ticket__isnull=False)
    tickets: dict[str, list[int]] = {}
    for rows in (joined.order_by("id"), sent.order_by("id")):
        for letter_id, number in rows.values_list("letter_id", "ticket")[:_MOST_STORED]:
            tickets.setdefault(letter_id, []).append(number)
    numbers = [number for one in ids for number in tickets.get(one, [])]
    yield from _each(numbers)


def _by_siblings(letter: ParsedEmail, ids: list[str]) -> Iterator[Ticket]:
    """Tickets of letters that name the same earlier letter, which nobody sent us, and of those that
    name this one and overtook it on the way."""
    named = [*ids, letter.message_id] if letter.message_id else ids
    if not named:
        return
    since = timezone.now() - timedelta(days=SIBLING_DAYS)
    rows = (
        InboundEmail.objects.filter(
            parents__overlap=named,
            received_at__gte=since,
            ticket__isnull=False,
            state__in=[State.TICKET, State.REPLY],
        )
        .order_by("-id")
        .values_list("ticket", flat=True)[:_MOST_STORED]
    )
    yield from _each(rows)


def _each(numbers: Iterable[int]) -> Iterator[Ticket]:
    """The first few different tickets of these, in this order."""
    for number in list(dict.fromkeys(numbers))[:_MOST_TICKETS]:
        yield Ticket.objects.get(pk=number)
