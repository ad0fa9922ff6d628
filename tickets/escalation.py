"""The clock's verbs: steps that are due, holds that are over, solved tickets that rest long enough
or were not rated, replies that leave later.

Every function asks one indexed question, works ticket by ticket, each in its own transaction, and
may be called again at any time.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from tickets import actions, sla
from tickets.lifecycle import Status
from tickets.models import Callback, LaterReply, Ticket

log = logging.getLogger(__name__)
AT_ONCE = 200


def run_due(now: datetime | None = None) -> int:
    """Fire every escalation step whose time has come; how many fired."""
    moment = now or timezone.now()
    due = Ticket.objects.at_work().filter(next_check_at__lte=moment).order_by("next_check_at")
    return _each(due, lambda ticket: _escalate(ticket, moment))


@transaction.atomic
def _escalate(ticket: Ticket, now: datetime) -> int:
    ticket = Ticket.objects.locked(ticket)
    fired = 0
    for planned in sla.planned_steps(ticket):
        if planned.at > now:
            break
        event = actions.escalate_ticket(
            ticket, by=None, step=planned.step, wait_began_at=planned.wait_began_at
        )
        fired += event is not None
    # Whatever fired or changed meanwhile: store when to look again, so it is not asked for ever.
    sla.refresh(Ticket.objects.locked(ticket))
    return fired


def wake_due(now: datetime | None = None) -> int:
    """Bring back tickets whose hold is over; how many."""
    moment = now or timezone.now()
    due = Ticket.objects.filter(status=Status.ON_HOLD, hold_until__lte=moment)

    def wake(ticket: Ticket) -> int:
        actions.wake_ticket(ticket, by=None)
        return 1

    return _each(due.order_by("hold_until"), wake)


def ring_due(now: datetime | None = None) -> int:
    """Ring the bells for calls whose time has come; how many."""
    due = Callback.objects.filter(next_ring_at__lte=now or timezone.now())
    count = 0
    for callback in due.select_related("ticket").order_by("next_ring_at")[:AT_ONCE]:
        try:
            actions.ring_callback(callback, by=None)
            count += 1
        except Exception:  # one call must not stop the others
            log.exception("The clock could not ring for ticket %s", callback.ticket_id)
    return count


def close_due(now: datetime | None = None) -> int:
    """Close tickets that have been solved for their department's number of days; how many."""
    moment = now or timezone.now()
    due = Ticket.objects.filter(
        status=Status.SOLVED,
        solved_at__lte=moment - F("department__close_after_days") * timedelta(days=1),
    )

    def close(ticket: Ticket) -> int:
        actions.close_ticket(ticket, by=None)
        return 1

    return _each(due.order_by("solved_at"), close)


def ask_due(now: datetime | None = None) -> int:
    """Ask customers once more how satisfied they are; how many were asked."""
    due = Ticket.objects.filter(ask_rating_at__lte=now or timezone.now())
    return _each(due.order_by("ask_rating_at"), lambda one: actions.ask_for_rating(one, by=None))


def send_due(now: datetime | None = None) -> int:
    """Let replies leave whose time has come; how many. Those that nobody may send any more are
    called off."""
    due = LaterReply.objects.filter(leaves_at__lte=now or timezone.now()).order_by("leaves_at")
    count = 0
    for later in due.select_related("message__ticket")[:AT_ONCE]:
        try:
            actions.send_scheduled(later.message, by=None)
            count += 1
        except actions.LeftAlready:
            continue  # somebody else was quicker
        except Exception:  # one reply must not keep the others
            log.exception("The clock could not send message %s", later.message_id)
    return count


def _each(tickets: QuerySet[Ticket], act: Callable[[Ticket], int]) -> int:
    count = 0
    for ticket in tickets[:AT_ONCE]:
        try:
            count += act(ticket)
        except Exception:  # one ticket must not stop the clock for the others
            log.exception("The clock could not work on ticket %s", ticket.pk)
    return count
