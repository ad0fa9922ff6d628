"""Trying out a mailbox: every step of reading in words."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from mailgateway.imap.folder import Folder
from mailgateway.imap.line import connected, in_words, sign_in
from mailgateway.models import AfterImport, Mailbox
from mailgateway.problems import MailboxProblem, Step, connection_steps


def check(mailbox: Mailbox) -> list[Step]:
    """Try to read: connect, sign in, open the folder, count, and see whether letters can be
    treated as they shall be. Ends at the first step that fails; changes nothing."""
    steps: list[Step] = []
    try:
        for step in _tried(mailbox):
            steps.append(step)  # noqa: PERF402 (those before a failure are wanted as well)
    except MailboxProblem as problem:
        steps.append(Step(done=False, sentence=str(problem)))
    return steps


def _tried(mailbox: Mailbox) -> Iterator[Step]:
    with connected(mailbox) as client:
        with in_words(mailbox):
            yield from connection_steps(client.socket(), mailbox.imap_host, mailbox.imap_port)
        sign_in(client, mailbox)
        yield Step(
            done=True,
            sentence=_("Signed in as %(user)s.") % {"user": mailbox.imap_user or mailbox.address},
        )
        folder = Folder(client, mailbox)
        yield Step(
            done=True,
            sentence=_("The folder “%(folder)s” is open. Letters: %(all)d, to be read: %(count)d.")
            % {
                "folder": mailbox.imap_folder,
                "all": int(folder.facts[b"EXISTS"]),
                "count": len(folder.to_fetch()),
            },
        )
        if mailbox.after_import != AfterImport.LEAVE:
            yield _treatment(mailbox, folder)


def _treatment(mailbox: Mailbox, folder: Folder) -> Step:
    """Whether what shall become of fetched letters is possible here."""
    folder.open_for_changes()
    if mailbox.after_import == AfterImport.SEEN:
        if folder.can_change(rb"\Seen"):
            return Step(done=True, sentence=_("Letters can be marked as read."))
        return Step(done=False, sentence=_("The server lets nobody mark letters as read here."))
    if not folder.can_change(rb"\Deleted"):
        return Step(done=False, sentence=_("The server lets nobody remove letters from here."))
    if mailbox.after_import == AfterImport.DELETE:
        return Step(done=True, sentence=_("Letters can be deleted."))
    if folder.has_folder(mailbox.move_to):
        sentence = _("Letters can be moved to “%(folder)s”.")
    else:
        sentence = _("Letters can be moved; the folder “%(folder)s” will be made.")
    return Step(done=True, sentence=sentence % {"folder": mailbox.move_to})
