"""What customers think of it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import events
from tickets.lifecycle import FINISHED
from tickets.models import Event, Message, Rating, Ticket
from tickets.permissions import can_rate, require

BAD, GOOD = 1, 5
COMMENT_LENGTH = 5000


def _rate(
    ticket: Ticket,
    message: Message | None,
    agent: User | None,
    *,
    score: int,
    comment: str,
    by: User,
) -> Rating:
    rating, is_new = Rating.objects.update_or_create(
        ticket=ticket,
        message=message,
        customer=by,
        defaults={"score": score, "comment": comment.strip()[:COMMENT_LENGTH], "agent": agent},
    )
    events.record(
        ticket,
        Event.Kind.RATED,
        by=by,
        message=message,
        score=score,
        comment=rating.comment,
        changed=not is_new,
    )
    return rating


@transaction.atomic
def rate_answer(message: Message, *, good: bool, by: User, comment: str = "") -> Rating:
    """One answer of ours was good, or not. Said again, it replaces what was said before."""
    ticket = Ticket.objects.locked(message.ticket)
    require(can_rate(by, ticket))
    is_answer = message.kind == Message.Kind.REPLY and not message.from_customer
    if not is_answer or message.author is None:
        raise DeskError(_("Only answers of our agents can be rated."))
    score = GOOD if good else BAD
    return _rate(ticket, message, message.author, score=score, comment=comment, by=by)


@transaction.atomic
def rate_ticket(ticket: Ticket, *, score: int, by: User, comment: str = "") -> Rating:
    """How the whole matter went, 1 to 5, once it is solved."""
    ticket = Ticket.objects.locked(ticket)
    require(can_rate(by, ticket))
    if ticket.status not in FINISHED:
        raise DeskError(_("This request can be rated once it is solved."))
    if not BAD <= score <= GOOD:
        raise DeskError(_("Choose a score from 1 to 5."))
    return _rate(ticket, None, ticket.assignee, score=score, comment=comment, by=by)
