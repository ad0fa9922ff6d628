"""The only door to IMAP: letters are looked at, never changed, marked or moved on the server."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
)

from mailgateway.models import Mailbox, Security
from mailgateway.problems import MailboxProblem, Step, connection_problem, refuse_open_lines

BATCH = 200
TIMEOUT = SocketTimeout(connect=10, read=60)
# The first key of the advisory locks of mailboxes; the second is the mailbox.
_LOCKS = 4711


@dataclass(frozen=True)
class Fetched:
    """One letter as the server gave it."""

    uid_validity: int
    uid: int
    raw: bytes
    arrived_at: datetime


@contextmanager
def held(mailbox: int) -> Iterator[bool]:
    """Whether we are the only ones who read this mailbox now; released at the end, or by dying."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, mailbox])
        (ours,) = cursor.fetchone()
    try:
        yield ours
    finally:
        # A broken connection has let go of the lock by itself.
        if ours and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, mailbox])


def fetch_new(mailbox: Mailbox) -> Iterator[Fetched]:
    """Letters behind the mailbox's position, at most BATCH, oldest first, one in memory at a time.

    Where nothing was read yet, or the server began to count anew (UIDVALIDITY), from the first
    letter since `letters_since`. Raises MailboxProblem.
    """
    with _signed_in(mailbox) as client, _in_words(mailbox):
        validity = _select(client, mailbox)
        for uid in _behind(client, mailbox, validity)[:BATCH]:
            found = client.fetch([uid], ["BODY.PEEK[]", "INTERNALDATE"]).get(uid)
            if found is None:  # deleted meanwhile
                continue
            arrived = found.get(b"INTERNALDATE")
            yield Fetched(validity, uid, bytes(found[b"BODY[]"]), _aware(arrived))


def append(mailbox: Mailbox, folder: str, raw: bytes, *, letter_id: str, at: datetime) -> None:
    """Put a letter of ours, as read, into `folder`, unless one with its Message-ID lies there.
    Raises MailboxProblem."""
    with _signed_in(mailbox) as client, _in_words(mailbox):
        if not client.folder_exists(folder):
            raise MailboxProblem(
                _("There is no folder “%(folder)s” in this mailbox.") % {"folder": folder}
            )
        client.select_folder(folder, readonly=True)
        if not client.search(["HEADER", "Message-ID", f"<{letter_id}>"]):
            client.append(folder, raw, [b"\\Seen"], at)


def check(mailbox: Mailbox) -> list[Step]:
    """Try to read: connect, sign in, open the folder, count. Ends at the first step that fails."""
    steps = []
    try:
        with _signed_in(mailbox) as client:
            steps.append(Step(done=True, sentence=_("Connected to the IMAP server, signed in.")))
            with _in_words(mailbox):
                validity = _select(client, mailbox)
                waiting = len(_behind(client, mailbox, validity))
            steps.append(
                Step(
                    done=True,
                    sentence=_("The folder “%(folder)s” is open. Letters to be read: %(count)d.")
                    % {"folder": mailbox.imap_folder, "count": waiting},
                )
            )
    except MailboxProblem as problem:
        steps.append(Step(done=False, sentence=str(problem)))
    return steps


def _behind(client: IMAPClient, mailbox: Mailbox, validity: int) -> list[int]:
    if mailbox.uid_validity == validity:
        # "n:*" gives the newest letter even where it lies before n.
        found = client.search(["UID", f"{mailbox.last_uid + 1}:*"])
        return sorted(uid for uid in found if uid > mailbox.last_uid)
    if mailbox.letters_since is None:
        return sorted(client.search(["ALL"]))
    # A day more, because the server may live in another time zone than we.
    since = mailbox.letters_since - timedelta(days=1)
    return sorted(client.search(["SINCE", since]))


def _select(client: IMAPClient, mailbox: Mailbox) -> int:
    try:
        answer = client.select_folder(mailbox.imap_folder, readonly=True)
    except (IMAPClientAbortError, IMAPClientReadOnlyError):
        raise
    except IMAPClientError:
        raise MailboxProblem(
            _("There is no folder “%(folder)s” in this mailbox.") % {"folder": mailbox.imap_folder}
        ) from None
    return int(answer[b"UIDVALIDITY"])


@contextmanager
def _signed_in(mailbox: Mailbox) -> Iterator[IMAPClient]:
    if not mailbox.imap_host:
        raise MailboxProblem(_("No IMAP server is entered for this mailbox."))
    with _in_words(mailbox):
        client = _connected(mailbox)
    try:
        with _in_words(mailbox):
            try:
                client.login(mailbox.imap_user or mailbox.address, mailbox.imap_password)
            except LoginError as error:
                raise MailboxProblem(
                    _("%(host)s refuses this user and password: %(why)s")
                    % {"host": mailbox.imap_host, "why": error}
                ) from None
        yield client
    finally:
        with suppress(IMAPClientError, OSError):
            client.logout()


def _connected(mailbox: Mailbox) -> IMAPClient:
    security, context = mailbox.imap_security, ssl.create_default_context()
    if security == Security.NONE:
        refuse_open_lines(mailbox.imap_host)
    client = IMAPClient(
        mailbox.imap_host,
        port=mailbox.imap_port,
        ssl=security == Security.TLS,
        ssl_context=context if security == Security.TLS else None,
        timeout=TIMEOUT,
    )
    if security == Security.STARTTLS:
        client.starttls(context)
    return client


@contextmanager
def _in_words(mailbox: Mailbox) -> Iterator[None]:
    """Errors of the line and of the server as MailboxProblem."""
    host, port = mailbox.imap_host, mailbox.imap_port
    try:
        yield
    except (IMAPClientError, imaplib.IMAP4.error) as error:
        raise MailboxProblem(
            _("The IMAP server %(host)s refuses: %(why)s") % {"host": host, "why": error}
        ) from error
    except OSError as error:
        raise connection_problem(error, host, port) from error


def _aware(arrived: Any) -> datetime:
    """INTERNALDATE, which IMAPClient gives in this machine's local time, as UTC."""
    return arrived.astimezone(UTC) if isinstance(arrived, datetime) else datetime.now(UTC)
