"""Letters out: written into the tray inside the verb's transaction, handed over afterwards.

One UPDATE decides who hands a letter over; the mail server is spoken to outside of transactions.
"""

import logging
import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from departments.models import User
from helpdesk.lib.errors import DeskError
from mailgateway import breaker, smtp
from mailgateway.composing import SAID, TO_OUTSIDE, assemble, compose
from mailgateway.models import InboundEmail, Mailbox, OutboundEmail, is_ours, our_addresses
from mailgateway.wording import Draft
from tickets import actions
from tickets.audience import Letter, acknowledged, audience_of
from tickets.lifecycle import AT_WORK, Status
from tickets.models import Delivery, Event, PublicMessage, SideMessage, Ticket

log = logging.getLogger(__name__)

# Longer than any conversation with a mail server: whoever died meanwhile is replaced.
PATIENCE = timedelta(minutes=6)
WAITS = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30, 60)]
GIVE_UP = timedelta(days=2)
# Notices of what an agent did wait for the answer that mostly follows: one act, one letter.
NOTICE_WAITS = timedelta(minutes=3)
# Such notices, and where the ticket stands while they are true.
STILL_TRUE: Final = {
    Letter.REOPENED: AT_WORK,
    Letter.MERGED: frozenset({Status.MERGED}),
}
# A code for signing in is of no use later.
GIVE_UP_ACCOUNT = timedelta(hours=1)
ACCOUNT = "account"
# How far the waits go where a server lets nobody in.
MOST_PAUSE = 4
AT_ONCE = 200
State = OutboundEmail.State
# What was said to or by third parties.
ASIDE = frozenset({Event.Kind.FORWARDED, Event.Kind.ASIDE})
# What a try changes in a row.
_TOLD = ("mailbox", "answers", "doubtful", "handed_over_at", "next_try_at", "last_error")


# Writing


def prepare(event: Event) -> list[OutboundEmail]:
    """Rows for everybody who hears of `event` by letter. Inside the verb's transaction."""
    if event.kind == Event.Kind.TAKEN_BACK:
        withdraw(event)
        return []
    if event.kind == Event.Kind.RESENT:
        letters = OutboundEmail.objects.filter(message=event.message_id, kind__in=TO_OUTSIDE)
        return list(OutboundEmail.objects.filter(pk__in=try_again(letters)))
    _refuse_our_own(event)
    said = SideMessage.objects if event.kind in ASIDE else PublicMessage.objects
    message = said.filter(pk=event.message_id or 0).select_related("author").first()
    mailbox = mailbox_of(event.ticket)
    rows = []
    for kind, readers in _letters(event, mailbox):
        row = compose(Draft(event, kind, tuple(readers), message, mailbox))
        if message is not None and message.undo_until:
            row.next_try_at = message.undo_until
        elif kind in STILL_TRUE:
            row.next_try_at = timezone.now() + NOTICE_WAITS
        row.save()
        if kind in SAID:
            _note(row, row.addresses, Delivery.State.QUEUED)
        rows.append(row)
    return rows


def _refuse_our_own(event: Event) -> None:
    """Nobody of our side of the mail takes part by letter: it would come back to us for ever.
    Raises DeskError, inside the verb's transaction."""
    if event.kind == Event.Kind.FOLLOWED and event.details.get("in_copy"):
        people = User.objects.filter(pk=event.details["who_id"])
        addresses = list(people.values_list("email", flat=True))
    elif event.kind == Event.Kind.FORWARDED:
        addresses = event.details["addresses"]
    elif event.kind == Event.Kind.OPENED and event.ticket.channel == Ticket.Channel.FORM:
        addresses = [event.ticket.customer.email]
    else:
        return
    ours = our_addresses()
    if named := next((one for one in addresses if is_ours(one, ours)), None):
        raise DeskError(_("%(address)s is an address of this desk.") % {"address": named})


