"""What a letter becomes: a ticket, a message, a line in the ledger. Inside one transaction."""

import hashlib
from itertools import islice

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from departments.actions import welcome_customer
from departments.models import User
from helpdesk.lib.errors import DeskError
from helpdesk.lib.language import guess_language
from mailgateway import routing, screening
from mailgateway.addresses import answers_nobody
from mailgateway.composing import TO_CUSTOMERS
from mailgateway.inbound.bodies import body_of, files_of, storable
from mailgateway.models import InboundEmail, Mailbox, OutboundEmail
from mailgateway.parsing import ParsedEmail, parse
from mailgateway.parsing.values import Address
from mailgateway.routing import Role, Route
from mailgateway.screening import UNANSWERED, Kind, Verdict
from tickets import actions
from tickets.models import Delivery, Ticket

MOST_COPIES = 50
# RFC 2606: no letter can ever go there.
UNKNOWN_SENDER = "unknown@sender.invalid"
State = InboundEmail.State


def understand(letter: InboundEmail) -> None:
    """Fill in what became of `letter`; the caller saves it. Raises whatever breaks."""
    parsed = parse(bytes(letter.raw))
    sender = _sender(parsed)
    letter.letter_id = storable(parsed.message_id)[:998]
    letter.sender = sender.email
    letter.subject = storable(parsed.subject)[:500]
    letter.fingerprint = fingerprint(parsed, letter.sha256)
    if _seen_before(letter):
        return
    verdict = screening.verdict(parsed, letter.mailbox)
    letter.reason = verdict.reason[:300]
    if verdict.kind == Kind.OWN:
        letter.state = State.IGNORED
        letter.reason = _("Our own letter came back.")
    elif verdict.kind == Kind.BOUNCE:
        _bounce(letter, parsed)
    elif verdict.kind in {Kind.AUTO_REPLY, Kind.NOTICE} and _automatic(letter, parsed, verdict):
        pass
    else:
        _conversation(letter, parsed, sender, verdict)


def fingerprint(parsed: ParsedEmail, sha256: str) -> str:
    """The same for two copies of one letter, whatever way they took. Senders use Message-IDs more
    than once, so content counts as well; a letter without one is only the same as its own bytes."""
    if not parsed.message_id:
        return sha256
    known = hashlib.sha256()
    sender = parsed.sender.email if parsed.sender else ""
    parts = [parsed.message_id, parsed.header("date"), sender, parsed.text, parsed.html]
    for part in parts:
        known.update(part.encode("utf-8", "replace") + b"\0")
    for file in parsed.files:
        known.update(hashlib.sha256(file.content).digest())
    return known.hexdigest()


