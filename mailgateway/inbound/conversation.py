"""Letters that people wrote: they open tickets, go on in them, or are kept for agents."""

from dataclasses import replace

from django.db.models import Q
from django.utils.translation import gettext as _

from departments.actions import vouch_for
from departments.models import Department, User, addresses_of, people_at, person_at
from helpdesk.lib.errors import DeskError
from mailgateway import bounds, forwards, routing
from mailgateway.addresses import is_forward
from mailgateway.authentication import Proof
from mailgateway.inbound.bodies import body_of, files_of, storable
from mailgateway.inbound.people import (
    MOST_COPIES,
    copies,
    mailbox_named,
    others_in,
    stand_in,
    welcome,
)
from mailgateway.models import InboundEmail, is_ours
from mailgateway.parsing import ParsedEmail
from mailgateway.parsing.values import Address
from mailgateway.routing import Role, Route
from mailgateway.screening import UNANSWERED, Kind, Verdict
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.models import Body, SideConversation, Ticket
from tickets.permissions import can_write_from, works_in

State = InboundEmail.State


def take(
    letter: InboundEmail,
    parsed: ParsedEmail,
    sender: Address,
    verdict: Verdict,
    proof: Proof = Proof.UNKNOWN,
) -> None:
    """A person's letter goes where it belongs, on the authority it has there. One that would begin
    a ticket waits in the ledger where the desk hears only people it knows, and not this one."""
    is_heard = can_write_from(sender.email)
    if not is_heard and person_at(sender.email) is None and not routing.ticket_of_reply(parsed):
        _hold(letter)  # who is a stranger leaves no person behind
        return
    person = welcome(sender, parsed)
    route = routing.find_route(parsed, person, proof)
    if route.ticket is None:
        passed_on = proof == Proof.PROVED and person.is_agent and _pass_on(letter, parsed, person)
        if not passed_on and not is_heard:
            _hold(letter)
        elif not passed_on:
            _open(letter, parsed, person, route, verdict)
    elif route.side is not None:
        _hear(letter, parsed, route.side, person, route)
    elif route.role == Role.STRANGER:
        keep_on(letter, parsed, route.ticket, person, why=route.why, warning=route.warning)
    elif route.role == Role.AGENT:
        _answer(letter, parsed, route.ticket, person, route)
    else:
        _go_on(letter, parsed, route.ticket, person, route)


def _hold(letter: InboundEmail) -> None:
    """Kept, and shown to those who answer for it: they let it through, or ignore it."""
    letter.kind, letter.state = Kind.STRANGER, State.HELD
    letter.reason = _("Only people we know may write to us, and this address is unknown.")


def _go_on(
    letter: InboundEmail, parsed: ParsedEmail, ticket: Ticket, person: User, route: Route
) -> None:
    """The customer's side goes on. Who is in Cc takes part from now on, if it is sure enough that
    the letter is theirs: a forged one must let nobody in."""
    body, warning = body_of(parsed), route.warning
    if not warning and routing.changes_subject(parsed, ticket):
        warning = "new_subject"
        body = _knowing(body, subject=storable(parsed.subject)[:500])
    if not route.brings_people and (waiting := _not_yet(parsed, person, ticket)):
        body = _knowing(body, copies=waiting)
    message = actions.continue_conversation(
        ticket,
        by=person,
        body=body,
        files=files_of(parsed),
        channel=Ticket.Channel.MAIL,
        why=route.why,
        warning=warning,
    )
    if route.brings_people:
        room = MOST_COPIES - message.ticket.followers.filter(in_copy=True).count()
        for other in copies(parsed, person, most=room):
            actions.follow_ticket(message.ticket, who=other, by=person, in_copy=True)
    letter.state = State.REPLY
    letter.ticket, letter.message_pk = message.ticket, message.pk


def _hear(
    letter: InboundEmail, parsed: ParsedEmail, side: SideConversation, person: User, route: Route
) -> None:
    """A third party answers: nothing of it reaches the customer's conversation."""
    message = actions.hear_aside(
        side,
        author=person,
        body=body_of(parsed),
        files=files_of(parsed),
        why=route.why,
        warning=route.warning,
    )
    letter.state = State.SIDE
    letter.ticket, letter.message_pk = message.ticket, message.pk


def _not_yet(parsed: ParsedEmail, person: User, ticket: Ticket) -> list[str]:
    """Addresses in Cc of people who do not take part in `ticket`, at most 50."""
    named = [one.email for one in others_in(parsed, person)][:MOST_COPIES]
    taking_part = Q(following__ticket=ticket) | Q(pk=ticket.customer_id)
    known = addresses_of(people_at(named).filter(taking_part))
    return [one for one in named if one not in known]


def _knowing(body: Body, **facts: object) -> Body:
    return replace(body, reading={**body.reading, **facts})


