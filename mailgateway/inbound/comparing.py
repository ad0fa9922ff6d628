"""Counting letters on both sides. What the server has and the ledger has not is fetched."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from mailgateway import imap
from mailgateway.inbound import fetching
from mailgateway.models import InboundEmail, Mailbox
from mailgateway.problems import Refused

# So many missing letters are fetched at once; the rest when the mailbox is read next.
BATCH = 200
QUIET = time(3, 0)


def compare(mailbox: Mailbox, folder: imap.Folder, days: int | None) -> Iterator[int]:
    """Look for every letter of the last `days` (None: of all) in the ledger, fetch the missing,
    note both numbers with the mailbox; the keys of letters that came.

    Letters that arrived before `letters_since` are none of ours, those behind the position are
    simply new.
    """
    listed = folder.since(_first_day(mailbox, days))
    on_server = {uid for uid in listed if uid <= mailbox.last_uid}
    passed_by = set(mailbox.unfetched.values_list("uid", flat=True))
    missing = sorted(on_server - _in_ledger(mailbox) - passed_by)
    for uid, outline in folder.outlines(missing[:BATCH]):
        found = outline or Refused(_("The server lists this letter but does not hand it over."))
        yield from fetching.take(mailbox, folder, uid, found)
    now = timezone.now()
    mailbox.server_count = len(on_server)
    mailbox.ledger_count = len(on_server & _in_ledger(mailbox))
    mailbox.compared_at = now
    mailbox.next_compare_at = now if len(missing) > BATCH else _tonight(now)
    mailbox.save(update_fields=["server_count", "ledger_count", "compared_at", "next_compare_at"])


def _first_day(mailbox: Mailbox, days: int | None) -> date | None:
    if days is None:
        return mailbox.letters_since
    first = timezone.localdate() - timedelta(days=days)
    return max(first, mailbox.letters_since or first)


def _in_ledger(mailbox: Mailbox) -> set[int | None]:
    here = InboundEmail.objects.filter(
        mailbox=mailbox, place=mailbox.place, uid_validity=mailbox.uid_validity
    )
    return set(here.values_list("uid", flat=True))


def _tonight(now: datetime) -> datetime:
    """The next quiet hour, by the desk's clock."""
    tomorrow = timezone.localdate(now + timedelta(days=1))
    return timezone.make_aware(datetime.combine(tomorrow, QUIET))
