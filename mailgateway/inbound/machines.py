"""Letters that machines wrote: bounces and automatic answers. Kept for agents, never answered."""

from django.utils.translation import gettext as _

from mailgateway import routing
from mailgateway.composing import TO_CUSTOMERS
from mailgateway.inbound.bodies import storable
from mailgateway.inbound.conversation import keep_on
from mailgateway.inbound.people import sender_of, welcome
from mailgateway.models import InboundEmail, OutboundEmail
from mailgateway.parsing import ParsedEmail
from mailgateway.screening import Kind, Verdict
from tickets import actions
from tickets.models import Delivery

State = InboundEmail.State


def bounce(letter: InboundEmail, parsed: ParsedEmail) -> None:
    """A mail server gave up, or says that it still tries: mark the address, tell no customer."""
    letter.state = State.BOUNCE
    report = parsed.delivery_report
    row = routing.letter_that_bounced(parsed)
    if report is not None and report.action not in ("failed", ""):
        letter.state = State.AUTOMATIC
        letter.ticket = row.ticket if row else None
        return
    if row is None:
        letter.reason = _("It does not say which of our letters it answers.")
        return
    letter.ticket = row.ticket
    if row.ticket is None or row.message is None or row.kind not in TO_CUSTOMERS:
        return
    detail = (report.diagnostic or report.status) if report else parsed.subject
    for address in _failed(parsed, row):
        actions.note_delivery(
            row.message, address=address, state=Delivery.State.FAILED, detail=storable(detail)
        )
    keep_on(letter, parsed, row.ticket, None, why="bounce", is_automatic=True)


def _failed(parsed: ParsedEmail, row: OutboundEmail) -> list[str]:
    report = parsed.delivery_report
    named = [one.lower() for one in report.failed] if report else []
    ours = row.addresses
    return [one for one in named if one in ours] or (ours if len(ours) == 1 else [])


def automatic(letter: InboundEmail, parsed: ParsedEmail, verdict: Verdict) -> bool:
    """A machine answered: kept on its ticket. Without a ticket, auto-replies stay in the ledger and
    notices begin one (False)."""
    ticket = routing.ticket_of_reply(parsed)
    if ticket is None and verdict.kind == Kind.NOTICE:
        return False
    letter.state = State.AUTOMATIC
    if ticket is not None:
        author = welcome(sender_of(parsed), parsed)
        keep_on(letter, parsed, ticket, author, why="auto_reply", is_automatic=True)
    return True
