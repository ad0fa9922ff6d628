"""What a letter says. Those to customers are in the words of the administration, see
departments/letters.py; others are written from their templates."""

import html as entities
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from departments import letters
from departments.models import LetterText, User, desk_url, signature_of
from helpdesk.lib import mail
from helpdesk.lib.markup import to_text
from helpdesk.lib.wording import Block, Link, Value
from mailgateway.addresses import answer_subject, tagged, unanswered, without_links
from mailgateway.models import Mailbox
from tickets.audience import TO_CUSTOMERS, Letter
from tickets.links import agent_ticket_link, rating_link, ticket_link
from tickets.models import Attachment, Event, PublicMessage, SideConversation, SideMessage, Ticket
from tickets.permissions import can_rate

QUOTE_LENGTH = 1_500
# Doors at which nobody shows who they are.
UNPROVED = frozenset({Ticket.Channel.MAIL, Ticket.Channel.FORM})
MOST_BYTES = 15 * 1024 * 1024  # of files; a letter grows by a third on the way


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


def write(draft: Draft, *, note_address: str = "", stop_link: str = "") -> mail.Words:
    """What the letter says, in the active language. `note_address` is where an agent answers with a
    note, `stop_link` where such letters end."""
    context: dict[str, Any] = {"stop_link": stop_link}
    if draft.kind in TO_CUSTOMERS:
        words = letters.words_of(draft.kind, draft.event.ticket.department)
        return write_to_customer(draft, words, context)
    if draft.side and draft.message is not None:
        context |= _word_aside(draft.side, draft.message)
    else:
        context |= _word_to_agent(draft, note_address)
    return mail.write(draft.kind, context | {"language": translation.get_language()})


def write_to_customer(
    draft: Draft, words: LetterText, frame: dict[str, Any] | None = None
) -> mail.Words:
    """A letter in these words, and what stands around them: the line with number and link, the
    question whether the answer was good, what is quoted."""
    event, message, reader = draft.event, draft.message, draft.readers[0]
    ticket, label = event.ticket, event.ticket.department.label
    values: dict[str, Value] = {
        **letters.greeted(reader, ticket.department.company.shown_name),
        "number": str(ticket.number),
        "subject": ticket.subject,
        "department": label,
        "agent": event.actor.public_name if event.actor else label,
        "link": Link(ticket_link(ticket, reader)),
    }
    title = unanswered(ticket.subject)
    if draft.kind == Letter.RECEIVED and message is not None and message.channel in UNPROVED:
        # Whoever wrote it may have named a stranger as its sender, to let us carry a link there.
        values["subject"] = without_links(ticket.subject, with_hosts=False)
        title = without_links(title, with_hosts=True)
    context = {"number": ticket.number, "link": ticket_link(ticket, reader), **(frame or {})}
    if draft.kind in {Letter.SOLVED, Letter.RATING}:
        values["rating"] = block("scores", {"scores": _scores(ticket, reader)})
        values["day"] = date_format(timezone.localdate(ticket.solved_at), "SHORT_DATE_FORMAT")
    elif draft.kind == Letter.MERGED and ticket.merged_into is not None:
        values["target"] = str(ticket.merged_into.number)
        values["target_link"] = Link(ticket_link(ticket.merged_into, reader))
    elif draft.kind == Letter.REPLIED and message is not None:
        values["text"] = block("said", said(message))
        signature = signed_by(message, ticket)
        values["signature"] = block("signature", {"signature": signature})
        context["quoted"] = _quoted(ticket, message)
        by_us = message.author is not None and not message.from_customer
        # A rating link votes for the customer, so it stands only where nobody is in copy.
        if by_us and len(draft.readers) == 1 and can_rate(reader, ticket):
            link = rating_link(ticket, message, reader)
            context |= {"good_link": f"{link}?score=5", "bad_link": f"{link}?score=1"}
    line = letters.subject_of(words, values | {"subject": title})
    context["subject"] = tagged(line, ticket.pk)
    return letters.write(words, values, context)


