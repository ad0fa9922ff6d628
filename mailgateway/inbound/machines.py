"""Letters that machines wrote: bounces, receipts and automatic answers. Kept for agents, never
answered, and none of them moves a ticket."""

from django.utils.translation import gettext as _

from departments import actions as people
from departments.models import people_at
from mailgateway import routing
from mailgateway.composing import TO_OUTSIDE
from mailgateway.inbound.bodies import storable
from mailgateway.inbound.conversation import keep_on
from mailgateway.inbound.people import sender_of, welcome
from mailgateway.models import AutomaticMail, InboundEmail, OutboundEmail
from mailgateway.parsing import DeliveryReport, ParsedEmail
from mailgateway.screening import Kind, Verdict
from tickets import actions
from tickets.models import Delivery

State = InboundEmail.State
# X.3 and X.6 speak of the letter, X.7 of what somebody thinks of it: the address may be well.
_NOT_THE_ADDRESS = ("3", "6", "7")


def report(letter: InboundEmail, parsed: ParsedEmail, verdict: Verdict) -> None:
    """A mail server says what became of a letter of ours, or a mail program that it was read.

    What failed marks the address on the message and stands on the ticket for its agents; the
    person's address is marked as one that letters come back from. A delay shows at the message as
    "we try again". Receipts change nothing. Nobody is written to, whatever it says.
    """
    letter.state = State.BOUNCE if verdict.kind == Kind.BOUNCE else State.AUTOMATIC
    row = routing.letter_that_bounced(parsed)
    if row is None:
        if verdict.kind == Kind.BOUNCE:
            letter.reason = _("It does not say which of our letters it answers.")
        return
    letter.ticket = row.ticket
    found = parsed.delivery_report
    if found is None or verdict.kind == Kind.RECEIPT:
        return
    detail = storable(found.diagnostic or found.status or parsed.subject)
    if verdict.kind == Kind.DELAY:
        _note_delay(row, detail)
        return
    addresses = _failed(found, row)
    _note_people(row, found, addresses, detail)
    if row.ticket is None or row.message is None or row.kind not in TO_OUTSIDE:
        return
    for address in addresses:
        actions.note_delivery(
            row.message, address=address, state=Delivery.State.FAILED, detail=detail
        )
    keep_on(letter, parsed, row.ticket, None, why="bounce", is_automatic=True)


def _failed(report: DeliveryReport, row: OutboundEmail) -> list[str]:
    """Those of our addresses that failed. A letter to one person that came back because of an
    address we do not know was passed on there."""
    named = [one.lower() for one in report.failed]
    ours = row.addresses
    return [one for one in ours if one in named] or (ours if len(ours) == 1 else [])


def _note_delay(row: OutboundEmail, detail: str) -> None:
    """It is still tried: shown where it was thought to be sent, never over a failure."""
    if row.message is None or row.kind not in TO_OUTSIDE:
        return
    waiting = Delivery.objects.filter(
        message=row.message, state__in=[Delivery.State.SENT, Delivery.State.UNCERTAIN]
    )
    addresses = set(waiting.values_list("address", flat=True))
    for address in [one for one in row.addresses if one in addresses]:
        actions.note_delivery(
            row.message, address=address, state=Delivery.State.RETRYING, detail=detail
        )


def _note_people(
    row: OutboundEmail, report: DeliveryReport, addresses: list[str], detail: str
) -> None:
    """Remember whose letters come back. Notices to an agent are paused after some in a row."""
    if report.status[2:3] in _NOT_THE_ADDRESS:
        return
    pause_after = 0 if row.kind in TO_OUTSIDE else AutomaticMail.limits().pause_after
    for person in people_at(addresses).order_by("pk"):
        people.note_returned_mail(
            person, status=report.status, detail=detail, pause_after=pause_after
        )


def automatic(letter: InboundEmail, parsed: ParsedEmail, verdict: Verdict) -> bool:
    """A machine answered: kept on its ticket. Without a ticket, auto-replies stay in the ledger and
    notices begin one (False), like everything that no machine wrote."""
    if verdict.kind not in {Kind.AUTO_REPLY, Kind.NOTICE}:
        return False
    ticket = routing.ticket_of_reply(parsed)
    if ticket is None and verdict.kind == Kind.NOTICE:
        return False
    letter.state = State.AUTOMATIC
    if ticket is not None:
        author = welcome(sender_of(parsed), parsed)
        keep_on(letter, parsed, ticket, author, why="auto_reply", is_automatic=True)
    return True
