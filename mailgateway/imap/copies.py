"""Letters of ours that are put into a folder on the server."""

from datetime import datetime

from django.utils.translation import gettext as _

from mailgateway.imap.line import in_words, signed_in
from mailgateway.models import Mailbox
from mailgateway.problems import MailboxProblem


def append(mailbox: Mailbox, folder: str, raw: bytes, *, letter_id: str, at: datetime) -> None:
    """Put a letter of ours, as read, into `folder`, unless one with its Message-ID lies there.
    Raises MailboxProblem."""
    with signed_in(mailbox) as client, in_words(mailbox):
        if not client.folder_exists(folder):
            raise MailboxProblem(
                _("There is no folder “%(folder)s” in this mailbox.") % {"folder": folder}
            )
        client.select_folder(folder, readonly=True)
        if not client.search(["HEADER", "Message-ID", f"<{letter_id}>"]):
            client.append(folder, raw, [b"\\Seen"], at)
