"""Addresses that leave the house: absolute, and fit to stand in a letter."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from departments.models import User, desk_url
from helpdesk.lib import tokens
from tickets.models import Message, Ticket

RATING_VALID_DAYS = 60
# A year: whoever opens an older letter signs in instead.
TICKET_VALID_DAYS = 365
_TICKET = "ticket"
_RATING = "rate"
_LETTERS = "letters"


@dataclass(frozen=True)
class RatingClaim:
    """What a rating link says: keys of the ticket, of the answer (None: the whole ticket) and of
    the customer it was sent to."""

    ticket: int
    message: int | None
    user: int


@dataclass(frozen=True)
class TicketClaim:
    """What a link in a letter says: keys of the ticket and of who was written to, and whether it is
    too old to be believed."""

    ticket: int
    user: int
    is_old: bool


@dataclass(frozen=True)
class LettersClaim:
    """What a link to stop letters says: whose, and which kind."""

    user: int
    notice: str


def ticket_link(ticket: Ticket, reader: User) -> str:
    """Where `reader`, whom a letter is written to, comes to `ticket`: at once if they have signed
    in, else by a mailed code, which opens it alone."""
    path = reverse("portal:door", args=[ticket_token(ticket, reader)])
    return f"{desk_url(ticket.department)}{path}"


def ticket_token(ticket: Ticket, reader: User) -> str:
    """The signed part of that link."""
    return tokens.make(_TICKET, [ticket.pk, reader.pk])


def read_ticket_token(token: str) -> TicketClaim | None:
    """What `token` says, or None if it was not made here."""
    value = tokens.read(_TICKET, token)
    if value is None:
        return None
    fresh = tokens.read(_TICKET, token, max_age=TICKET_VALID_DAYS * 24 * 3600)
    ticket, user = value
    return TicketClaim(ticket, user, is_old=fresh is None)


def portal_link(ticket: Ticket) -> str:
    """The customer's page of `ticket`, for texts that more than one person reads: it names nobody,
    and everybody signs in."""
    return f"{desk_url(ticket.department)}{reverse('portal:ticket', args=[ticket.number])}"


def agent_ticket_link(ticket: Ticket) -> str:
    """The agents' page of `ticket`."""
    return f"{settings.DESK_URL}{reverse('agent:ticket', args=[ticket.number])}"


def rating_link(ticket: Ticket, message: Message | None, user: User) -> str:
    """Where `user` can rate `message`, or the whole ticket, without signing in."""
    path = reverse("portal:rate", args=[rating_token(ticket, message, user)])
    return f"{desk_url(ticket.department)}{path}"


def rating_token(ticket: Ticket, message: Message | None, user: User) -> str:
    """The signed part of a rating link."""
    return tokens.make(_RATING, [ticket.pk, message.pk if message else None, user.pk])


def letters_link(user: User, notice: str, ticket: Ticket | None = None) -> str:
    """Where letters of a kind to `user` can be stopped, without signing in. It does not expire: a
    letter may be read years later. For customers it leads to where those of `ticket` go."""
    path = reverse("portal:letters", args=[tokens.make(_LETTERS, [user.pk, notice])])
    return f"{desk_url(ticket.department if ticket else None)}{path}"


def read_letters_token(token: str) -> LettersClaim | None:
    """What `token` says, or None if it was not made here."""
    value = tokens.read(_LETTERS, token)
    return LettersClaim(*value) if value else None


def read_rating_token(token: str) -> RatingClaim | None:
    """What `token` says, or None if it was not made here or is older than 60 days."""
    value = tokens.read(_RATING, token, max_age=RATING_VALID_DAYS * 24 * 3600)
    return RatingClaim(*value) if value else None
