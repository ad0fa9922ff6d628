"""Fill a canned reply. Names are looked up in a table; nothing is evaluated.

`{field.contract}` is what the custom field “contract” says on the ticket, in words.
"""

import re
from collections.abc import Callable
from html import escape

from departments.models import User
from tickets.models import CustomField, Definition, Ticket

PLACEHOLDER = re.compile(r"\{([a-z]+(?:\.[a-z0-9_]+)?)\}")

VALUES: dict[str, Callable[[Ticket, User], str]] = {
    "customer.name": lambda ticket, agent: str(ticket.customer),
    "customer.email": lambda ticket, agent: ticket.customer.email,
    "ticket.number": lambda ticket, agent: f"#{ticket.number}",
    "ticket.subject": lambda ticket, agent: ticket.subject,
    "agent.name": lambda ticket, agent: agent.public_name,
    "department.name": lambda ticket, agent: ticket.department.label,
}
"""Every placeholder there is besides those of custom fields."""
FIELD = "field."


def fill(text: str, ticket: Ticket, agent: User, *, as_html: bool = False) -> str:
    """`text` (or HTML, as `as_html` says) with its placeholders filled; unknown names, and those of
    fields that say nothing on the ticket, stay visible."""
    fields = _fields_in(text)

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name in fields:
            said = fields[name].words(ticket.fields.get(fields[name].slug)) or found[0]
        else:
            said = VALUES[name](ticket, agent) if name in VALUES else found[0]
        return escape(said) if as_html else said

    return PLACEHOLDER.sub(value, text)


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


def _fields_in(text: str) -> dict[str, Definition]:
    """The active custom fields by their placeholders; asks nothing where `text` names none."""
    if not any(found[1].startswith(FIELD) for found in PLACEHOLDER.finditer(text)):
        return {}
    active = CustomField.objects.filter(is_active=True).definitions()
    return {f"{FIELD}{one.slug}": one for one in active}
