"""What becomes of letters on the server once they are committed here: left, marked, moved, deleted.

Only letters of the ledger are touched, under the numbers they have now, and only while the server
still has the same letter there. Every step may be repeated.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from helpdesk.lib.errors import DeskError
from mailgateway import imap
from mailgateway.inbound.ledger import digest
from mailgateway.models import AfterImport, InboundEmail, Mailbox

log = logging.getLogger(__name__)

BATCH = 200
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]


@dataclass(frozen=True)
class Found:
    """A letter of the ledger on the server. Where the server cannot move, a try that broke off may
    have copied it already."""

    outline: imap.Outline
    may_be_copied: bool


def file_due(mailbox: Mailbox, folder: imap.Folder) -> None:
    """Treat the letters whose time has come; what goes wrong is noted with the mailbox and stops
    no reading."""
    letters = _due(mailbox)
    if not letters:
        return
    try:
        folder.open_for_changes()
        ours = list(_still_there(folder, letters))
        if ours:
            _TREATMENTS[mailbox.after_import](mailbox, folder, ours)
    except DeskError as problem:
        Mailbox.objects.filter(pk=mailbox.pk).update(filing_error=str(problem))
        return
    keys = [letter.pk for letter in letters]
    InboundEmail.objects.filter(pk__in=keys).update(filed_at=timezone.now(), next_file_at=None)
    if mailbox.filing_error:
        Mailbox.objects.filter(pk=mailbox.pk).update(filing_error="")


def _due(mailbox: Mailbox) -> list[InboundEmail]:
    """Letters whose time has come, by what the mailbox says now; each try is counted before it
    begins."""
    now = timezone.now()
    waiting = InboundEmail.objects.filter(
        mailbox=mailbox,
        place=mailbox.place,
        uid_validity=mailbox.uid_validity,
        next_file_at__lte=now,
    )
    columns = ("uid", "size", "sha256", "is_partial", "received_at", "file_tries")
    due = []
    for letter in waiting.only(*columns).order_by("next_file_at")[:BATCH]:
        at = mailbox.file_at(letter.received_at)  # the administrator may have changed their mind
        if at is None or at > now:
            InboundEmail.objects.filter(pk=letter.pk).update(next_file_at=at)
            continue
        if letter.is_partial and mailbox.after_import == AfterImport.DELETE:
            # The server alone has the rest of it.
            InboundEmail.objects.filter(pk=letter.pk).update(next_file_at=None)
            continue
        wait = WAITS[min(letter.file_tries, len(WAITS) - 1)]
        InboundEmail.objects.filter(pk=letter.pk).update(
            file_tries=F("file_tries") + 1, next_file_at=now + wait
        )
        due.append(letter)
    return due


def _still_there(folder: imap.Folder, letters: list[InboundEmail]) -> Iterator[Found]:
    """The letters that the server still has under their numbers, the very same ones."""
    by_number = {letter.uid: letter for letter in letters if letter.uid is not None}
    for uid, outline in folder.outlines(by_number):
        letter = by_number[uid]
        if not isinstance(outline, imap.Outline):
            continue
        same = outline.size == letter.size
        if not same and not letter.is_partial:  # some servers only guess at sizes
            same = digest(folder.letter(outline).raw) == letter.sha256
        if same:
            yield Found(outline, may_be_copied=letter.file_tries > 0)
        else:
            log.warning("Letter %s is another one on the server now; it is left", letter.pk)


def _mark_seen(mailbox: Mailbox, folder: imap.Folder, found: list[Found]) -> None:
    folder.mark_seen([one.outline.uid for one in found])


def _move(mailbox: Mailbox, folder: imap.Folder, found: list[Found]) -> None:
    to = mailbox.move_to
    folder.make_folder(to)
    copied = [
        one.outline.uid
        for one in found
        if one.may_be_copied and not folder.moves and folder.holds_copy(to, one.outline)
    ]
    if copied:
        folder.delete(copied)
    if left := [one.outline.uid for one in found if one.outline.uid not in copied]:
        folder.move(left, to)


def _delete(mailbox: Mailbox, folder: imap.Folder, found: list[Found]) -> None:
    folder.delete([one.outline.uid for one in found])


_TREATMENTS: dict[str, Callable[[Mailbox, imap.Folder, list[Found]], None]] = {
    AfterImport.SEEN: _mark_seen,
    AfterImport.MOVE: _move,
    AfterImport.DELETE: _delete,
}
