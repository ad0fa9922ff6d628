"""Letters that people wrote: they open tickets, go on in them, or are kept for agents."""

from departments.models import User
from helpdesk.lib.errors import DeskError
from mailgateway import routing
from mailgateway.inbound.bodies import body_of, files_of, storable
from mailgateway.inbound.people import copies, welcome
from mailgateway.models import InboundEmail
from mailgateway.parsing import ParsedEmail
from mailgateway.parsing.values import Address
from mailgateway.routing import Role, Route
from mailgateway.screening import UNANSWERED, Verdict
from tickets import actions
from tickets.models import Ticket

State = InboundEmail.State


def take(letter: InboundEmail, parsed: ParsedEmail, sender: Address, verdict: Verdict) -> None:
    """A person's letter goes where it belongs, on the authority it has there."""
    person = welcome(sender, parsed)
    route = routing.find_route(parsed, person)
    if route.ticket is None:
        _open(letter, parsed, person, route, verdict)
        return
    if route.role == Role.STRANGER:
        keep_on(letter, parsed, route.ticket, person, why=route.why, warning=route.warning)
        return
    if route.role == Role.AGENT:
        _answer(letter, parsed, route.ticket, person, why=route.why)
        return
    message = actions.continue_conversation(
        route.ticket,
        by=person,
        body=body_of(parsed),
        files=files_of(parsed),
        channel=Ticket.Channel.MAIL,
        why=route.why,
        warning=route.warning,
    )
    for other in copies(parsed, person):
        actions.follow_ticket(message.ticket, who=other, by=person, in_copy=True)
    letter.state = State.REPLY
    letter.ticket, letter.message_pk = message.ticket, message.pk


def _answer(
    letter: InboundEmail, parsed: ParsedEmail, ticket: Ticket, agent: User, *, why: str
) -> None:
    """An agent answers from a mail program. Where the ticket does not allow it (closed meanwhile),
    the words are kept on it, marked as not sent."""
    try:
        message = actions.reply_to_ticket(
            ticket,
            by=agent,
            body=body_of(parsed, keep_quoted=False),
            files=files_of(parsed),
            channel=Ticket.Channel.MAIL,
            why=why,
        )
    except DeskError as refusal:
        keep_on(letter, parsed, ticket, agent, why=why, warning="not_sent")
        letter.reason = str(refusal)[:300]
    else:
        letter.state = State.REPLY
        letter.ticket, letter.message_pk = message.ticket, message.pk


def _open(
    letter: InboundEmail, parsed: ParsedEmail, person: User, route: Route, verdict: Verdict
) -> None:
    department = letter.mailbox.department
    ticket = actions.open_ticket(
        customer=person,
        by=person,
        subject=storable(parsed.subject),
        body=body_of(parsed),
        department=department if department.is_active else None,
        files=files_of(parsed),
        copies=copies(parsed, person),
        channel=Ticket.Channel.MAIL,
        why=route.why,
        warning=route.warning,
        is_automatic=verdict.kind in UNANSWERED,
    )
    letter.state = State.TICKET
    letter.ticket = ticket
    letter.message_pk = ticket.messages.values_list("pk", flat=True).get()


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
