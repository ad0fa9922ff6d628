"""Reading mailboxes. A letter is committed before the position moves past it."""

import random
from collections.abc import Generator, Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from helpdesk.lib.errors import DeskError
from mailgateway import imap
from mailgateway.inbound import comparing, fetching, filing
from mailgateway.models import Mailbox

BATCH = 200
LONGEST_WAIT = timedelta(minutes=30)
# So often reading may break off at one letter before the letter is passed by.
MOST_TRIES = 3


def mailboxes_due() -> list[int]:
    """Keys of mailboxes to be read now."""
    active = Mailbox.objects.filter(is_active=True).exclude(imap_host="")
    return list(active.filter(next_poll_at__lte=timezone.now()).values_list("pk", flat=True))


def poll(pk: int) -> Iterator[int]:
    """Store what is new in a mailbox; the keys of the rows, each after its commit.

    Afterwards fetched letters are treated on the server as the mailbox says, and once a night both
    sides are compared. Does nothing while somebody else reads it. What goes wrong is written down
    with the mailbox, which is then left alone for a while, longer each time.
    """
    with imap.held(pk) as ours, override(settings.LANGUAGE_CODE):
        if not ours:
            return
        mailbox = Mailbox.objects.unopened().get(pk=pk)
        try:
            with imap.opened(mailbox) as folder:
                more_waits = yield from _new(mailbox, folder)
                _note_success(mailbox, more_waits=more_waits)
                yield from fetching.again(mailbox, folder)
                if not more_waits and mailbox.next_compare_at <= timezone.now():
                    yield from comparing.compare(mailbox, folder, mailbox.compare_days)
                filing.file_due(mailbox, folder)
        except DeskError as problem:
            _leave_alone(mailbox, problem)


def compare_all(pk: int) -> Iterator[int]:
    """Compare a mailbox with the ledger now, back to its first letter; the keys of letters that
    were missing. Raises MailboxProblem. Nothing happens while somebody else reads it."""
    with imap.held(pk) as ours:
        if not ours:
            return
        mailbox = Mailbox.objects.unopened().get(pk=pk)
        with imap.opened(mailbox) as folder:
            yield from _new(mailbox, folder)
            yield from comparing.compare(mailbox, folder, None)


def _new(mailbox: Mailbox, folder: imap.Folder) -> Generator[int, None, bool]:
    """Fetch what lies behind the position, oldest first; whether more waits."""
    if mailbox.uid_validity != folder.validity:
        mailbox.uid_validity, mailbox.last_uid = folder.validity, 0
        mailbox.relisted_to = folder.next_uid
        mailbox.unfetched.all().delete()
        mailbox.save(update_fields=["uid_validity", "last_uid", "relisted_to"])
    waiting = folder.to_fetch()
    batch = waiting[:BATCH]
    if batch and _breaks_off_at(mailbox, batch[0]):
        why = mailbox.last_error or _("Reading broke off at this letter.")
        fetching.pass_by(mailbox, batch[0], why)
        _move_to(mailbox, batch.pop(0))
    for uid, outline in folder.outlines(batch):
        yield from fetching.take(mailbox, folder, uid, outline)
        _move_to(mailbox, uid)
    return len(waiting) > BATCH


def _breaks_off_at(mailbox: Mailbox, uid: int) -> bool:
    """Count this try at the first letter of a batch, committed before anything can go wrong;
    whether there were too many."""
    same = mailbox.trying_uid == uid
    mailbox.trying_uid, mailbox.trying_times = uid, mailbox.trying_times + 1 if same else 1
    mailbox.save(update_fields=["trying_uid", "trying_times"])
    return mailbox.trying_times > MOST_TRIES


def _move_to(mailbox: Mailbox, uid: int) -> None:
    mailbox.last_uid = uid
    mailbox.save(update_fields=["last_uid"])


def _note_success(mailbox: Mailbox, *, more_waits: bool) -> None:
    now = timezone.now()
    # Half of the beat's interval, so that every beat finds it due.
    pause = timedelta(0) if more_waits else timedelta(seconds=settings.DESK_POLL_SECONDS / 2)
    Mailbox.objects.filter(pk=mailbox.pk).update(
        failures=0,
        last_error="",
        last_success_at=now,
        next_poll_at=now + pause,
        silent_since=now,
        alarmed_at=None,
    )


def _leave_alone(mailbox: Mailbox, problem: DeskError) -> None:
    """Back-off with jitter: twice as long each time, at most half an hour."""
    failures = mailbox.failures + 1
    wait = timedelta(seconds=settings.DESK_POLL_SECONDS) * 2 ** min(failures - 1, 10)
    jitter = random.uniform(0.8, 1.2)  # noqa: S311
    Mailbox.objects.filter(pk=mailbox.pk).update(
        failures=failures,
        last_error=str(problem),
        next_poll_at=timezone.now() + min(wait, LONGEST_WAIT) * jitter,
    )