def _letters(event: Event, mailbox: Mailbox | None) -> list[tuple[Letter, list[User]]]:
    """Who gets which letter: customers one together, so that everybody sees who else has it, and
    so do third parties; agents one each, for it may carry a secret of theirs."""
    together: dict[Letter, list[User]] = {}
    letters: list[tuple[Letter, list[User]]] = []
    for hearer in audience_of(event):
        if hearer.letter in SAID:
            together.setdefault(hearer.letter, []).append(hearer.user)
        elif hearer.letter is not None:
            letters.append((hearer.letter, [hearer.user]))
    letters += together.items()
    customer = acknowledged(event)
    if customer is not None and breaker.may_be_acknowledged(event, customer, mailbox):
        letters.append((Letter.RECEIVED, [customer]))
    return [one for one in letters if breaker.lets_through(one[0], one[1][0], mailbox)]


def mailbox_of(ticket: Ticket | None) -> Mailbox | None:
    """From where letters about `ticket` leave: the mailbox its last letter came by if that belongs
    to its department, else the department's first, else any; None on a desk without."""
    usable = Mailbox.objects.unopened().filter(is_active=True).exclude(smtp_host="").order_by("pk")
    if ticket is not None:
        letters = InboundEmail.objects.filter(ticket=ticket, mailbox=OuterRef("pk"))
        usable = usable.annotate(
            ours=Q(department=ticket.department_id),
            last=Subquery(letters.order_by("-id").values("id")[:1]),
        ).order_by("-ours", F("last").desc(nulls_last=True), "pk")
    else:
        default = usable.filter(address__iexact=settings.DEFAULT_FROM_EMAIL).first()
        if default is not None:
            return default
    return usable.first()


def withdraw(event: Event) -> None:
    """Take the letters of a message back. Raises TooLate if one was handed over already."""
    rows = OutboundEmail.objects.filter(message=event.message_id)
    rows.filter(state=State.QUEUED, tries=0).update(state=State.WITHDRAWN, next_try_at=None)
    if rows.exclude(state=State.WITHDRAWN).exists():
        raise actions.TooLate(_("Too late: this reply is on its way already."))
    for row in rows.select_related("message").filter(kind__in=SAID):
        _note(row, row.addresses, Delivery.State.WITHDRAWN)


# Sending


class Overtaken(Exception):
    """Somebody else has this letter now, or it was taken back: the dot must not be sent."""


def due(now: datetime) -> QuerySet[OutboundEmail]:
    """What is to be handed over at `now`."""
    return OutboundEmail.objects.filter(state=State.QUEUED, next_try_at__lte=now)


def to_sweep() -> list[int]:
    """Keys of letters that are due, the oldest first."""
    return list(due(timezone.now()).order_by("next_try_at").values_list("pk", flat=True)[:AT_ONCE])


def send(pk: int) -> None:
    """Hand one letter over, if it is due and nobody else does so now."""
    now = timezone.now()
    row = due(now).select_related("message", "ticket").filter(pk=pk).first()
    if row is None:
        return
    claim = due(now).filter(pk=pk, tries=row.tries)
    if row.kind in STILL_TRUE and not row.tries and _is_overtaken(row, claim):
        return
    if not claim.update(next_try_at=now + PATIENCE, tries=row.tries + 1):
        return
    row.tries += 1
    with override(settings.LANGUAGE_CODE):
        if row.handed_over_at is not None:
            behind_the_dot = smtp.Outcome(taken=row.doubtful)
            _record(row, behind_the_dot, lost=_("The desk was stopped before the answer came."))
        else:
            _hand_over(row)


def _is_overtaken(row: OutboundEmail, claim: QuerySet[OutboundEmail]) -> bool:
    """Is there nothing left for the notice `row` to say: what it tells was undone, or its reader
    has an answer of ours that was written with it or since? Takes the notice back then, or lets it
    wait for as long as that answer may be taken back."""
    ticket = row.ticket
    if ticket is None or ticket.status not in STILL_TRUE[Letter(row.kind)]:
        claim.update(state=State.WITHDRAWN, next_try_at=None)
        return True
    written = Q(created_at__gte=row.created_at) | Q(message__undo_until__gte=row.created_at)
    answers = OutboundEmail.objects.filter(
        written,
        kind=Letter.REPLIED,
        ticket__in=[ticket.pk, actions.current(ticket).pk],
        message__from_customer=False,
    ).exclude(state__in=[State.WITHDRAWN, State.FAILED])
    theirs = [one for one in answers if row.recipient in one.addresses]
    if not theirs:
        return False
    left = [one for one in theirs if one.tries or one.state != State.QUEUED]
    until = min((one.next_try_at for one in theirs if one.next_try_at), default=None)
    if left or until is None:
        claim.update(state=State.WITHDRAWN, next_try_at=None)
    else:
        claim.update(next_try_at=until + NOTICE_WAITS)
    return True


