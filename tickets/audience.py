"""Who hears of an event, and why. How they hear is the gateway's and the receivers' business."""

from dataclasses import dataclass, replace
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q

from departments.models import Membership, Reason, User, Way
from tickets.lifecycle import AT_WORK, Status
from tickets.models import Event, Follower, Rating, Ticket
from tickets.models.rating import MOST_BAD
from tickets.permissions import works_in

_HEARD = "_heard"
FINISHED = frozenset({Status.SOLVED, Status.CLOSED})


class Letter(StrEnum):
    """Which letter somebody gets. Those to customers have their words in templates/emails/words/,
    each of the others three templates in templates/emails/."""

    RECEIVED = "received"
    REPLIED = "replied"
    SIDE = "side"
    SOLVED = "solved"
    REOPENED = "reopened"
    MERGED = "merged"
    RATING = "rating"
    TO_AGENT = "to_agent"
    ASSIGNED = "assigned"
    ESCALATED = "escalated"


TO_CUSTOMERS = frozenset(
    {
        *(Letter.RECEIVED, Letter.REPLIED, Letter.SOLVED),
        *(Letter.REOPENED, Letter.MERGED, Letter.RATING),
    }
)


@dataclass(frozen=True)
class Hearer:
    """One person who hears of one event: by `letter` (None: only behind the bell). Agents hear of
    it for a `reason`, and decide on their own page how."""

    user: User
    letter: Letter | None = None
    rings: bool = False
    reason: Reason | None = None

    def as_wanted(self) -> "Hearer":
        """The same without what they do not want."""
        letter, rings = self.letter, self.rings
        if letter is not None and not self.user.wants(letter):
            letter = None
        if rings and self.reason is not None and not self.user.hears(self.reason, Way.BELL):
            rings = False
        return replace(self, letter=letter, rings=rings)


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
                wanted = hearer.as_wanted()
                # Whoever silenced one reason may still hear for the next.
                if wanted.letter is not None or wanted.rings:
                    heard.setdefault(hearer.user.pk, wanted)
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
        hearers.append(Hearer(ticket.assignee, Letter.TO_AGENT, rings=True, reason=Reason.MINE))
    works_here = Q(memberships__department=ticket.department_id)
    follows = Follower.objects.filter(ticket=ticket, user=OuterRef("pk"), in_copy=False)
    listening = Q(follows=True) & (works_here | Q(is_superuser=True))
    if ticket.assignee is None:
        listening |= works_here
    others = User.objects.annotate(follows=Exists(follows)).filter(listening, is_active=True)
    for one in others.distinct().order_by("pk"):
        reason = Reason.FOLLOWED if one.follows else Reason.UNASSIGNED
        hearers.append(Hearer(one, rings=True, reason=reason))
    return hearers


def _bells_of(ticket: Ticket) -> list[Hearer]:
    """The same people without letters."""
    return [replace(one, letter=None) for one in _agents_of(ticket)]


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
    without = event.details.get("without", [])
    readers = [one for one in customers_of(ticket) if one.email not in without]
    return [*(Hearer(one, Letter.REPLIED) for one in readers), *agents]


def _noted(event: Event, ticket: Ticket) -> list[Hearer]:
    if event.message is not None and event.message.is_automatic:
        return []
    hearers = []
    author = event.message.author if event.message else None
    if event.details.get("unsent") and author and works_in(author, ticket.department_id):
        # They believe that it was sent.
        hearers.append(Hearer(author, rings=True, reason=Reason.UNDELIVERED))
    named = User.objects.filter(pk__in=event.details.get("mentions", []))
    hearers += [
        Hearer(user, rings=True, reason=Reason.MENTIONED)
        for user in named.order_by("pk")
        if works_in(user, ticket.department_id)
    ]
    for one in _bells_of(ticket):
        reason = Reason.FOLLOWED if one.reason == Reason.MINE else one.reason
        hearers.append(replace(one, reason=reason))
    return hearers


def _aside(event: Event, ticket: Ticket) -> list[Hearer]:
    """What we say goes to the third parties by letter; what they say rings the bells of those who
    answer for the ticket, and of whoever asked them."""
    side = event.message.side if event.message else None
    if event.message is None or side is None:
        return []
    agents = [Hearer(one.user, rings=True) for one in _agents_of(ticket) if one.rings]
    if event.message.from_customer:
        asked = [side.opened_by] if works_in(side.opened_by, ticket.department_id) else []
        return [*agents, *(Hearer(one, rings=True) for one in asked)]
    return [*(Hearer(one, Letter.SIDE) for one in side.people.order_by("pk")), *agents]


