"""Too many letters of one sender: nothing is lost, and no agent drowns in tickets."""

from datetime import timedelta

from django.utils.translation import gettext as _

from departments.models import people_at
from mailgateway import routing, screening
from mailgateway.addresses import bare_subject, tags_in
from mailgateway.inbound.conversation import keep_on
from mailgateway.inbound.people import welcome
from mailgateway.models import InboundEmail
from mailgateway.parsing import ParsedEmail
from mailgateway.parsing.values import Address
from mailgateway.screening import Kind
from tickets.models import Ticket

State = InboundEmail.State
DAY = timedelta(days=1)
_LATEST = 50  # tickets that are looked at for the same subject


def held_back(letter: InboundEmail, parsed: ParsedEmail, sender: Address) -> bool:
    """Keep a letter of a flood from opening a ticket; False where it may.

    Beyond the bound a letter with the subject of a ticket that this sender began in the last 24
    hours joins it as a note. Any other waits in the ledger until somebody lets it through.
    Whatever names a ticket is an answer and none of our business here.
    """
    answers = tags_in(parsed.subject) or routing.ticket_of_reply(parsed) is not None
    if answers or not screening.is_flood(letter):
        return False
    letter.kind = Kind.FLOOD
    ticket = _same_subject(letter, parsed)
    if ticket is not None:
        keep_on(letter, parsed, ticket, welcome(sender, parsed), why="flood", is_automatic=True)
    else:
        letter.state = State.HELD
        letter.reason = _("Too many letters of this sender in an hour.")
    return True


def _same_subject(letter: InboundEmail, parsed: ParsedEmail) -> Ticket | None:
    began = Ticket.objects.filter(
        customer__in=people_at([letter.sender]), created_at__gt=letter.received_at - DAY
    )
    subject = bare_subject(parsed.subject)
    latest = began.order_by("-pk")[:_LATEST]
    return next((one for one in latest if bare_subject(one.subject) == subject), None)
