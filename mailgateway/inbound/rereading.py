"""A letter read once more from its bytes: with today's parser, or in a charset somebody chose."""

import logging

from django.utils.translation import gettext as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from mailgateway.charsets import codec_for
from mailgateway.inbound.bodies import body_of, parsed_of, storable
from mailgateway.inbound.steps import write_down
from mailgateway.models import InboundEmail, LetterStep
from mailgateway.parsing import ParsedEmail
from tickets import actions
from tickets.models import Ticket
from tickets.permissions import can_work_on, require

log = logging.getLogger(__name__)

LARGEST_LOOKED_INTO = 25 * 1024 * 1024


def look_into(letter: InboundEmail, *, charset: str = "") -> ParsedEmail | None:
    """What stands in a letter, for a page; None if that cannot be said without danger or fails."""
    if letter.was_broken_off or letter.size > LARGEST_LOOKED_INTO:
        return None
    try:
        return parsed_of(letter, charset=charset)
    except Exception:  # the very letters that somebody wants to look at are those that break us
        log.exception("Letter %s of the ledger cannot be looked into", letter.pk)
        return None


def ticket_behind(letter: InboundEmail) -> Ticket | None:
    """Where the message stands now that `letter` became: it may have been split off meanwhile."""
    if letter.message_pk is None:
        return letter.ticket
    return Ticket.objects.filter(messages__pk=letter.message_pk).first() or letter.ticket


def may_fetch(user: User, letter: InboundEmail) -> bool:
    """May `user` have the bytes as they came? Whoever answers for the letter; agents who work on
    its ticket, but not what another agent wrote by mail: it names the address that lets them."""
    if InboundEmail.objects.visible_to(user).filter(pk=letter.pk).exists():
        return True
    ticket = ticket_behind(letter)
    if ticket is None or letter.message_pk is None or not can_work_on(user, ticket):
        return False
    author = ticket.messages.select_related("author").get(pk=letter.message_pk).author
    return author is None or author.pk == user.pk or not author.is_agent


def read_again(letter: InboundEmail, *, by: User, charset: str = "") -> bool:
    """Put what is read from `letter` now in the place of what its message says; whether that
    changed anything. `charset` is a label, empty for what the letter itself says.

    For those who work on the ticket. Its subject follows where the letter began it.
    """
    ticket = ticket_behind(letter)
    if ticket is None or letter.message_pk is None:
        raise DeskError(_("This letter became no message. Make a ticket of it by hand."))
    require(can_work_on(by, ticket))
    if charset and codec_for(charset) is None:
        raise DeskError(_("There is no charset “%(name)s”.") % {"name": charset[:60]})
    parsed = look_into(letter, charset=charset)
    if parsed is None:
        raise DeskError(_("This letter cannot be read."))
    message = ticket.messages.get(pk=letter.message_pk)
    began_it = letter.state == InboundEmail.State.TICKET and letter.ticket_id == ticket.pk
    changed = actions.reread_message(
        message,
        body=body_of(parsed, keep_quoted=message.from_customer),
        subject=storable(parsed.subject) if began_it else None,
        by=by,
    )
    if changed:
        letter.subject = storable(parsed.subject)[:500]
        letter.save(update_fields=["subject"])
        write_down(letter, LetterStep.What.REREAD, by=by, detail=parsed.charset)
    return changed