def _hand_over(row: OutboundEmail) -> None:
    own = Mailbox.objects.unopened().filter(pk=row.mailbox_id or 0, is_active=True)
    mailbox = own.exclude(smtp_host="").first() or mailbox_of(row.ticket)
    if mailbox is None:
        why = _("There is no active mailbox with an SMTP server to send from.")
        _record(row, smtp.Outcome(later=dict.fromkeys(row.open_addresses, why)))
        return
    row.mailbox = mailbox
    nowhere = {
        one: _("There is no such address.")
        for one in row.open_addresses
        if one.endswith(".invalid")
    }
    reachable = [one for one in row.open_addresses if one not in nowhere]
    outcome, lost = smtp.Outcome(), ""
    try:
        letter = assemble(row, mailbox)
        if reachable:
            outcome = smtp.send(mailbox, letter, reachable, before_end=partial(_mark, row))
            _works(mailbox)
    except DeskError as problem:
        outcome.later = dict.fromkeys(reachable, str(problem))
        _tell_administrator(mailbox, problem)
    except smtp.NobodyKnows as error:
        outcome, lost = error.outcome, str(error)
    except Overtaken:
        log.info("Letter %s is no longer ours to send", row.pk)
        return
    except (ValueError, OSError) as error:
        # A header that cannot be written, a file that is gone: no other try will change that.
        log.exception("Letter %s cannot be written", row.pk)
        outcome.refused = dict.fromkeys(reachable, str(error))
    outcome.refused |= nowhere
    _record(row, outcome, lost=lost)


def _mark(row: OutboundEmail, outcome: smtp.Outcome) -> None:
    """Just before the dot that ends a letter: written down, so that nobody who comes after us
    sends it once more; refused if it is no longer ours. Raises Overtaken."""
    now = timezone.now()
    ours = OutboundEmail.objects.filter(
        pk=row.pk, state=State.QUEUED, tries=row.tries, handed_over_at=None
    )
    if not ours.update(
        handed_over_at=now,
        next_try_at=now + PATIENCE,
        doubtful=[*row.doubtful, *outcome.taken],
        answers=row.answers | outcome.refused,
    ):
        raise Overtaken


@transaction.atomic
def _record(row: OutboundEmail, outcome: smtp.Outcome, *, lost: str = "") -> None:
    """What became of each address. `lost` says why nobody knows about those who were taken."""
    ours = OutboundEmail.objects.filter(pk=row.pk, state=State.QUEUED, tries=row.tries)
    if ours.select_for_update().first() is None:
        log.warning("Letter %s went on without us", row.pk)
        return
    if lost:
        row.doubtful = list(dict.fromkeys([*row.doubtful, *outcome.taken]))
        _note(row, outcome.taken, Delivery.State.UNCERTAIN, lost)
    else:
        row.answers |= dict.fromkeys(outcome.taken, "")
        _note(row, outcome.taken, Delivery.State.SENT)
    refused, later = dict(outcome.refused), outcome.later
    if timezone.now() - row.trying_since > _patience(row):
        refused, later = refused | later, {}
    row.answers |= refused
    for one, said in refused.items():
        _note(row, [one], Delivery.State.FAILED, said)
    for one, said in later.items():
        _note(row, [one], Delivery.State.RETRYING, said)
    row.handed_over_at = None
    for_good = [f"{one}: {said}" for one, said in row.answers.items() if said]
    row.last_error = "\n".join(filter(None, [*for_good, *dict.fromkeys(later.values()), lost]))
    if row.open_addresses:
        _postpone(row)
    else:
        _end(row)


def _patience(row: OutboundEmail) -> timedelta:
    return GIVE_UP_ACCOUNT if row.kind == ACCOUNT else GIVE_UP


def _postpone(row: OutboundEmail) -> None:
    row.next_try_at = timezone.now() + _wait(row.tries)
    row.save(update_fields=_TOLD)


