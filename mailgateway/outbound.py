"""Letters out: written into the tray inside the verb's transaction, handed over afterwards.

One UPDATE decides who hands a letter over; the mail server is spoken to outside of transactions.
"""

import logging
import random
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from departments.models import User
from helpdesk.lib.errors import DeskError
from mailgateway import breaker, smtp
from mailgateway.composing import TO_CUSTOMERS, Draft, assemble, compose
from mailgateway.models import InboundEmail, Mailbox, OutboundEmail
from tickets import actions
from tickets.audience import Letter, acknowledged, audience_of
from tickets.models import Delivery, Event, PublicMessage, Ticket

log = logging.getLogger(__name__)

# Longer than any conversation with a mail server: whoever died meanwhile is replaced.
PATIENCE = timedelta(minutes=6)
WAITS = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30, 60)]
GIVE_UP = timedelta(days=2)
# A code for signing in is of no use later.
GIVE_UP_ACCOUNT = timedelta(hours=1)
ACCOUNT = "account"
AT_ONCE = 200


# Writing


def prepare(event: Event) -> list[OutboundEmail]:
    """Rows for everybody who hears of `event` by letter. Inside the verb's transaction."""
    if event.kind == Event.Kind.TAKEN_BACK:
        withdraw(event)
        return []
    message = (
        PublicMessage.objects.filter(pk=event.message_id or 0).select_related("author").first()
    )
    mailbox = mailbox_of(event.ticket)
    rows = []
    for kind, readers in _letters(event, mailbox):
        row = compose(Draft(event, kind, tuple(readers), message, mailbox))
        if message is not None and message.undo_until:
            row.next_try_at = message.undo_until
        row.save()
        if kind == Letter.REPLIED:
            _note(row, row.addresses, Delivery.State.QUEUED)
        rows.append(row)
    return rows


def _letters(event: Event, mailbox: Mailbox | None) -> list[tuple[Letter, list[User]]]:
    """Who gets which letter: customers one together, so that everybody sees who else has it;
    agents one each, for it may carry a secret of theirs."""
    customers: list[User] = []
    letters: list[tuple[Letter, list[User]]] = []
    for hearer in audience_of(event):
        if hearer.letter == Letter.REPLIED:
            customers.append(hearer.user)
        elif hearer.letter is not None:
            letters.append((hearer.letter, [hearer.user]))
    if customers:
        letters.append((Letter.REPLIED, customers))
    customer = acknowledged(event)
    if customer is not None and breaker.may_be_acknowledged(event, customer, mailbox):
        letters.append((Letter.RECEIVED, [customer]))
    return [one for one in letters if breaker.lets_through(one[0], one[1][0], mailbox)]


def mailbox_of(ticket: Ticket | None) -> Mailbox | None:
    """From where letters about `ticket` leave: the mailbox its last letter came by if that belongs
    to its department, else the department's first, else any; None on a desk without."""
    usable = Mailbox.objects.unopened().filter(is_active=True).exclude(smtp_host="").order_by("pk")
    if ticket is not None:
        ours = usable.filter(department=ticket.department_id)
        letters = InboundEmail.objects.filter(ticket=ticket, mailbox__in=ours).order_by("-id")
        last = letters.values_list("mailbox", flat=True).first()
        if last is not None:
            return usable.get(pk=last)
        if (first := ours.first()) is not None:
            return first
    else:
        default = usable.filter(address__iexact=settings.DEFAULT_FROM_EMAIL).first()
        if default is not None:
            return default
    return usable.first()


def withdraw(event: Event) -> None:
    """Take the letters of a message back. Raises TooLate if one was handed over already."""
    rows = OutboundEmail.objects.filter(message=event.message_id)
    state = OutboundEmail.State
    rows.filter(state=state.QUEUED, tries=0).update(state=state.WITHDRAWN, next_try_at=None)
    if rows.exclude(state=state.WITHDRAWN).exists():
        raise actions.TooLate(_("Too late: this reply is on its way already."))
    for row in rows.select_related("message").filter(kind=Letter.REPLIED):
        _note(row, row.addresses, Delivery.State.WITHDRAWN)


# Sending


def due(now: datetime) -> QuerySet[OutboundEmail]:
    """What is to be handed over at `now`."""
    return OutboundEmail.objects.filter(state=OutboundEmail.State.QUEUED, next_try_at__lte=now)


def to_sweep() -> list[int]:
    """Keys of letters that are due, the oldest first."""
    return list(due(timezone.now()).order_by("next_try_at").values_list("pk", flat=True)[:AT_ONCE])


