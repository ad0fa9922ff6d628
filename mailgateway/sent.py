"""Copies of our answers in the mailbox's own folder of sent letters, where its provider keeps none.

They have a column of their own (`copy_at`): whatever goes wrong here, the letter was sent.
"""

import logging
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.lib.errors import DeskError
from mailgateway import imap
from mailgateway.composing import assemble
from mailgateway.models import OutboundEmail

log = logging.getLogger(__name__)

PATIENCE = timedelta(minutes=6)
WAIT = timedelta(minutes=30)
GIVE_UP = timedelta(days=2)
AT_ONCE = 100


def due(now: datetime) -> QuerySet[OutboundEmail]:
    """Letters whose copy is to be made at `now`."""
    return OutboundEmail.objects.filter(copy_at__lte=now)


def to_sweep() -> list[int]:
    """Keys of letters whose copy is due, the oldest first."""
    return list(due(timezone.now()).order_by("copy_at").values_list("pk", flat=True)[:AT_ONCE])


def copy(pk: int) -> None:
    """Put a copy of one letter into its folder, unless it lies there already."""
    now = timezone.now()
    row = due(now).select_related("mailbox", "message").filter(pk=pk).first()
    if row is None or not due(now).filter(pk=pk).update(copy_at=now + PATIENCE):
        return
    row.copy_at, mailbox = None, row.mailbox
    if mailbox is not None and mailbox.sent_folder and mailbox.imap_host:
        at = row.sent_at or now
        try:
            raw = assemble(row, mailbox).as_bytes()
            imap.append(mailbox, mailbox.sent_folder, raw, letter_id=row.letter_id, at=at)
        except (DeskError, OSError, ValueError) as problem:
            log.warning("No copy of letter %s: %s", pk, problem)
            row.last_error = _("No copy in the folder of sent letters: %(why)s") % {"why": problem}
            row.copy_at = now + WAIT if now - at < GIVE_UP else None
        else:
            row.last_error = ""
    row.save(update_fields=["copy_at", "last_error"])
