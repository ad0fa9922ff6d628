"""What kind of letter is this? What the letter says itself (`verdicts`), and what rows know: is it
our own, did a machine answer one of ours, are there too many of its sender?"""

from datetime import datetime, timedelta

from mailgateway.addresses import make_loop_mark, read_letter_id
from mailgateway.models import AutomaticMail, InboundEmail, Mailbox, OutboundEmail
from mailgateway.parsing import ParsedEmail
from mailgateway.verdicts import UNANSWERED, Kind, Verdict, kind_of
from tickets.audience import Letter

__all__ = ["UNANSWERED", "Kind", "Verdict", "is_flood", "kind_of", "verdict"]

HOUR = timedelta(hours=1)
# Between the moment a letter is taken by the next server and an answer that a person wrote. Clocks
# differ, so an answer may even be dated before it.
FASTER_THAN_PEOPLE = timedelta(seconds=10)
CLOCKS_DIFFER = timedelta(seconds=60)


def verdict(letter: ParsedEmail, mailbox: Mailbox) -> Verdict:
    """What kind of letter `letter` is, come to `mailbox`. The first rule that says so decides."""
    if own := _own(letter, mailbox):
        return own
    found = kind_of(letter)
    if found.kind == Kind.PERSON and (seconds := _too_fast(letter)) is not None:
        return Verdict(Kind.AUTO_REPLY, f"Date: {seconds} s")
    return found


def is_flood(letter: InboundEmail) -> bool:
    """Did more letters of this sender come in the last hour than may open tickets?"""
    most = AutomaticMail.limits().letters_per_hour
    lately = InboundEmail.objects.filter(
        sender=letter.sender,
        received_at__gt=letter.received_at - HOUR,
        received_at__lte=letter.received_at,
    ).exclude(pk=letter.pk)
    return bool(most) and lately[:most].count() >= most


def _own(letter: ParsedEmail, mailbox: Mailbox) -> Verdict | None:
    """Our own letter that came back: to the mailbox that sent it, or by way of a list that changed
    its sender. What one mailbox of ours writes to another on purpose is a letter."""
    marked = [one.strip() for one in letter.headers_all("x-loop")]
    if read_letter_id(letter.message_id):
        reason = f"Message-ID: {letter.message_id}"
    elif make_loop_mark() in marked:
        reason = f"X-Loop: {make_loop_mark()}"
    else:
        return None
    sender = letter.sender.email if letter.sender else ""
    here = mailbox.address.lower()
    written_to = {one.email for one in [*letter.to, *letter.cc]}
    if sender != here and here in written_to and _is_another_of_ours(sender):
        return None
    return Verdict(Kind.OWN, reason[:200])


def _is_another_of_ours(sender: str) -> bool:
    return Mailbox.objects.filter(address__iexact=sender).exists()


def _too_fast(letter: ParsedEmail) -> int | None:
    """Seconds after which somebody answered an automatic letter of ours, if that is less than
    anybody needs to read it: a machine that keeps to no RFC. None for everything else."""
    ours = [one for one in letter.in_reply_to if read_letter_id(one)]
    if not ours or letter.date is None:
        return None
    sent: datetime | None = (
        OutboundEmail.objects.filter(letter_id=ours[0])
        .exclude(kind__in=[Letter.REPLIED, Letter.SIDE])
        .values_list("sent_at", flat=True)
        .first()
    )
    if sent is None:
        return None
    took = letter.date - sent
    return round(took.total_seconds()) if -CLOCKS_DIFFER < took < FASTER_THAN_PEOPLE else None
