"""Fill a canned reply. Names are looked up in a table; nothing is evaluated.

`{field.contract}` is what the custom field “contract” says on the ticket, in words.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib import multilingual
from tickets.links import portal_link
from tickets.models import CannedReply, CustomField, Definition, Ticket

PLACEHOLDER = re.compile(r"\{([a-z]+(?:\.[a-z0-9_]+)?)\}")


def _first_name(ticket: Ticket, agent: User) -> str:
    """The first word of their name; somebody without a name has only their address."""
    return (ticket.customer.name.split() or [str(ticket.customer)])[0]


def _today(ticket: Ticket, agent: User) -> str:
    return date_format(timezone.localdate(), "DATE_FORMAT")


def _opened(ticket: Ticket, agent: User) -> str:
    return date_format(timezone.localdate(ticket.created_at), "DATE_FORMAT")


VALUES: dict[str, Callable[[Ticket, User], str]] = {
    "customer.name": lambda ticket, agent: str(ticket.customer),
    "customer.first_name": _first_name,
    "customer.email": lambda ticket, agent: ticket.customer.email,
    "customer.organisation": lambda ticket, agent: str(ticket.customer.organisation or ""),
    "ticket.number": lambda ticket, agent: f"#{ticket.number}",
    "ticket.subject": lambda ticket, agent: ticket.subject,
    "ticket.url": lambda ticket, agent: portal_link(ticket),
    "ticket.opened": _opened,
    "ticket.service": lambda ticket, agent: str(ticket.service or ""),
    "agent.name": lambda ticket, agent: agent.public_name,
    "department.name": lambda ticket, agent: ticket.department.label,
    "date.today": _today,
}
"""Every placeholder there is besides those of custom fields."""
FIELD = "field."

EXPLAINED: Final[dict[str, tuple[Any, str]]] = {
    "customer.name": (_("the name of the customer, or their address"), "Carla Bondar"),
    "customer.first_name": (_("the first word of that name"), "Carla"),
    "customer.email": (_("the address of the customer"), "carla@example.org"),
    "customer.organisation": (_("where the customer belongs, perhaps nothing"), "Example Ltd"),
    "ticket.number": (_("the number of the ticket"), "#10482"),
    "ticket.subject": (_("what the ticket is called"), "Invoice"),
    "ticket.url": (_("where the customer reads the ticket"), "https://…/tickets/10482/"),
    "ticket.opened": (_("the day it was opened"), "25.11.2026"),
    "ticket.service": (_("the product or service, perhaps nothing"), "Hosting"),
    "agent.name": (_("your name, as customers see it"), "Ada"),
    "department.name": (_("the name of the department, as customers see it"), "Billing"),
    "date.today": (_("the day on which it is sent"), "26.11.2026"),
    "field.…": (_("what a custom field says, by its short name"), "{field.contract}"),
}
"""What each says, with an example."""


def fill(text: str, ticket: Ticket, agent: User, *, as_html: bool = False) -> str:
    """`text` (or HTML, as `as_html` says) with its placeholders filled; unknown names, and those of
    fields that say nothing on the ticket, stay visible."""
    pieces = _pieces(text, ticket, agent)
    if not as_html:
        return "".join(piece.text for piece in pieces)
    return "".join(escape(piece.text) if piece.is_filled else piece.text for piece in pieces)


def unknown(text: str, ticket: Ticket | None = None) -> list[str]:
    """Placeholders in `text` that nobody fills, in order, as they are written. On a `ticket` these
    are also those of fields that say nothing there."""
    fields = _fields_in(text)
    if ticket is not None:
        fields = {name: one for name, one in fields.items() if one.slug in ticket.fields}
    return [
        found[0]
        for found in PLACEHOLDER.finditer(text)
        if found[1] not in VALUES and found[1] not in fields
    ]


def refuse_unknown(texts: Iterable[str]) -> None:
    """Raise ValidationError naming the placeholders in `texts` that nobody fills."""
    names = dict.fromkeys(name for text in texts for name in unknown(text))
    if names:
        raise ValidationError(
            _("Nobody fills these placeholders: %(names)s. There are: %(known)s."),
            params={
                "names": ", ".join(names),
                "known": ", ".join(f"{{{name}}}" for name in VALUES),
            },
        )


def _fields_in(text: str) -> dict[str, Definition]:
    """The active custom fields by their placeholders; asks nothing where `text` names none."""
    if not any(found[1].startswith(FIELD) for found in PLACEHOLDER.finditer(text)):
        return {}
    active = CustomField.objects.filter(is_active=True).definitions()
    return {f"{FIELD}{one.slug}": one for one in active}


@dataclass(frozen=True)
class Piece:
    """A stretch of a text: as it was written, what a placeholder was filled with, or one that
    nobody fills."""

    text: str
    is_filled: bool = False
    is_unknown: bool = False


def _pieces(text: str, ticket: Ticket, agent: User) -> list[Piece]:
    fields = _fields_in(text)
    pieces, end = [], 0
    for found in PLACEHOLDER.finditer(text):
        name = found[1]
        pieces.append(Piece(text[end : found.start()]))
        end = found.end()
        if name in VALUES:
            pieces.append(Piece(VALUES[name](ticket, agent), is_filled=True))
        elif name in fields and (said := fields[name].words(ticket.fields.get(fields[name].slug))):
            pieces.append(Piece(said, is_filled=True))
        else:
            pieces.append(Piece(found[0], is_unknown=True))
    pieces.append(Piece(text[end:]))
    return [piece for piece in pieces if piece.text]


def language_for(ticket: Ticket) -> str:
    """The language its customer is answered in."""
    return ticket.language or ticket.customer.language or translation.get_language() or ""


@dataclass(frozen=True)
class Preview:
    """A canned reply as it would go out. `language` is the name of the one that was taken, and
    `is_fallback` says that it is not the customer's."""

    pieces: list[Piece] = field(default_factory=list)
    language: str = ""
    is_fallback: bool = False

    @property
    def text(self) -> str:
        """As it would be sent."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def unknown(self) -> list[str]:
        """Placeholders that nobody fills, each once."""
        return list(dict.fromkeys(piece.text for piece in self.pieces if piece.is_unknown))


def preview(canned: CannedReply, ticket: Ticket, by: User) -> Preview:
    """What a customer would read of it on this ticket."""
    wanted = language_for(ticket).split("-", maxsplit=1)[0]
    text = multilingual.pick(canned.body, wanted)
    if not text:
        return Preview()
    codes = (wanted, settings.LANGUAGE_CODE, *canned.body)
    taken = next(code for code in codes if canned.body.get(code) == text)
    with translation.override(wanted):
        pieces = _pieces(text, ticket, by)
    name = str(translation.get_language_info(taken)["name_translated"])
    return Preview(pieces, name, is_fallback=taken != wanted)
