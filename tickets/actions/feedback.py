"""What customers think of it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import DeskSettings, Notice, ReturnedMail, User
from helpdesk.lib.errors import DeskError
from tickets import events
from tickets.actions import steps
from tickets.audience import reached_by
from tickets.lifecycle import FINISHED
from tickets.models import Delivery, Event, Message, Rating, Ticket
from tickets.permissions import can_rate, can_work_on, require

ONE_REMINDER_IN = timedelta(days=7)  # for one customer, however many tickets of theirs are solved


class TooLateToRate(DeskError):
    """The days in which this could be said, or changed, are over."""

    status = 409


@transaction.atomic
def rate_answer(message: Message, *, good: bool, by: User, comment: str = "") -> Rating:
    """One answer of ours was good, or not. Said again, it replaces what was said before."""
    ticket = Ticket.objects.locked(message.ticket)
    require(can_rate(by, ticket))
    is_answer = message.kind == Message.Kind.REPLY and not message.from_customer
    if not is_answer or message.author is None or message.withdrawn_at is not None:
        raise DeskError(_("Only answers of our agents can be rated."))
    score = Rating.GOOD if good else Rating.BAD
    return _rate(ticket, message, message.author, score=score, comment=comment, by=by)


@transaction.atomic
def rate_ticket(ticket: Ticket, *, score: int, by: User, comment: str = "") -> Rating:
    """How the whole matter went, 1 to 5, once it is solved."""
    ticket = Ticket.objects.locked(ticket)
    require(can_rate(by, ticket))
    if ticket.status not in FINISHED:
        raise DeskError(_("This request can be rated once it is solved."))
    if not Rating.BAD <= score <= Rating.GOOD:
        raise DeskError(_("Choose a score from 1 to 5."))
    return _rate(ticket, None, ticket.assignee, score=score, comment=comment, by=by)


def _rate(
    ticket: Ticket,
    message: Message | None,
    agent: User | None,
    *,
    score: int,
    comment: str,
    by: User,
) -> Rating:
    comment = comment.strip()[: Rating.COMMENT_LENGTH]
    given = Rating.objects.of(by, ticket, message)
    if given is not None and (given.score, given.comment) == (score, comment):
        return given  # said twice, heard once
    until = Rating.open_until(ticket, given)
    if until is not None and until <= timezone.now():
        raise TooLateToRate(
            _("Your rating can no longer be changed.")
            if given
            else _("This was too long ago to be rated.")
        )
    rating = given or Rating(message=message, customer=by)
    rating.ticket, rating.agent, rating.score, rating.comment = ticket, agent, score, comment
    rating.save()
    if ticket.ask_rating_at is not None:
        ticket.ask_rating_at = None
        ticket.save(update_fields=["ask_rating_at"])
    events.record(
        ticket,
        Event.Kind.RATED,
        by=by,
        message=message,
        score=score,
        comment=comment,
        changed=given is not None,
    )
    return rating


@transaction.atomic
def ask_for_rating(ticket: Ticket, *, by: User | None) -> bool:
    """Remind the customer of a solved ticket to say how it went; True if they are asked. Nothing
    happens before its time, nor where there is a reason not to, and then it is not tried again."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    now = timezone.now()
    if ticket.ask_rating_at is None or ticket.ask_rating_at > now:
        return False
    ticket.ask_rating_at = None
    ticket.save(update_fields=["ask_rating_at"])
    customer = reached_by(ticket)
    asked_before = customer.asked_to_rate_at
    if not (_may_be_asked(ticket, customer, now) and _is_first_to_ask(customer, now)):
        return False
    asked = events.record(ticket, Event.Kind.RATING_ASKED, by=by, who=str(customer))
    if asked.details.get("held"):
        # What is held back is not sent later; another ticket of theirs may ask them.
        User.objects.filter(pk=customer.pk).update(asked_to_rate_at=asked_before)
        return False
    return True


def _may_be_asked(ticket: Ticket, customer: User, now: datetime) -> bool:
    """Is there an answer of ours to rate, and a customer who has not rated anything of it, can be
    reached, wants such letters and got none about it?"""
    until = Rating.open_until(ticket, None)
    if not DeskSettings.current().rating_reminder_days or until is None or until <= now:
        return False
    if ticket.status not in FINISHED or ticket.first_answered_at is None:
        return False
    if not can_rate(customer, ticket) or not customer.wants(Notice.RATING):
        return False
    here = [ticket.pk, *steps.absorbed([ticket.pk])]
    failed = Delivery.objects.filter(message__ticket__in=here, state=Delivery.State.FAILED)
    return not (
        ticket.events.filter(kind=Event.Kind.RATING_ASKED).exists()
        or Rating.objects.filter(ticket__in=here).exists()
        or ReturnedMail.objects.filter(person=customer).exists()
        or failed.filter(address=customer.email).exists()
    )


def _is_first_to_ask(customer: User, now: datetime) -> bool:
    """Put down that they are asked, unless they were lately: one UPDATE, so that of two tickets
    asked about at once one is."""
    lately = Q(asked_to_rate_at__gt=now - ONE_REMINDER_IN)
    free = User.objects.filter(Q(asked_to_rate_at__isnull=True) | ~lately, pk=customer.pk)
    return bool(free.update(asked_to_rate_at=now))
