"""What customers see: their tickets, one of them, and the form for a new one."""

from tickets.portal.views.conversation import answers, reopening, solution, ticket
from tickets.portal.views.opening import evidence, hints, new_ticket, parts
from tickets.portal.views.overview import home

__all__ = [
    "answers",
    "evidence",
    "hints",
    "home",
    "new_ticket",
    "parts",
    "reopening",
    "solution",
    "ticket",
]
