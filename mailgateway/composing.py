"""One event, one reader: one e-mail. What it says stands in templates/emails/."""

import html as entities
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from departments.models import Notice, User, signature_of
from helpdesk.lib import mail
from helpdesk.lib.markup import to_text
from mailgateway.addresses import (
    answer_subject,
    make_customer_address,
    make_letter_id,
    make_loop_mark,
    make_note_address,
    make_reply_address,
    make_side_address,
    tagged,
)
from mailgateway.models import InboundEmail, Mailbox, OutboundEmail
from tickets.audience import Letter
from tickets.links import agent_ticket_link, letters_link, rating_link, ticket_link
from tickets.models import Attachment, Event, PublicMessage, SideConversation, SideMessage, Ticket
from tickets.permissions import can_rate

TO_CUSTOMERS = frozenset({Letter.RECEIVED, Letter.REPLIED, Letter.SOLVED, Letter.RATING})
TO_OUTSIDE = TO_CUSTOMERS | {Letter.SIDE}
# What a person says, with their files; all others are written by our machines.
SAID = frozenset({Letter.REPLIED, Letter.SIDE})
QUOTE_LENGTH = 1_500
MOST_BYTES = 15 * 1024 * 1024  # of files; a letter grows by a third on the way
_CHAIN = 20
_LONGEST_ID = 250
_OWN_FILE = re.compile(r'src="/files/([0-9a-f-]{36})/"')


@dataclass(frozen=True)
class Draft:
    """What a letter is made of: which event, which letter, for whom (the first is written to)."""

    event: Event
    kind: Letter
    readers: tuple[User, ...]
    message: PublicMessage | SideMessage | None
    mailbox: Mailbox | None

    @property
    def side(self) -> SideConversation | None:
        """The side conversation it belongs to; None for letters to customers and agents."""
        return self.message.side if self.message else None


def compose(draft: Draft) -> OutboundEmail:
    """The row of the tray, not saved. The language is the reader's own."""
    ticket, reader = draft.event.ticket, draft.readers[0]
    to_agent = draft.kind not in TO_OUTSIDE
    address = draft.mailbox.address if draft.mailbox else settings.DEFAULT_FROM_EMAIL
    headers = (
        _of_side(draft.side) if draft.side else _threading(ticket, reader if to_agent else None)
    )
    if draft.kind not in SAID:
        headers["X-Loop"] = make_loop_mark()
    headers |= _marks(draft.kind)
    with_plus = bool(draft.mailbox and draft.mailbox.takes_plus_addresses)
    note_address = ""
    if to_agent and with_plus:
        whose = {"ticket": ticket.pk, "user": reader.pk}
        today = timezone.localdate()
        headers["Reply-To"] = make_reply_address(address, **whose, today=today)
        note_address = make_note_address(address, **whose, today=today)
    elif with_plus and draft.side:
        headers["Reply-To"] = make_side_address(address, ticket=ticket.pk, side=draft.side.pk)
    elif with_plus:
        headers["Reply-To"] = make_customer_address(address, ticket=ticket.pk)
    stop_link = letters_link(reader, draft.kind) if draft.kind in Notice.values else ""
    headers |= _stop(stop_link)
    with translation.override(_language(reader, ticket)), timezone.override(_zone(reader)):
        context = _context(draft, note_address) | {"stop_link": stop_link}
        words = mail.write(draft.kind, context)
        sender_name = _sender_name(draft)
    return OutboundEmail(
        mailbox=draft.mailbox,
        ticket=ticket,
        # One table, two managers: what may become which letter was asked for by the caller.
        message_id=draft.message.pk if draft.message else None,
        kind=draft.kind,
        recipient=reader.email,
        copies=[one.email for one in draft.readers[1:]],
        sender_name=sender_name[:200],
        letter_id=make_letter_id(
            ticket.pk, draft.message.pk if draft.message else None, address.rpartition("@")[2]
        ),
        subject=words.subject[:998],
        text=words.text,
        html=words.html,
        headers=headers,
    )


def assemble(row: OutboundEmail, mailbox: Mailbox) -> EmailMessage:
    """The letter of a row, with the files of its message. Raises ValueError for a header that
    would carry a line break."""
    enclosures: list[mail.Enclosure] = []
    html = row.html
    if row.message is not None and row.kind in SAID:
        enclosures, html = _enclosed(row.message.attachments.all(), row.html)
    return mail.build(
        mail.Words(row.subject, row.text, html),
        sender=(row.sender_name, mailbox.address),
        to=[row.recipient],
        cc=row.copies,
        letter_id=row.letter_id,
        date=row.created_at,
        headers=row.headers,
        files=enclosures,
    )


