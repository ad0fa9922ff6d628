"""May a machine of ours write this letter? The last line before two machines write for ever.

Asked for everything but answers written by people, which no breaker ever holds, and codes for
signing in, which people ask for. Acknowledgements have rules of their own, for each is an answer to
a letter: see `may_be_acknowledged`.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from departments.models import ReturnedMail, User
from mailgateway.addresses import answers_nobody, bare_subject
from mailgateway.models import AutomaticMail, Breaker, Mailbox, OutboundEmail, Scope
from mailgateway.wording import UNPROVED
from tickets.audience import TO_CUSTOMERS, Letter
from tickets.models import Event

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
# An answering machine answers within minutes; a person who opens two tickets that fast knows that
# we read them.
PAUSE = timedelta(minutes=10)
WRITTEN_BY_PEOPLE = frozenset({Letter.REPLIED, Letter.SIDE, "account"})


@dataclass(frozen=True)
class _Gate:
    """What a letter has to pass: at most `limit` automatic letters in an hour (0: any number)."""

    scope: Scope
    key: str
    limit: int


def lets_through(kind: Letter, reader: User, mailbox: Mailbox | None) -> bool:
    """May a letter of `kind` be written to `reader` from `mailbox`? Counts what it holds back.

    In the transaction that would write it: a breaker opens when its limit is reached.
    """
    if kind in WRITTEN_BY_PEOPLE:
        return True
    to_customer = kind in TO_CUSTOMERS
    if not to_customer and _is_paused(reader):
        return False
    limits = AutomaticMail.limits()
    most = limits.to_customer_per_hour if to_customer else limits.to_agent_per_hour
    gates = [
        _Gate(Scope.ALL, "", limits.in_all_per_hour),
        _Gate(Scope.ADDRESS, reader.email.lower(), most),
    ]
    if mailbox is not None:
        gates.append(_Gate(Scope.MAILBOX, mailbox.address.lower(), limits.per_mailbox_per_hour))
    return not _stopped(gates, mailbox)


def may_be_acknowledged(event: Event, customer: User, mailbox: Mailbox | None) -> bool:
    """Is a new ticket confirmed to `customer` by letter?

    Never to machines or to ourselves. A ticket from the portal always. One by mail, or by a form
    into which anybody may write anybody's address: from one mailbox at most three times in 24
    hours (a limit of the administration), once for one subject, and not twice within ten minutes.
    So a person who asks two things in a morning hears of both,
    and an answering machine that begins a new thread each time gets one letter.
    """
    if answers_nobody(customer.email) or Mailbox.objects.filter(address__iexact=customer.email):
        return False
    if event.message is None or event.message.channel not in UNPROVED:
        return True
    now = timezone.now()
    most = AutomaticMail.limits().confirmations_per_day
    lately = (
        OutboundEmail.objects.filter(
            recipient=customer.email,
            kind=Letter.RECEIVED,
            mailbox=mailbox,
            created_at__gte=now - DAY,
        )
        .select_related("ticket")
        .order_by("-created_at")[:most]
    )
    sent = list(lately)
    subject = bare_subject(event.ticket.subject)
    known = {bare_subject(row.ticket.subject) for row in sent if row.ticket is not None}
    too_soon = bool(sent) and sent[0].created_at > now - PAUSE
    return len(sent) < most and subject not in known and not too_soon


def let_through(breakers: QuerySet[Breaker], *, by: User) -> int:
    """Let automatic mail pass again, counting anew from now; how many breakers were closed."""
    return breakers.filter(closed_at__isnull=True).update(closed_at=timezone.now(), closed_by=by)


def _is_paused(reader: User) -> bool:
    return ReturnedMail.objects.filter(person=reader, paused_at__isnull=False).exists()


def _stopped(gates: list[_Gate], mailbox: Mailbox | None) -> bool:
    """Is one of the gates shut, or does its limit shut it now? Counts the letter as held back."""
    now = timezone.now()
    since = {gate.scope: now - HOUR for gate in gates}
    ours = Breaker.objects.filter(_any_of(gates))
    shut = []
    for breaker in ours.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=now - HOUR)):
        if breaker.is_open:
            shut.append(breaker.pk)
        else:
            scope = Scope(breaker.scope)
            since[scope] = max(since[scope], breaker.closed_at or breaker.closes_at or now)
    if shut:
        Breaker.objects.filter(pk__in=shut).update(held=F("held") + 1, last_held_at=now)
        return True
    sent = _sent(gates, since, mailbox)
    reached = [gate for gate in gates if gate.limit and sent[gate.scope] >= gate.limit]
    for gate in reached:
        _shut(gate, sent[gate.scope], now)
    return bool(reached)


def _any_of(gates: list[_Gate]) -> Q:
    found = Q(pk=None)
    for gate in gates:
        found |= Q(scope=gate.scope, key=gate.key)
    return found


def _sent(
    gates: list[_Gate], since: dict[Scope, datetime], mailbox: Mailbox | None
) -> dict[str, int]:
    """How many automatic letters went through each gate in the last hour, in one question."""
    theirs = {
        Scope.ALL: Q(),
        Scope.MAILBOX: Q(mailbox=mailbox),
        Scope.ADDRESS: Q(recipient=next(one.key for one in gates if one.scope == Scope.ADDRESS)),
    }
    rows = OutboundEmail.objects.filter(created_at__gt=min(since.values()))
    return rows.exclude(kind__in=WRITTEN_BY_PEOPLE).aggregate(
        **{
            gate.scope: Count("pk", filter=theirs[gate.scope] & Q(created_at__gt=since[gate.scope]))
            for gate in gates
        }
    )


def _shut(gate: _Gate, sent: int, now: datetime) -> None:
    log.warning("Automatic mail is stopped for %s: %s letters in an hour", gate, sent)
    mine = Breaker.objects.filter(scope=gate.scope, key=gate.key, closed_at__isnull=True)
    mine.update(closed_at=F("closes_at"))  # one that let through by itself meanwhile
    opened = Breaker(scope=gate.scope, key=gate.key, sent=sent, held=1, opened_at=now)
    opened.last_held_at = now
    if gate.scope == Scope.ADDRESS:
        opened.closes_at = now + DAY
    Breaker.objects.bulk_create([opened], ignore_conflicts=True)
