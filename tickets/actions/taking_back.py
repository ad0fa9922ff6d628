"""What was sent comes back within its seconds of grace."""

from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import events
from tickets.actions import steps
from tickets.actions.drafting import put_back
from tickets.actions.undoing import undo
from tickets.lifecycle import OURS, Status
from tickets.models import Event, Message, Ticket
from tickets.permissions import can_take_back, require


class TooLate(DeskError):
    """The seconds of grace have passed."""

    status = 409


@transaction.atomic
def take_back_reply(message: Message, *, by: User) -> Message:
    """Withdraw a reply, or a word to a third party, within its seconds of grace; its text and files
    are the author's draft, above what they have begun to write meanwhile. What canned replies did
    with it is undone as well, where it still stands."""
    ticket = Ticket.objects.locked(message.ticket)
    message = Message.objects.select_for_update().get(pk=message.pk)
    require(can_take_back(by, message))
    if not message.can_still_be_taken_back:
        raise TooLate(_("Too late: this reply is on its way already."))
    for event in message.events.filter(kind=Event.Kind.MACRO).order_by("-pk"):
        with suppress(DeskError), transaction.atomic():
            undo(event, by=by)
    ticket = Ticket.objects.locked(ticket)
    message.withdrawn_at = timezone.now()
    message.save(update_fields=["withdrawn_at"])
    Message.objects.filter(replaced_by=message).update(replaced_by=None, withdrawn_at=None)
    put_back(message, ticket, by)
    was = message.events.filter(kind=Event.Kind.REPLIED).values_list("details", flat=True).first()
    before = (was or {}).get("before")
    if before and ticket.status == (was or {}).get("after"):
        # The customer waited for us before, and still does.
        ticket.status = before
        ticket.solved_at = timezone.now() if before == Status.SOLVED else None
        ticket.closed_at = None
        asks = (was or {}).get("was", {}).get("ask_rating_at")
        ticket.ask_rating_at = datetime.fromisoformat(asks) if asks else None
        held = (was or {}).get("hold_until")
        ticket.hold_until = datetime.fromisoformat(held) if held else None
    ticket.first_answered_at = steps.first_answer_of(ticket)
    if ticket.status in OURS and (waited := (was or {}).get("waited_since")):
        # To the microsecond: steps of escalation know a wait by when it began.
        ticket.waiting_since = datetime.fromisoformat(waited)
    ticket.save(
        update_fields=["status", "solved_at", "closed_at", "first_answered_at", "waiting_since"]
    )
    steps.move(ticket, Status(ticket.status), until=ticket.hold_until)
    events.record(ticket, Event.Kind.TAKEN_BACK, by=by, message=message)
    return message
