"""Who hears of an event, and why. How they hear is the gateway's and the receivers' business."""

from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Q

from departments.models import Membership, User
from tickets.models import Event, Ticket
from tickets.permissions import works_in

_HEARD = "_heard"


class Letter(StrEnum):
    """Which letter somebody gets; each has three templates in templates/emails/."""

    RECEIVED = "received"
    REPLIED = "replied"
    SOLVED = "solved"
    TO_AGENT = "to_agent"
    ASSIGNED = "assigned"
    ESCALATED = "escalated"


@dataclass(frozen=True)
class Hearer:
    """One person who hears of one event: by `letter` (None: only behind the bell)."""

    user: User
    letter: Letter | None = None
    rings: bool = False


def audience_of(event: Event) -> list[Hearer]:
    """Everybody who hears of `event`, each once, never the one who did it.

    Letters to customers are for public things alone; a note rings bells and nothing else [S20].
    """
    # Bells and letters both ask, one after the other, about the same moment.
    heard: dict[int, Hearer] | None = event.__dict__.get(_HEARD)
    if heard is None:
        heard = event.__dict__[_HEARD] = {}
        finder = FINDERS.get(Event.Kind(event.kind))
        for hearer in finder(event, event.ticket) if finder else []:
            if hearer.user.is_active and hearer.user.pk != event.actor_id:
                unwanted = hearer.letter is not None and not hearer.user.wants(hearer.letter)
                known = replace(hearer, letter=None) if unwanted else hearer
                heard.setdefault(hearer.user.pk, known)
    return list(heard.values())


def customers_of(ticket: Ticket) -> list[User]:
    """The customer, or who stands in for them, first; then everybody in Cc."""
    first = reached_by(ticket)
    copies = User.objects.filter(following__ticket=ticket, following__in_copy=True)
    return [first, *copies.exclude(pk__in=[first.pk, ticket.customer_id]).order_by("pk")]


def reached_by(ticket: Ticket) -> User:
    """Whom letters to the customer reach: whoever their first letter named in Reply-To, else the
    customer."""
    standing_in = User.objects.filter(
        following__ticket=ticket, following__stands_in=True, is_active=True
    )
    return standing_in.order_by("pk").first() or ticket.customer


def leads_of(ticket: Ticket) -> list[User]:
    """Leads of its department."""
    role = Membership.Role.LEAD
    return list(
        User.objects.filter(
            memberships__department=ticket.department_id, memberships__role=role
        ).order_by("pk")
    )


def _agents_of(ticket: Ticket) -> list[Hearer]:
    """Its assignee by letter and bell, agents who follow it by bell; while it is nobody's, the
    bells of the whole department."""
    hearers = []
    if ticket.assignee is not None and works_in(ticket.assignee, ticket.department_id):
        hearers.append(Hearer(ticket.assignee, Letter.TO_AGENT, rings=True))
    works_here = Q(memberships__department=ticket.department_id)
    listening = Q(following__ticket=ticket, following__in_copy=False)
    listening &= works_here | Q(is_superuser=True)
    if ticket.assignee is None:
        listening |= works_here
    others = User.objects.filter(listening, is_active=True).distinct().order_by("pk")
    return [*hearers, *(Hearer(user, rings=True) for user in others)]


def _opened(event: Event, ticket: Ticket) -> list[Hearer]:
    message = event.message
    hearers = _agents_of(ticket)
    if message is None or message.is_automatic:
        return hearers
    if not message.from_customer:
        return [*(Hearer(user, Letter.REPLIED) for user in customers_of(ticket)), *hearers]
    # The one who wrote it hears that it arrived, although they did it: see `acknowledged`.
    return hearers


def acknowledged(event: Event) -> User | None:
    """The customer whose new ticket is confirmed with a letter; None where none is due."""
    message = event.message
    if event.kind != Event.Kind.OPENED or message is None:
        return None
    if message.is_automatic or not message.from_customer or not event.ticket.customer.is_active:
        return None
    customer = reached_by(event.ticket)
    return customer if customer.wants(Letter.RECEIVED) else None


def _replied(event: Event, ticket: Ticket) -> list[Hearer]:
    message = event.message
    if message is None:
        return []
    agents = _agents_of(ticket)
    if message.from_customer:
        # People in Cc have the customer's letter already if it came by mail; from the portal they
        # would not know of it.
        by_mail = message.channel == Ticket.Channel.MAIL
        others = [] if by_mail else [Hearer(one, Letter.REPLIED) for one in customers_of(ticket)]
        return [*agents, *others]
    return [*(Hearer(one, Letter.REPLIED) for one in customers_of(ticket)), *agents]


def _noted(event: Event, ticket: Ticket) -> list[Hearer]:
    if event.message is not None and event.message.is_automatic:
        return []
    people = [one.user for one in _agents_of(ticket) if one.rings]
    author = event.message.author if event.message else None
    if event.details.get("unsent") and author and works_in(author, ticket.department_id):
        people.append(author)  # they believe that it was sent
    return [Hearer(one, rings=True) for one in people]


def _assigned(event: Event, ticket: Ticket) -> list[Hearer]:
    return [Hearer(ticket.assignee, Letter.ASSIGNED, rings=True)] if ticket.assignee else []


def _moved(event: Event, ticket: Ticket) -> list[Hearer]:
    return [Hearer(one.user, rings=True) for one in _agents_of(ticket)]


def _solved(event: Event, ticket: Ticket) -> list[Hearer]:
    return [Hearer(reached_by(ticket), Letter.SOLVED)]


def _reopened(event: Event, ticket: Ticket) -> list[Hearer]:
    return [Hearer(one.user, rings=True) for one in _agents_of(ticket)]


def _escalated(event: Event, ticket: Ticket) -> list[Hearer]:
    people: list[User] = []
    details = event.details
    if details.get("tells_lead", True):
        people += leads_of(ticket)
    if details.get("tells_assignee") and ticket.assignee is not None:
        people.append(ticket.assignee)
    people += User.objects.filter(pk__in=details.get("tells", [])).order_by("pk")
    allowed = [one for one in people if works_in(one, ticket.department_id)]
    return [Hearer(one, Letter.ESCALATED, rings=True) for one in allowed]


def _author(event: Event, ticket: Ticket) -> list[Hearer]:
    author = event.message.author if event.message else None
    people = [one for one in (author, ticket.assignee) if one is not None]
    return [Hearer(one, rings=True) for one in people if works_in(one, ticket.department_id)]


FINDERS = {
    Event.Kind.OPENED: _opened,
    Event.Kind.REPLIED: _replied,
    Event.Kind.NOTED: _noted,
    Event.Kind.ASSIGNED: _assigned,
    Event.Kind.MOVED: _moved,
    Event.Kind.SOLVED: _solved,
    Event.Kind.WOKEN: _reopened,
    Event.Kind.REOPENED: _reopened,
    Event.Kind.ESCALATED: _escalated,
    Event.Kind.UNDELIVERED: _author,
    Event.Kind.RATED: _author,
}