def _answer(
    letter: InboundEmail, parsed: ParsedEmail, ticket: Ticket, agent: User, route: Route
) -> None:
    """An agent answers or notes something from a mail program. Where the ticket does not allow an
    answer (closed meanwhile), the words are kept on it, marked as not sent."""
    body, files = body_of(parsed, keep_quoted=False), files_of(parsed)
    say = actions.add_note if route.is_note else actions.reply_to_ticket
    try:
        message = say(
            ticket, by=agent, body=body, files=files, channel=Ticket.Channel.MAIL, why=route.why
        )
    except DeskError as refusal:
        keep_on(letter, parsed, ticket, agent, why=route.why, warning="not_sent")
        letter.reason = str(refusal)[:300]
    else:
        letter.state = State.REPLY
        letter.ticket, letter.message_pk = message.ticket, message.pk


def _open(
    letter: InboundEmail, parsed: ParsedEmail, person: User, route: Route, verdict: Verdict
) -> None:
    """A ticket of their own, in the department of the mailbox that To names first."""
    instead = stand_in(parsed, person) if verdict.kind not in {Kind.LIST, Kind.BULK} else None
    ticket = actions.open_ticket(
        customer=person,
        by=person,
        subject=storable(parsed.subject),
        body=body_of(parsed),
        department=_place(letter, parsed),
        files=files_of(parsed),
        copies=copies(parsed, person),
        stand_in=instead,
        channel=Ticket.Channel.MAIL,
        why="others_number" if route.named else route.why,
        warning=route.warning,
        is_automatic=verdict.kind in UNANSWERED,
    )
    if route.named:
        actions.link_tickets(ticket, to=route.named, by=None)
    _opened(letter, ticket)


def _place(letter: InboundEmail, parsed: ParsedEmail) -> Department | None:
    department = (mailbox_named(parsed) or letter.mailbox).department
    return department if department.is_active else None


def _opened(letter: InboundEmail, ticket: Ticket) -> None:
    letter.state = State.TICKET
    letter.ticket = ticket
    letter.message_pk = ticket.messages.order_by("id").values_list("pk", flat=True).first()


def _pass_on(letter: InboundEmail, parsed: ParsedEmail, agent: User) -> bool:
    """An agent passes on a letter that a customer wrote to them: a ticket of the customer, with
    what the agent wrote above it as a note. False if it holds no letter of a customer."""
    inner = _letter_inside(letter, parsed) if is_forward(parsed.subject) else None
    if inner is None:
        return False
    author, subject, body, files, comment = inner
    customer = None if is_ours(author.email) else welcome(author, parsed)
    if customer is None or customer.is_agent or not customer.is_active:
        return False
    vouch_for(customer)
    ticket = actions.open_ticket(
        customer=customer,
        by=customer,
        subject=storable(subject),
        body=_knowing(body, forwarded_by=str(agent)),
        department=_place(letter, parsed),
        files=files,
        channel=Ticket.Channel.MAIL,
        why="forwarded",
    )
    if works_in(agent, ticket.department_id):
        actions.follow_ticket(ticket, who=agent, by=None)
        if comment.strip():
            actions.add_note(ticket, by=agent, body=storable(comment), channel=Ticket.Channel.MAIL)
    _opened(letter, ticket)
    return True


def _letter_inside(
    letter: InboundEmail, parsed: ParsedEmail
) -> tuple[Address, str, Body, list[IncomingFile], str] | None:
    """Author, subject, text and files of the letter that `parsed` passes on, attached or written
    into it, and what stands above."""
    attached = [one for one in parsed.files if one.content_type == "message/rfc822"]
    if len(attached) == 1:
        inner = bounds.read(attached[0].content, letter.received_at)
        if inner.sender is None:
            return None
        return inner.sender, inner.subject, body_of(inner), files_of(inner), parsed.text
    found = forwards.find(parsed.text)
    if found is None or attached:
        return None
    body = body_of(replace(parsed, text=found.text, html=""))
    author = Address(storable(found.name), found.email)
    return author, found.subject or parsed.subject, body, files_of(parsed), found.comment


def keep_on(
    letter: InboundEmail,
    parsed: ParsedEmail,
    ticket: Ticket,
    author: User | None,
    *,
    why: str,
    warning: str = "",
    is_automatic: bool = False,
) -> None:
    """Keep a letter on `ticket` as a note that only agents see."""
    message = actions.file_letter(
        ticket,
        author=author,
        body=body_of(parsed),
        files=files_of(parsed),
        why=why,
        warning=warning,
        is_automatic=is_automatic,
    )
    if letter.state in {State.RECEIVED, State.FAILED}:
        letter.state = State.REPLY
    letter.ticket, letter.message_pk = message.ticket, message.pk