def try_again(rows: QuerySet[OutboundEmail]) -> int:
    """Send letters that failed or are uncertain once more, to those who have not got them; how
    many. For the administrator."""
    state = OutboundEmail.State
    count = 0
    with transaction.atomic():
        for row in rows.select_for_update(of=("self",)).exclude(text=""):
            if row.state not in {state.FAILED, state.UNCERTAIN, state.QUEUED}:
                continue
            row.answers = {one: said for one, said in row.answers.items() if not said}
            row.state, row.tries = state.QUEUED, 0
            row.next_try_at = row.created_at = timezone.now()
            row.save(update_fields=["answers", "state", "tries", "next_try_at", "created_at"])
            count += 1
    return count


def send(pk: int) -> None:
    """Hand one letter over, if it is due and nobody else does so now."""
    now = timezone.now()
    if not due(now).filter(pk=pk).update(next_try_at=now + PATIENCE, tries=F("tries") + 1):
        return
    row = OutboundEmail.objects.select_related("message", "ticket").get(pk=pk)
    with override(settings.LANGUAGE_CODE):
        _hand_over(row)


def _hand_over(row: OutboundEmail) -> None:
    own = Mailbox.objects.unopened().filter(pk=row.mailbox_id or 0, is_active=True)
    mailbox = own.exclude(smtp_host="").first() or mailbox_of(row.ticket)
    if mailbox is None:
        _postpone(row, _("There is no active mailbox with an SMTP server to send from."))
        return
    row.mailbox = mailbox
    open_ = [one for one in row.addresses if one not in row.answers]
    nowhere = {one: _("There is no such address.") for one in open_ if one.endswith(".invalid")}
    try:
        letter = assemble(row, mailbox)
        outcome = smtp.send(mailbox, letter, [one for one in open_ if one not in nowhere])
    except DeskError as problem:
        _later(row, {one: str(problem) for one in open_})
    except smtp.NobodyKnows as error:
        _settle(row, OutboundEmail.State.UNCERTAIN, open_, str(error))
    except (ValueError, OSError) as error:
        # A header that cannot be written, a file that is gone: no other try will change that.
        log.exception("Letter %s cannot be written", row.pk)
        _settle(row, OutboundEmail.State.FAILED, open_, str(error))
    else:
        outcome.refused |= nowhere
        _record(row, outcome)


def _record(row: OutboundEmail, outcome: smtp.Outcome) -> None:
    with transaction.atomic():
        row.answers |= dict.fromkeys(outcome.taken, "") | outcome.refused
        _note(row, outcome.taken, Delivery.State.SENT)
        for one, said in outcome.refused.items():
            _note(row, [one], Delivery.State.FAILED, said)
        if outcome.later:
            _later(row, outcome.later)
            return
        sent = any(not said for said in row.answers.values())
        state = OutboundEmail.State.SENT if sent else OutboundEmail.State.FAILED
        _end(row, state, "\n".join(f"{one}: {said}" for one, said in row.answers.items() if said))


def _later(row: OutboundEmail, reasons: dict[str, str]) -> None:
    """Try these addresses again, or give up after two days."""
    said = "\n".join(dict.fromkeys(reasons.values()))
    patience = GIVE_UP_ACCOUNT if row.kind == ACCOUNT else GIVE_UP
    if timezone.now() - row.created_at > patience:
        _settle(row, OutboundEmail.State.FAILED, list(reasons), said)
        return
    with transaction.atomic():
        for one, why in reasons.items():
            _note(row, [one], Delivery.State.RETRYING, why)
        _postpone(row, said)


def _postpone(row: OutboundEmail, why: str) -> None:
    wait = WAITS[min(row.tries, len(WAITS)) - 1] * random.uniform(0.8, 1.2)  # noqa: S311
    row.next_try_at = timezone.now() + wait
    row.last_error = why
    row.save(update_fields=["mailbox", "answers", "next_try_at", "last_error"])


@transaction.atomic
def _settle(row: OutboundEmail, state: str, addresses: list[str], why: str) -> None:
    """The last word about these addresses."""
    uncertain = state == OutboundEmail.State.UNCERTAIN
    _note(row, addresses, Delivery.State.UNCERTAIN if uncertain else Delivery.State.FAILED, why)
    row.answers |= dict.fromkeys(addresses, why)
    _end(row, state, why)


def _end(row: OutboundEmail, state: str, why: str) -> None:
    row.state = OutboundEmail.State(state)
    row.next_try_at = None
    row.last_error = why
    if state != OutboundEmail.State.FAILED:
        row.sent_at = timezone.now()
    if row.kind == ACCOUNT:  # it carried a code that opens an account
        row.text = row.html = ""
    row.save()


def _note(row: OutboundEmail, addresses: Iterable[str], state: str, detail: str = "") -> None:
    """Tell the message what became of it. Confirmations speak up only when they fail; notices to
    agents never: the tray shows those."""
    if row.message is None or row.kind not in TO_CUSTOMERS:
        return
    if row.kind != Letter.REPLIED and state != Delivery.State.FAILED:
        return
    for address in addresses:
        actions.note_delivery(row.message, address=address, state=state, detail=detail)