def _assigned(event: Event, ticket: Ticket) -> list[Hearer]:
    if ticket.assignee is None:
        return []
    return [Hearer(ticket.assignee, Letter.ASSIGNED, rings=True, reason=Reason.ASSIGNED)]


def _moved(event: Event, ticket: Ticket) -> list[Hearer]:
    return _bells_of(ticket)


def _solved(event: Event, ticket: Ticket) -> list[Hearer]:
    return [Hearer(reached_by(ticket), Letter.SOLVED)]


def _rating_asked(event: Event, ticket: Ticket) -> list[Hearer]:
    return [Hearer(reached_by(ticket), Letter.RATING)]


def _woken(event: Event, ticket: Ticket) -> list[Hearer]:
    return _bells_of(ticket)


def _reopened(event: Event, ticket: Ticket) -> list[Hearer]:
    """The customer took it for finished; whoever opened it again needs no letter about it."""
    bells = _bells_of(ticket)
    if event.details.get("before") not in FINISHED:
        return bells
    return [Hearer(reached_by(ticket), Letter.REOPENED), *bells]


def _merged(event: Event, ticket: Ticket) -> list[Hearer]:
    """The customer of the ticket that goes on elsewhere, if they waited for us and read the other
    one as well. Of the two events only the one on their own ticket says where to."""
    target = ticket.merged_into
    if target is None or "into" not in event.details or event.details["before"] not in AT_WORK:
        return []
    reader = reached_by(ticket)
    reads = Follower.objects.filter(ticket=target, user=reader, in_copy=True)
    if reader.pk != target.customer_id and not reads.exists():
        return []
    return [Hearer(reader, Letter.MERGED)]


def _escalated(event: Event, ticket: Ticket) -> list[Hearer]:
    people: list[User] = []
    details = event.details
    if details.get("tells_lead", True):
        people += leads_of(ticket)
    if details.get("tells_assignee") and ticket.assignee is not None:
        people.append(ticket.assignee)
    people += User.objects.filter(pk__in=details.get("tells", [])).order_by("pk")
    allowed = [one for one in people if works_in(one, ticket.department_id)]
    return [Hearer(one, Letter.ESCALATED, rings=True, reason=Reason.ESCALATED) for one in allowed]


def _author(event: Event, ticket: Ticket) -> list[Hearer]:
    author = event.message.author if event.message else None
    people = [one for one in (author, ticket.assignee) if one is not None]
    here = [one for one in people if works_in(one, ticket.department_id)]
    return [Hearer(one, rings=True, reason=Reason.UNDELIVERED) for one in here]


def _rated(event: Event, ticket: Ticket) -> list[Hearer]:
    """Whose work it was; of what was bad the leads hear as well."""
    hearers = [replace(one, reason=Reason.RATED) for one in _author(event, ticket)]
    if event.details.get("score", Rating.GOOD) <= MOST_BAD:
        hearers += [Hearer(one, rings=True, reason=Reason.RATED) for one in leads_of(ticket)]
    return hearers


def _called_off(event: Event, ticket: Ticket) -> list[Hearer]:
    """Its author, who believes that it leaves."""
    author = event.message.author if event.message else None
    if author is None or not works_in(author, ticket.department_id):
        return []
    return [Hearer(author, rings=True, reason=Reason.UNDELIVERED)]


FINDERS = {
    Event.Kind.OPENED: _opened,
    Event.Kind.REPLIED: _replied,
    Event.Kind.NOTED: _noted,
    Event.Kind.FORWARDED: _aside,
    Event.Kind.ASIDE: _aside,
    Event.Kind.CALLED_OFF: _called_off,
    Event.Kind.ASSIGNED: _assigned,
    Event.Kind.MOVED: _moved,
    Event.Kind.SOLVED: _solved,
    Event.Kind.WOKEN: _woken,
    Event.Kind.CALL_DUE: _woken,
    Event.Kind.REOPENED: _reopened,
    Event.Kind.MERGED: _merged,
    Event.Kind.ESCALATED: _escalated,
    Event.Kind.UNDELIVERED: _author,
    Event.Kind.RATED: _rated,
    Event.Kind.RATING_ASKED: _rating_asked,
}
