"""One letter from the server into the ledger. One that the server does not hand over is written
down and tried again later; those behind it do not wait."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from mailgateway import imap
from mailgateway.inbound.bodies import storable
from mailgateway.inbound.ledger import digest, receive
from mailgateway.models import InboundEmail, Mailbox, UnfetchedLetter
from mailgateway.problems import MailboxProblem, Refused

WAITS = [timedelta(minutes=minutes) for minutes in (5, 30, 120, 720, 1440)]
AT_ONCE = 20
# After two weeks of daily tries the administrator decides.
MOST_TRIES = 18


def take(
    mailbox: Mailbox, folder: imap.Folder, uid: int, outline: imap.Outline | Refused | None
) -> Iterator[int]:
    """Fetch and store one letter; the key of its row, unless it is known or not handed over."""
    try:
        yield from _stored(mailbox, folder, uid, outline)
    except Refused as problem:
        pass_by(mailbox, uid, str(problem))


def _stored(
    mailbox: Mailbox, folder: imap.Folder, uid: int, outline: imap.Outline | Refused | None
) -> Iterator[int]:
    if outline is None:  # deleted meanwhile
        return
    if isinstance(outline, Refused):
        raise outline
    may_be_known = uid < mailbox.relisted_to
    if may_be_known and _known(mailbox, outline, *_same_outline(outline)):
        return
    letter = folder.letter(outline)
    if may_be_known and _known(mailbox, outline, Q(sha256=digest(letter.raw))):
        return
    yield receive(
        mailbox,
        letter.raw,
        uid_validity=mailbox.uid_validity,
        uid=uid,
        arrived_at=outline.arrived_at,
        partial_of=outline.size if letter.is_partial else None,
    ).pk


def _same_outline(outline: imap.Outline) -> list[Q]:
    """What makes it needless to fetch a letter again; nothing where the server says too little."""
    if not (outline.letter_id and outline.size and outline.arrived_at):
        return []
    return [
        Q(
            letter_id=storable(outline.letter_id)[:998],
            size=outline.size,
            arrived_at=outline.arrived_at,
        )
    ]


def _known(mailbox: Mailbox, outline: imap.Outline, *same: Q) -> bool:
    """Whether the letter is in the ledger from before the server counted anew; its row then gets
    the number it has now."""
    if not same:
        return False
    here = Q(place=mailbox.place, uid_validity=mailbox.uid_validity)
    letters = InboundEmail.objects.filter(*same, mailbox=mailbox).exclude(here)
    row = letters.order_by("id").only("received_at").first()
    if row is None:
        return False
    row.place, row.uid_validity, row.uid = mailbox.place, mailbox.uid_validity, outline.uid
    row.arrived_at, row.filed_at = outline.arrived_at, None
    row.next_file_at = mailbox.file_at(row.received_at)
    row.save(
        update_fields=["place", "uid_validity", "uid", "arrived_at", "filed_at", "next_file_at"]
    )
    return True


def pass_by(mailbox: Mailbox, uid: int, why: str) -> None:
    """Write down that a letter could not be fetched."""
    mailbox.unfetched.get_or_create(
        uid=uid, defaults={"error": why, "next_try_at": timezone.now() + WAITS[0]}
    )


def again(mailbox: Mailbox, folder: imap.Folder) -> Iterator[int]:
    """Try letters that were passed by before; the keys of those that came.

    The try is counted before it begins, so that a letter which breaks the line does so seldom.
    """
    due = mailbox.unfetched.filter(next_try_at__lte=timezone.now())
    for row in list(due.order_by("next_try_at")[:AT_ONCE]):
        last = row.tries + 1 >= MOST_TRIES
        wait = WAITS[min(row.tries, len(WAITS) - 1)]
        UnfetchedLetter.objects.filter(pk=row.pk).update(
            tries=F("tries") + 1, next_try_at=None if last else timezone.now() + wait
        )
        try:
            ((uid, outline),) = folder.outlines([row.uid])
            yield from _stored(mailbox, folder, uid, outline)
        except MailboxProblem as problem:
            UnfetchedLetter.objects.filter(pk=row.pk).update(error=str(problem))
            if not isinstance(problem, Refused):
                raise
        else:
            row.delete()