def _enclosed(attachments: Iterable[Attachment], html: str) -> tuple[list[mail.Enclosure], str]:
    """Files that fit into a letter, and the HTML with their pictures by Content-ID."""
    fitting = {str(one.token): one for one in fitting_files(attachments)}
    shown = {token: f"{token}@files" for token in _OWN_FILE.findall(html) if token in fitting}

    def by_cid(found: re.Match[str]) -> str:
        return f'src="cid:{shown[found[1]]}"' if found[1] in shown else found[0]

    enclosures = []
    for token, one in fitting.items():
        with one.file.open("rb") as file:
            content = file.read()
        enclosures.append(mail.Enclosure(one.name, one.content_type, content, shown.get(token, "")))
    return enclosures, _OWN_FILE.sub(by_cid, html)


def fitting_files(attachments: Iterable[Attachment]) -> list[Attachment]:
    """The first files, as many as together fit into one letter."""
    fitting, total = [], 0
    for one in attachments:
        if total + one.size <= MOST_BYTES:
            fitting.append(one)
            total += one.size
    return fitting


def _context(draft: Draft, note_address: str) -> dict[str, object]:
    event, message, reader = draft.event, draft.message, draft.readers[0]
    ticket = event.ticket
    context: dict[str, object] = {
        "ticket": ticket,
        "event": event,
        "reader": reader,
        "actor": event.actor,
        "subject": answer_subject(ticket.subject, ticket.pk),
        "desk_name": settings.DESK_NAME,
        "language": translation.get_language(),
        "answerable": bool(note_address),
        "note_address": note_address,
    }
    if draft.side and message is not None:
        return context | _word_aside(draft.side, message)
    if draft.kind not in TO_OUTSIDE:
        # Notes have no PublicMessage: nothing of their text can stand here.
        text = message.text.strip()[:QUOTE_LENGTH] if message else ""
        return context | {
            "link": agent_ticket_link(ticket),
            "message": message,
            "text": text,
            "due_at": parse_datetime(event.details.get("due_at") or ""),
        }
    context["link"] = ticket_link(ticket)
    if draft.kind in {Letter.SOLVED, Letter.RATING} and can_rate(reader, ticket):
        link = rating_link(ticket, None, reader)
        context["scores"] = [(score, f"{link}?score={score}") for score in range(1, 6)]
    if draft.kind == Letter.REPLIED and message is not None:
        context |= _reply(ticket, message, draft.readers)
    return context


def _said(message: PublicMessage | SideMessage) -> dict[str, object]:
    """The words of a person, and which files are too large to go along."""
    files = list(message.attachments.all())
    fitting = {one.pk for one in fitting_files(files)}
    return {
        "message": message,
        "text": message.text.strip() or to_text(message.html).strip(),
        "html": _absolute(message.html),
        "too_large": [one for one in files if one.pk not in fitting],
        "desk_url": settings.DESK_URL,
    }


def _word_aside(side: SideConversation, message: PublicMessage | SideMessage) -> dict[str, object]:
    """What a letter to third parties carries: nothing of the ticket but what its author chose, and
    no link, for they cannot open it."""
    earlier = SideMessage.objects.filter(side=side, created_at__lt=message.created_at)
    begun = earlier.exists()
    context = _said(message) | {
        "subject": answer_subject(side.subject, side.ticket_id)
        if begun
        else tagged(side.subject, side.ticket_id),
        "passage": message.quoted_text,
        "quoted": _quote_of(earlier) if begun else None,
    }
    if message.author is not None:
        context["signature"] = signature_of(message.author, message.ticket.department)
    return context


def _reply(
    ticket: Ticket, message: PublicMessage | SideMessage, readers: tuple[User, ...]
) -> dict[str, object]:
    """What an answer carries besides its text. A rating link votes for the customer, so it stands
    only in a letter that nobody has in copy."""
    context = _said(message) | {"quoted": _quoted(ticket, message)}
    if message.author is not None and not message.from_customer:
        context["signature"] = signature_of(message.author, ticket.department)
        if len(readers) == 1 and can_rate(readers[0], ticket):
            link = rating_link(ticket, message, readers[0])
            context |= {"good_link": f"{link}?score=5", "bad_link": f"{link}?score=1"}
    return context


def _absolute(html: str) -> str:
    """Pictures that are not enclosed would point nowhere outside of our pages."""
    return html.replace('href="/files/', f'href="{settings.DESK_URL}/files/')


def _quoted(ticket: Ticket, message: PublicMessage | SideMessage) -> dict[str, object] | None:
    """The last thing said in public before `message`, shortened."""
    tickets = [ticket.pk, *ticket.merged_tickets.values_list("pk", flat=True)]
    before = PublicMessage.objects.filter(
        ticket__in=tickets, created_at__lte=message.created_at, is_automatic=False
    )
    return _quote_of(before.exclude(pk=message.pk))