def _seen_before(letter: InboundEmail) -> bool:
    """Two copies at once (two mailboxes, two workers) stand in line here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [letter.fingerprint]
        )
    twin = (
        InboundEmail.objects.filter(fingerprint=letter.fingerprint, handled_at__isnull=False)
        .exclude(pk=letter.pk)
        .exclude(state=State.DUPLICATE)
        .order_by("id")
        .first()
    )
    if twin is None:
        return False
    letter.state = State.DUPLICATE
    letter.ticket_id, letter.message_pk = twin.ticket_id, twin.message_pk
    letter.reason = _("The same letter as no. %(number)d of the ledger.") % {"number": twin.pk}
    return True


def _bounce(letter: InboundEmail, parsed: ParsedEmail) -> None:
    """A mail server gave up, or says that it still tries: mark the address, tell no customer."""
    letter.state = State.BOUNCE
    report = parsed.delivery_report
    row = routing.letter_that_bounced(parsed)
    if report is not None and report.action not in ("failed", ""):
        letter.state = State.AUTOMATIC
        letter.ticket = row.ticket if row else None
        return
    if row is None:
        letter.reason = _("It does not say which of our letters it answers.")
        return
    letter.ticket = row.ticket
    if row.ticket is None or row.message is None or row.kind not in TO_CUSTOMERS:
        return
    detail = (report.diagnostic or report.status) if report else parsed.subject
    for address in _failed(parsed, row):
        actions.note_delivery(
            row.message, address=address, state=Delivery.State.FAILED, detail=storable(detail)
        )
    _file(letter, parsed, row.ticket, None, why="bounce", is_automatic=True)


def _failed(parsed: ParsedEmail, row: OutboundEmail) -> list[str]:
    report = parsed.delivery_report
    named = [one.lower() for one in report.failed] if report else []
    ours = row.addresses
    return [one for one in named if one in ours] or (ours if len(ours) == 1 else [])


def _automatic(letter: InboundEmail, parsed: ParsedEmail, verdict: Verdict) -> bool:
    """A machine answered: kept on its ticket. Without a ticket, auto-replies stay in the ledger and
    notices begin one (False)."""
    ticket = routing.ticket_of_reply(parsed)
    if ticket is None and verdict.kind == Kind.NOTICE:
        return False
    letter.state = State.AUTOMATIC
    if ticket is not None:
        author = _welcome(_sender(parsed), parsed)
        _file(letter, parsed, ticket, author, why="auto_reply", is_automatic=True)
    return True


def _conversation(
    letter: InboundEmail, parsed: ParsedEmail, sender: Address, verdict: Verdict
) -> None:
    person = _welcome(sender, parsed)
    route = routing.find_route(parsed, person)
    if route.ticket is None:
        _open(letter, parsed, person, route, verdict)
        return
    if route.role == Role.STRANGER:
        _file(letter, parsed, route.ticket, person, why=route.why, warning=route.warning)
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
    for other in _copies(parsed, person):
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
        _file(letter, parsed, ticket, agent, why=why, warning="not_sent")
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
        copies=_copies(parsed, person),
        channel=Ticket.Channel.MAIL,
        why=route.why,
        warning=route.warning,
        is_automatic=verdict.kind in UNANSWERED,
    )
    letter.state = State.TICKET
    letter.ticket = ticket
    letter.message_pk = ticket.messages.values_list("pk", flat=True).get()


def _file(
    letter: InboundEmail,
    parsed: ParsedEmail,
    ticket: Ticket,
    author: User | None,
    *,
    why: str,
    warning: str = "",
    is_automatic: bool = False,
) -> None:
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


def _sender(parsed: ParsedEmail) -> Address:
    """Who wrote. A form on the web writes as one of our own mailboxes and names the person in
    Reply-To; a letter that names nobody is kept all the same."""
    sender = parsed.sender
    if sender is not None and _is_ours(sender.email):
        sender = next((one for one in parsed.reply_to if not _is_ours(one.email)), sender)
    if sender is None or len(sender.email) > 254 or storable(sender.email) != sender.email:
        return Address("", UNKNOWN_SENDER)
    return sender


def _is_ours(address: str) -> bool:
    bare = address.lower()
    name, _at, domain = bare.rpartition("@")
    return Mailbox.objects.filter(address__in=[bare, f"{name.partition('+')[0]}@{domain}"]).exists()


def _welcome(sender: Address, parsed: ParsedEmail) -> User:
    language = guess_language(f"{parsed.subject}\n{parsed.text}")
    known = {code for code, _name in settings.LANGUAGES}
    name = "" if "@" in sender.name else storable(sender.name)
    return welcome_customer(sender.email, name=name, language=language if language in known else "")


def _copies(parsed: ParsedEmail, sender: User) -> list[User]:
    """Other people the letter went to: not us, not machines, not agents; at most 50."""
    named = {one.email: one for one in [*parsed.to, *parsed.cc] if len(one.email) <= 254}
    others = (
        one
        for one in named.values()
        if one.email != sender.email and not answers_nobody(one.email) and not _is_ours(one.email)
    )
    people = [
        welcome_customer(one.email, name=storable(one.name)) for one in islice(others, MOST_COPIES)
    ]
    return [one for one in people if not one.is_agent and one.is_active]
