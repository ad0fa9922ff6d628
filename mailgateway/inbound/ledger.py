"""The ledger: keep first, understand later. A letter that breaks us stays there with its error."""

import hashlib
import logging
from datetime import datetime, timedelta
from typing import BinaryIO

from django.conf import settings
from django.core.files import File
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from mailgateway.inbound.bodies import storable
from mailgateway.inbound.steps import write_down
from mailgateway.inbound.understanding import understand
from mailgateway.models import InboundEmail, LetterStep, Mailbox

log = logging.getLogger(__name__)

WAITS = [timedelta(seconds=seconds) for seconds in (20, 60, 300, 900, 3600)]
AT_ONCE = 200
State = InboundEmail.State
What = LetterStep.What
# All but the bytes: they never change, and writing megabytes back costs more than reading them.
WHAT_BECAME = [
    one.name for one in InboundEmail._meta.concrete_fields if one.name not in ("id", "raw")
]


def digest(raw: bytes) -> str:
    """What two letters of the same bytes have in common."""
    return hashlib.sha256(raw).hexdigest()


def receive(
    mailbox: Mailbox,
    raw: bytes,
    *,
    uid_validity: int | None = None,
    uid: int | None = None,
    arrived_at: datetime | None = None,
    partial_of: int | None = None,
    whole: BinaryIO | None = None,
) -> InboundEmail:
    """Keep the bytes of a letter, committed at once outside of a transaction; never reads them.

    `arrived_at` is the server's INTERNALDATE; `partial_of` is the size of a letter that was too
    large, of which `raw` is the beginning; `whole` is all of it where no server keeps it, and is
    put beside the database before the row is. Where the server's number is known already, the row
    that has it comes back unchanged.
    """
    letter = InboundEmail(
        mailbox=mailbox,
        place=mailbox.place,
        uid_validity=uid_validity,
        uid=uid,
        arrived_at=arrived_at,
        raw=raw,
        sha256=digest(raw),
        size=len(raw) if partial_of is None else partial_of,
        is_partial=partial_of is not None,
    )
    if whole is not None:
        letter.whole.save("whole", File(whole), save=False)
    if uid is None or uid_validity is None:
        letter.save()
        return letter
    letter.next_file_at = mailbox.file_at(letter.received_at)
    InboundEmail.objects.bulk_create([letter], ignore_conflicts=True)
    return InboundEmail.objects.defer("raw").get(
        mailbox=mailbox, place=mailbox.place, uid_validity=uid_validity, uid=uid
    )


def unhandled(now: datetime) -> QuerySet[InboundEmail]:
    """Letters to be understood at `now`."""
    return InboundEmail.objects.filter(handled_at__isnull=True, next_try_at__lte=now)


def to_sweep() -> list[int]:
    """Keys of letters that wait to be understood, the oldest first."""
    return list(unhandled(timezone.now()).order_by("id").values_list("pk", flat=True)[:AT_ONCE])


def try_again(letters: QuerySet[InboundEmail]) -> int:
    """Let letters that were not understood be tried once more, from the beginning; how many."""
    return letters.filter(handled_at__isnull=True).update(
        tries=0, next_try_at=timezone.now(), state=State.RECEIVED, error=""
    )


def handle(pk: int) -> None:
    """Understand one letter, once, however often this is called."""
    if not _claim(pk):
        return
    with transaction.atomic(), override(settings.LANGUAGE_CODE):
        mine = InboundEmail.objects.select_for_update(skip_locked=True, of=("self",))
        letter = mine.filter(pk=pk).first()
        if letter is None or letter.handled_at is not None:
            return
        unopened = Mailbox.objects.unopened().select_related("department")
        letter.mailbox = unopened.get(pk=letter.mailbox_id)
        try:
            with transaction.atomic():
                understand(letter)
        except Exception as error:
            if not connection.is_usable():  # not the letter's fault
                raise
            log.exception("Letter %s of the ledger was not understood", pk)
            letter.refresh_from_db(fields=["state", "reason", "ticket", "message_pk"])
            letter.state = State.FAILED
            letter.error = storable(f"{type(error).__name__}: {error}")[:5000]
            write_down(letter, What.BROKE, detail=letter.error)
        else:
            letter.error, letter.next_try_at = "", None
            letter.handled_at = timezone.now()
            write_down(letter, What.UNDERSTOOD, detail=letter.reason)
        letter.save(update_fields=WHAT_BECAME)


@transaction.atomic
def _claim(pk: int) -> bool:
    """Count this try and commit it before anything can go wrong: a letter that kills the worker is
    not tried for ever. After the last try it waits for the administrator."""
    waiting = unhandled(timezone.now()).select_for_update(skip_locked=True)
    letter = waiting.filter(pk=pk).defer("raw").first()
    if letter is None:
        return False
    if letter.tries > len(WAITS):
        letter.state, letter.next_try_at = State.FAILED, None
        if not letter.error:
            write_down(letter, What.BROKEN_OFF)
        letter.error = letter.error or _("Every try to read this letter broke off.")
        letter.save(update_fields=["state", "next_try_at", "error"])
        return False
    letter.tries += 1
    last = letter.tries > len(WAITS)
    letter.next_try_at = timezone.now() + WAITS[-1 if last else letter.tries - 1]
    letter.save(update_fields=["tries", "next_try_at"])
    return True