def _quote_of(
    messages: QuerySet[PublicMessage] | QuerySet[SideMessage],
) -> dict[str, object] | None:
    """The last of `messages`, as the letter after it repeats it."""
    before = messages.select_related("author").order_by("-created_at", "-id").first()
    if before is None or not before.text.strip():
        return None
    text = before.text.strip()
    if len(text) > QUOTE_LENGTH:
        text = f"{text[:QUOTE_LENGTH].rstrip()} …"
    author = before.author.public_name if before.author else settings.DESK_NAME
    return {
        "author": author,
        "at": before.created_at,
        "text": "\n".join(f"> {line}".rstrip() for line in text.splitlines()),
        "html": "<br>".join(entities.escape(line) for line in text.splitlines()),
    }


def _sender_name(draft: Draft) -> str:
    label = draft.event.ticket.department.label
    author = draft.message.author if draft.message else None
    if draft.kind in SAID and author is not None:
        return f"{mail.one_line(author.public_name)} · {label}"
    return label


def _language(reader: User, ticket: Ticket) -> str:
    own = ticket.language if reader.pk == ticket.customer_id else ""
    return reader.language or own or settings.LANGUAGE_CODE


def _zone(reader: User) -> ZoneInfo:
    try:
        return ZoneInfo(reader.time_zone or settings.TIME_ZONE)
    except (ValueError, LookupError, OSError):
        return ZoneInfo(settings.TIME_ZONE)


def _marks(kind: Letter) -> dict[str, str]:
    """What tells other machines not to answer (RFC 3834). Answers by people carry nothing."""
    if kind in SAID:
        return {}
    if kind == Letter.RECEIVED:
        # Precedence is for answering machines that are older than RFC 3834.
        return {
            "Auto-Submitted": "auto-replied",
            "X-Auto-Response-Suppress": "All",
            "Precedence": "bulk",
        }
    return {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}


def _stop(link: str) -> dict[str, str]:
    """How mail programs end letters that nobody wants (RFC 2369); with one click where the way to
    us is protected (RFC 8058)."""
    if not link:
        return {}
    headers = {"List-Unsubscribe": f"<{link}>"}
    if link.startswith("https:"):
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _threading(ticket: Ticket, agent: User | None) -> dict[str, str]:
    """In-Reply-To and References: the customer's letters and ours to them; for an agent, our
    earlier notices to that agent about this ticket."""
    tickets = [ticket.pk, *ticket.merged_tickets.values_list("pk", flat=True)]
    ours = OutboundEmail.objects.filter(ticket__in=tickets)
    if agent is not None:
        ours = ours.filter(recipient=agent.email).exclude(kind__in=TO_OUTSIDE)
        ids = list(ours.order_by("-id").values_list("letter_id", flat=True)[:_CHAIN])[::-1]
        return _ids(ids[-1:], ids)
    state = InboundEmail.State
    theirs = InboundEmail.objects.filter(
        ticket__in=tickets, state__in=[state.TICKET, state.REPLY]
    ).exclude(letter_id="")
    sent = ours.filter(kind__in=TO_CUSTOMERS).exclude(state=OutboundEmail.State.WITHDRAWN)
    came = list(theirs.order_by("-id").values_list("received_at", "letter_id")[: _CHAIN * 2])
    dated = [
        *came,
        *sent.order_by("-id").values_list("created_at", "letter_id")[: _CHAIN * 2],
    ]
    chain = [letter_id for _at, letter_id in sorted(dated)]
    answered = [letter_id for _at, letter_id in came[:1]]
    first = [letter_id for _at, letter_id in came[-1:]]
    if len(came) == _CHAIN * 2:
        first = list(theirs.order_by("id").values_list("letter_id", flat=True)[:1])
    # What is answered stands last in References.
    others = [one for one in [*first, *chain] if one not in answered]
    others = list(dict.fromkeys(others))
    if len(others) > _CHAIN:
        others = [others[0], *others[-_CHAIN + 1 :]]
    return _ids(answered or others[-1:], [*others, *answered])


def _of_side(side: SideConversation) -> dict[str, str]:
    """In-Reply-To and References of a letter to third parties: the letters between them and us,
    and none of the customer's."""
    said = list(SideMessage.objects.filter(side=side).values_list("pk", flat=True))
    came = InboundEmail.objects.filter(message_pk__in=said).exclude(letter_id="")
    went = OutboundEmail.objects.filter(message__in=said)
    went = went.exclude(state=OutboundEmail.State.WITHDRAWN)
    dated = sorted(
        [
            *came.order_by("-id").values_list("received_at", "letter_id")[:_CHAIN],
            *went.order_by("-id").values_list("created_at", "letter_id")[:_CHAIN],
        ]
    )
    chain = [letter_id for _at, letter_id in dated][-_CHAIN:]
    return _ids(chain[-1:], chain)


def _ids(answered: list[str], chain: list[str]) -> dict[str, str]:
    fit = [one for one in chain if len(one) <= _LONGEST_ID and one.isascii() and " " not in one]
    headers = {"References": " ".join(f"<{one}>" for one in fit)} if fit else {}
    if answered and answered[0] in fit:
        headers["In-Reply-To"] = f"<{answered[0]}>"
    return headers