def _scores(ticket: Ticket, reader: User) -> list[tuple[int, str]]:
    """Every score and where it is given; none for who may not rate."""
    if not can_rate(reader, ticket):
        return []
    link = rating_link(ticket, None, reader)
    return [(score, f"{link}?score={score}") for score in range(1, 6)]


def block(part: str, values: dict[str, Any]) -> Block:
    """A part of a letter that consists of paragraphs, from its two templates."""
    return Block(
        mail.plain(f"emails/_{part}.txt", values).strip("\n"),
        render_to_string(f"emails/_{part}.html", values).strip(),
    )


def fitting_files(attachments: Iterable[Attachment]) -> list[Attachment]:
    """The first files, as many as together fit into one letter."""
    fitting, total = [], 0
    for one in attachments:
        if total + one.size <= MOST_BYTES:
            fitting.append(one)
            total += one.size
    return fitting


def _word_to_agent(draft: Draft, note_address: str) -> dict[str, object]:
    """What a notice to an agent tells. Notes have no PublicMessage: nothing of their text can stand
    here."""
    event, message = draft.event, draft.message
    ticket = event.ticket
    return {
        "ticket": ticket,
        "event": event,
        "actor": event.actor,
        "subject": answer_subject(ticket.subject, ticket.pk),
        "answerable": bool(note_address),
        "note_address": note_address,
        "link": agent_ticket_link(ticket),
        "text": message.text.strip()[:QUOTE_LENGTH] if message else "",
        "due_at": parse_datetime(event.details.get("due_at") or ""),
    }


def said(message: PublicMessage | SideMessage) -> dict[str, object]:
    """The words of a person, and which files are too large to go along."""
    files = list(message.attachments.all())
    fitting = {one.pk for one in fitting_files(files)}
    home = desk_url(message.ticket.department)
    return {
        "text": message.text.strip() or to_text(message.html).strip(),
        "html": _absolute(message.html, home),
        "too_large": [one for one in files if one.pk not in fitting],
        "desk_url": home,
    }


def _word_aside(side: SideConversation, message: PublicMessage | SideMessage) -> dict[str, object]:
    """What a letter to third parties carries: nothing of the ticket but what its author chose, and
    no link, for they cannot open it."""
    earlier = SideMessage.objects.filter(side=side, created_at__lt=message.created_at)
    begun = earlier.exists()
    context = said(message) | {
        "subject": answer_subject(side.subject, side.ticket_id)
        if begun
        else tagged(side.subject, side.ticket_id),
        "passage": message.quoted_text,
        "quoted": _quote_of(earlier) if begun else None,
    }
    if message.author is not None:
        context["signature"] = signature_of(message.author, message.ticket.department)
    return context


def signed_by(message: PublicMessage | SideMessage, ticket: Ticket) -> str:
    """The signature under an answer of ours; nothing under what a customer wrote."""
    if message.author is None or message.from_customer:
        return ""
    return signature_of(message.author, ticket.department)


def _absolute(html: str, home: str) -> str:
    """Pictures that are not enclosed would point nowhere outside of our pages."""
    return html.replace('href="/files/', f'href="{home}/files/')


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
    before = (
        messages.select_related("author", "ticket__department")
        .order_by("-created_at", "-id")
        .first()
    )
    if before is None or not before.text.strip():
        return None
    text = before.text.strip()
    if len(text) > QUOTE_LENGTH:
        text = f"{text[:QUOTE_LENGTH].rstrip()} …"
    company = before.ticket.department.company
    author = before.author.public_name if before.author else company.shown_name
    return {
        "author": author,
        "at": before.created_at,
        "text": "\n".join(f"> {line}".rstrip() for line in text.splitlines()),
        "html": "<br>".join(entities.escape(line) for line in text.splitlines()),
    }
