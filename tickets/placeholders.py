"""Fill a canned reply. Names are looked up in a table; nothing is evaluated."""

import re
from collections.abc import Callable

from departments.models import User
from tickets.models import Ticket

PLACEHOLDER = re.compile(r"\{([a-z]+(?:\.[a-z_]+)?)\}")

VALUES: dict[str, Callable[[Ticket, User], str]] = {
    "customer.name": lambda ticket, agent: str(ticket.customer),
    "customer.email": lambda ticket, agent: ticket.customer.email,
    "ticket.number": lambda ticket, agent: f"#{ticket.number}",
    "ticket.subject": lambda ticket, agent: ticket.subject,
    "agent.name": lambda ticket, agent: agent.public_name,
    "department.name": lambda ticket, agent: ticket.department.label,
}
"""Every placeholder there is."""


def fill(text: str, ticket: Ticket, agent: User) -> str:
    """`text` with its placeholders filled; unknown names stay visible."""

    def value(found: re.Match[str]) -> str:
        known = VALUES.get(found[1])
        return known(ticket, agent) if known else found[0]

    return PLACEHOLDER.sub(value, text)


def unknown(text: str) -> list[str]:
    """Placeholders in `text` that nobody fills, in order, as they are written."""
    return [found[0] for found in PLACEHOLDER.finditer(text) if found[1] not in VALUES]
