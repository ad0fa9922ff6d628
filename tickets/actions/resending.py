"""Answers that did not arrive: sent once more, or corrected."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import events
from tickets.actions import steps
from tickets.actions.conversation import reply_to_ticket
from tickets.attachments import contents_of
from tickets.models import Event, Message
from tickets.permissions import can_work_on, require
from tickets.search import remember_ticket


class NothingToResend(DeskError):
    """Everybody has this reply, or it is still on its way, or it was replaced."""

    status = 409


@transaction.atomic
def resend_reply(message: Message, *, by: User) -> list[str]:
    """Send the letters of `message` once more to those who have not got them, for all we know;
    their addresses. Whether it arrived there after all, nobody can tell: the letter is the same to
    the last byte, so that mail programs can."""
    ticket = steps.hold_living(message.ticket)
    message = Message.objects.select_for_update().get(pk=message.pk)
    require(can_work_on(by, ticket))
    addresses = message.missed_by
    if not addresses or message.withdrawn_at is not None:
        raise NothingToResend(_("There is nobody to send this reply to once more."))
    events.record(ticket, Event.Kind.RESENT, by=by, message=message, addresses=addresses)
    return addresses


@transaction.atomic
def correct_and_resend(message: Message, *, by: User, body: str, to: User | None = None) -> Message:
    """Replace a reply that reached nobody by a new one with `body` and the same files.

    With `to` the ticket becomes that person's: the address it was opened with was wrong. The old
    reply is kept and shown to agents as replaced.
    """
    ticket = steps.hold_living(message.ticket)
    message = Message.objects.select_for_update().get(pk=message.pk)
    require(can_work_on(by, ticket))
    if not message.reached_nobody:
        raise NothingToResend(_("Only a reply that reached nobody can be corrected."))
    details: dict[str, str] = {}
    if to is not None and to.pk != ticket.customer_id:
        details = {"before": ticket.customer.email, "after": to.email}
        ticket.customer = to
        ticket.save(update_fields=["customer"])
        remember_ticket(ticket)
    message.withdrawn_at = timezone.now()
    message.save(update_fields=["withdrawn_at"])
    ticket.first_answered_at = steps.first_answer_of(ticket)
    ticket.save(update_fields=["first_answered_at"])
    new = reply_to_ticket(ticket, by=by, body=body, files=contents_of(message))
    message.replaced_by = new
    message.save(update_fields=["replaced_by"])
    events.record(ticket, Event.Kind.CORRECTED, by=by, message=new, **details)
    return new
