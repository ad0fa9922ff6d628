"""Reading mailboxes. A letter is committed before the position moves past it."""

import random
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from helpdesk.lib.errors import DeskError
from mailgateway import imap
from mailgateway.inbound.ledger import digest, receive
from mailgateway.models import InboundEmail, Mailbox

LONGEST_WAIT = timedelta(minutes=30)


def mailboxes_due() -> list[int]:
    """Keys of mailboxes to be read now."""
    active = Mailbox.objects.filter(is_active=True).exclude(imap_host="")
    return list(active.filter(next_poll_at__lte=timezone.now()).values_list("pk", flat=True))


def poll(pk: int) -> Iterator[int]:
    """Store what is new in a mailbox; the keys of the rows, each after its commit.

    Does nothing while somebody else reads it. What goes wrong is written down with the mailbox,
    which is then left alone for a while, longer each time.
    """
    with imap.held(pk) as ours, override(settings.LANGUAGE_CODE):
        if not ours:
            return
        mailbox = Mailbox.objects.unopened().get(pk=pk)
        count = 0
        try:
            for letter in imap.fetch_new(mailbox):
                count += 1
                if row := _stored(mailbox, letter):
                    yield row
                Mailbox.objects.filter(pk=pk).update(
                    uid_validity=letter.uid_validity, last_uid=letter.uid
                )
        except DeskError as problem:
            _leave_alone(mailbox, str(problem))
        else:
            _note_success(mailbox, more_waits=count == imap.BATCH)


def _stored(mailbox: Mailbox, letter: imap.Fetched) -> int | None:
    """The row of a letter; None if it is in the ledger from before the server counted anew."""
    known = InboundEmail.objects.filter(mailbox=mailbox)
    if mailbox.uid_validity != letter.uid_validity:
        from_before = known.exclude(uid_validity=letter.uid_validity)
        if from_before.filter(sha256=digest(letter.raw)).exists():
            return None
    return receive(
        mailbox,
        letter.raw,
        uid_validity=letter.uid_validity,
        uid=letter.uid,
    ).pk


def _note_success(mailbox: Mailbox, *, more_waits: bool) -> None:
    now = timezone.now()
    # Half of the beat's interval, so that every beat finds it due.
    pause = timedelta(0) if more_waits else timedelta(seconds=settings.DESK_POLL_SECONDS / 2)
    Mailbox.objects.filter(pk=mailbox.pk).update(
        failures=0, last_error="", last_success_at=now, next_poll_at=now + pause
    )


def _leave_alone(mailbox: Mailbox, why: str) -> None:
    """Back-off with jitter: twice as long each time, at most half an hour."""
    failures = mailbox.failures + 1
    wait = timedelta(seconds=settings.DESK_POLL_SECONDS) * 2 ** min(failures - 1, 10)
    jitter = random.uniform(0.8, 1.2)  # noqa: S311
    Mailbox.objects.filter(pk=mailbox.pk).update(
        failures=failures,
        last_error=why,
        next_poll_at=timezone.now() + min(wait, LONGEST_WAIT) * jitter,
    )
