"""What kind of letter is this? What the letter says itself (`verdicts`), and what rows know: is it
our own, are there too many of its sender?"""

from datetime import timedelta

from django.utils import timezone

from mailgateway.addresses import read_letter_id
from mailgateway.models import InboundEmail, Mailbox
from mailgateway.parsing import ParsedEmail
from mailgateway.verdicts import Kind, Verdict, kind_of

__all__ = ["FLOOD_PER_HOUR", "Kind", "Verdict", "kind_of", "verdict"]

FLOOD_PER_HOUR = 30


def verdict(letter: ParsedEmail, mailbox: Mailbox) -> Verdict:
    """What kind of letter `letter` is, come to `mailbox`. The first rule that says so decides."""
    sender = letter.sender.email if letter.sender else ""
    if read_letter_id(letter.message_id) and sender == mailbox.address.lower():
        return Verdict(Kind.OWN, f"Message-ID: {letter.message_id}")
    found = kind_of(letter)
    if found.kind == Kind.PERSON and _recent_letters(sender) >= FLOOD_PER_HOUR:
        return Verdict(Kind.FLOOD, f"more than {FLOOD_PER_HOUR} letters in an hour")
    return found


def _recent_letters(sender: str) -> int:
    since = timezone.now() - timedelta(hours=1)
    return InboundEmail.objects.filter(sender=sender, received_at__gte=since).count()