def _wait(tries: int) -> timedelta:
    return WAITS[min(tries, len(WAITS)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311


def _end(row: OutboundEmail) -> None:
    sent = any(not said for said in row.answers.values())
    row.state = State.UNCERTAIN if row.doubtful else State.SENT if sent else State.FAILED
    row.next_try_at = None
    if row.state != State.FAILED:
        row.sent_at = timezone.now()
    keeps_copies = row.mailbox is not None and bool(row.mailbox.sent_folder)
    if keeps_copies and row.state == State.SENT and row.kind in SAID:
        row.copy_at = timezone.now()
    if row.kind == ACCOUNT:  # it carried a code that opens an account
        row.text = row.html = ""
    row.save(update_fields=[*_TOLD, "state", "sent_at", "copy_at", "text", "html"])


def _note(row: OutboundEmail, addresses: Iterable[str], state: str, detail: str = "") -> None:
    """Tell the message what became of it. Confirmations speak up only when they fail; notices to
    agents never: the tray shows those."""
    if row.message is None or row.kind not in TO_OUTSIDE:
        return
    if row.kind not in SAID and state != Delivery.State.FAILED:
        return
    for address in addresses:
        actions.note_delivery(row.message, address=address, state=state, detail=detail)


# A mailbox that cannot send


def _tell_administrator(mailbox: Mailbox, problem: DeskError) -> None:
    """Keep with the mailbox why it cannot send. If its server wants no letter at all, the others
    wait as well: a hundred wrong passwords a minute would lock the account."""
    failures = mailbox.sending_failures + 1
    Mailbox.objects.filter(pk=mailbox.pk).update(
        sending_failures=failures, sending_error=str(problem)
    )
    if isinstance(problem, smtp.NotLetIn):
        now = timezone.now()
        until = now + _wait(min(failures, MOST_PAUSE))
        # Those on whom we are about to give up are tried: their agents wait to hear.
        waiting = due(until).filter(mailbox=mailbox, handed_over_at=None)
        waiting = waiting.filter(trying_since__gt=now - GIVE_UP).exclude(kind=ACCOUNT)
        waiting.update(next_try_at=until)


def _works(mailbox: Mailbox) -> None:
    if mailbox.sending_failures:
        Mailbox.objects.filter(pk=mailbox.pk).update(sending_failures=0, sending_error="")


# Once more, or not at all


def try_again(rows: QuerySet[OutboundEmail]) -> list[int]:
    """Send letters once more to those who have not got them, for all we know; keys of those that
    go. The Message-ID stays: a mail program that has the letter already shows it once."""
    again = []
    with transaction.atomic():
        for row in rows.select_for_update(of=("self",)).exclude(text="").order_by("pk"):
            if row.state == State.WITHDRAWN or row.handed_over_at is not None:
                continue
            if row.message is not None and row.message.withdrawn_at is not None:
                continue
            missing = _missing(row)
            row.answers = {one: said for one, said in row.answers.items() if one not in missing}
            row.doubtful = []
            if not row.open_addresses:
                continue
            row.state, row.next_try_at = State.QUEUED, timezone.now()
            row.trying_since = timezone.now()
            row.save(update_fields=[*_TOLD, "state", "trying_since"])
            _note(row, row.open_addresses, Delivery.State.QUEUED)
            again.append(row.pk)
    return again


def _missing(row: OutboundEmail) -> set[str]:
    """Who was refused, is in doubt, or whose server took it and sent it back later."""
    missing = {one for one, said in row.answers.items() if said}
    if row.message is not None and row.kind in TO_OUTSIDE:
        missing |= set(row.message.missed_by)
    return missing


def stop(rows: QuerySet[OutboundEmail]) -> int:
    """Send letters that wait to nobody else; how many. Not those that a server has already."""
    count = 0
    with transaction.atomic():
        waiting = rows.filter(state=State.QUEUED, handed_over_at=None)
        for row in waiting.select_for_update(of=("self",)).order_by("pk"):
            _note(row, row.open_addresses, Delivery.State.WITHDRAWN)
            row.state, row.next_try_at = State.WITHDRAWN, None
            row.save(update_fields=["state", "next_try_at"])
            count += 1
    return count
