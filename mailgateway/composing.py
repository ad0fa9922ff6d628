"""One event, one reader: one e-mail. What it says is in `wording`, what stands around it here."""

import re
from collections.abc import Iterable
from email.message import EmailMessage
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone, translation

from departments.models import Notice, User
from helpdesk.lib import mail
from mailgateway.addresses import (
    make_customer_address,
    make_letter_id,
    make_loop_mark,
    make_note_address,
    make_reply_address,
    make_side_address,
)
from mailgateway.models import InboundEmail, Mailbox, OutboundEmail
from mailgateway.wording import Draft, fitting_files, write
from tickets.audience import TO_CUSTOMERS, Letter
from tickets.links import letters_link
from tickets.models import Attachment, SideConversation, SideMessage, Ticket

TO_OUTSIDE = TO_CUSTOMERS | {Letter.SIDE}
# What a person says, with their files; all others are written by our machines.
SAID = frozenset({Letter.REPLIED, Letter.SIDE})
_CHAIN = 20
_LONGEST_ID = 250
_OWN_FILE = re.compile(r'src="/files/([0-9a-f-]{36})/"')


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
    stop_link = ""
    if draft.kind in Notice.values:
        stop_link = letters_link(reader, draft.kind, None if to_agent else ticket)
    headers |= _stop(stop_link)
    with translation.override(_language(draft)), timezone.override(_zone(reader)):
        words = write(draft, note_address=note_address, stop_link=stop_link)
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


def _sender_name(draft: Draft) -> str:
    place = draft.event.ticket.department
    if draft.kind not in TO_OUTSIDE:
        return mail.one_line(place.label)
    author = draft.message.author if draft.message and draft.kind in SAID else None
    return mail.one_line(place.company.sender(place, author.public_name if author else ""))


def _language(draft: Draft) -> str:
    """The one the reader chose or first wrote in; who is only in copy reads the customer's."""
    theirs = draft.event.ticket.language if draft.kind in TO_CUSTOMERS else ""
    return draft.readers[0].language or theirs or settings.LANGUAGE_CODE


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
