"""What people do with letters of the ledger: run them again, make a ticket, ignore them.

For those who answer for a letter: whoever sets mailboxes up, and leads of its department.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from departments.actions import vouch_for, welcome_customer
from departments.models import Department, User
from helpdesk.lib.errors import DeskError
from mailgateway.inbound.bodies import files_of, storable
from mailgateway.inbound.ledger import handle, try_again
from mailgateway.inbound.people import recipients, sender_of
from mailgateway.inbound.rereading import look_into, read_again
from mailgateway.inbound.steps import write_down
from mailgateway.inbound.understanding import fingerprint
from mailgateway.models import InboundEmail, LetterStep
from mailgateway.routing import ids_in
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.models import Ticket
from tickets.permissions import require, works_in

State = InboundEmail.State
What = LetterStep.What

PATIENCE = 5.0  # seconds in which many letters are run again at once; the sweep takes the others
# Machines wrote these, and machines are not answered by a machine of ours.
BY_MACHINES = frozenset({State.AUTOMATIC, State.BOUNCE, State.OWN})


@dataclass
class Tally:
    """What became of several letters that were run again."""

    done: int = 0
    broken: int = 0
    later: int = 0

    def __str__(self) -> str:
        """In a sentence."""
        count = self.done + self.broken + self.later
        said = ngettext(
            "%(done)d of %(all)d letter was understood.",
            "%(done)d of %(all)d letters were understood.",
            count,
        ) % {"done": self.done, "all": count}
        later = _("The worker tries the others in a moment.")
        return f"{said} {later}" if self.later else said


def can_handle(user: User, letter: InboundEmail) -> bool:
    """Does `user` answer for this letter?"""
    return InboundEmail.objects.visible_to(user).filter(pk=letter.pk).exists()


def can_be_ticket(letter: InboundEmail) -> bool:
    """Can somebody make a ticket of it by hand? Not of what stands on one already."""
    return letter.message_pk is None and letter.state != State.DUPLICATE


def run_again(letter: InboundEmail, *, by: User) -> InboundEmail:
    """Try to understand a letter once more, now; `letter` as it is afterwards.

    One that waits is tried from the beginning, and what was held back goes through. One that became
    a message is read again: no second ticket. A letter that broke the worker off is left to the
    worker, so that it cannot take a page along.
    """
    require(can_handle(by, letter))
    if not letter.can_be_decided:
        read_again(letter, by=by)
        return letter
    _let_it_be_tried(letter, by)
    if not letter.was_broken_off:
        handle(letter.pk)
    letter.refresh_from_db()
    return letter


def run_all_again(letters: Iterable[InboundEmail], *, by: User) -> Tally:
    """`run_again` for letters that wait, and how that went. Others are left alone."""
    began, tally = monotonic(), Tally()
    for letter in letters:
        if not letter.can_be_decided:
            continue
        if monotonic() - began > PATIENCE:
            _let_it_be_tried(letter, by)
        else:
            run_again(letter, by=by)
        if letter.handled_at is not None:
            tally.done += 1
        elif letter.error:
            tally.broken += 1
        else:
            tally.later += 1
    return tally


@transaction.atomic
def _let_it_be_tried(letter: InboundEmail, by: User) -> None:
    """From the beginning, by whoever comes first: the caller, the worker or the sweep."""
    require(can_handle(by, letter))
    mine = _locked(letter)
    if not mine.can_be_decided:
        raise DeskError(_("Somebody else has just decided about this letter."))
    write_down(mine, What.RELEASED if mine.state == State.HELD else What.AGAIN, by=by)
    InboundEmail.objects.filter(pk=letter.pk).update(handled_at=None)
    try_again(InboundEmail.objects.filter(pk=letter.pk))
    letter.refresh_from_db()


@transaction.atomic
def ignore(letter: InboundEmail, *, by: User, reason: str) -> InboundEmail:
    """Nothing is to become of a letter that waits; it stays in the ledger with the reason."""
    require(can_handle(by, letter))
    why = " ".join(storable(reason).split())
    if not why:
        raise DeskError(_("Say why it is to be ignored."))
    letter = _locked(letter)
    if not letter.can_be_decided:
        raise DeskError(_("Somebody else has just decided about this letter."))
    _settle(letter, State.IGNORED, reason=why)
    letter.save()
    write_down(letter, What.IGNORED, by=by, detail=why)
    return letter


@transaction.atomic
def ignore_all(letters: Iterable[InboundEmail], *, by: User, reason: str) -> int:
    """`ignore` for letters that wait; how many. Others are left alone."""
    waiting = [letter for letter in letters if letter.can_be_decided]
    for letter in waiting:
        ignore(letter, by=by, reason=reason)
    return len(waiting)


@transaction.atomic
def make_ticket(
    letter: InboundEmail,
    *,
    by: User,
    department: Department,
    customer: str,
    name: str = "",
    subject: str,
    text: str,
) -> Ticket:
    """Begin a ticket of a letter that became none, in the name of `customer` (an address).

    Files of the letter go with it; where it cannot be read, the letter itself does. What a machine
    wrote is not answered with a confirmation.
    """
    require(can_handle(by, letter) and works_in(by, department))
    letter = _locked(letter)
    if not can_be_ticket(letter):
        raise DeskError(_("This letter stands on a ticket already."))
    parsed = look_into(letter)
    whole = IncomingFile(f"{letter.pk}.eml", bytes(letter.raw), "message/rfc822")
    person = welcome_customer(customer, name=storable(name))
    vouch_for(person)
    ticket = actions.open_ticket(
        customer=person,
        by=person,
        subject=storable(subject),
        body=storable(text),
        department=department,
        files=files_of(parsed) if parsed else [whole],
        channel=Ticket.Channel.MAIL,
        why=actions.BY_HAND,
        is_automatic=letter.state in BY_MACHINES,
    )
    if parsed is not None:
        letter.letter_id = storable(parsed.message_id)[:998]
        letter.sender = sender_of(parsed).email
        letter.recipients = recipients(parsed)
        letter.parents = [storable(one)[:998] for one in ids_in(parsed)]
        letter.fingerprint = fingerprint(parsed, letter.sha256)
    letter.sender = letter.sender or person.email
    letter.subject = letter.subject or ticket.subject
    _settle(letter, State.TICKET)
    letter.ticket = ticket
    letter.message_pk = ticket.messages.values_list("pk", flat=True).get()
    letter.save()
    write_down(letter, What.BY_HAND, by=by, detail=f"#{ticket.number}")
    return ticket


def _settle(letter: InboundEmail, state: str, *, reason: str = "") -> None:
    letter.state, letter.reason = state, reason[:300]
    letter.error, letter.next_try_at = "", None
    letter.handled_at = timezone.now()


def _locked(letter: InboundEmail) -> InboundEmail:
    """`letter` fresh from the database and held until the transaction ends, its bytes left out."""
    return InboundEmail.objects.light().select_for_update(of=("self",)).get(pk=letter.pk)
