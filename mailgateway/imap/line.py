"""The line to an IMAP server: who may read, connecting, signing in, its errors in sentences."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import connection
from django.utils.translation import gettext as _
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from mailgateway import oauth
from mailgateway.models import Mailbox, Security, SignIn
from mailgateway.problems import MailboxProblem, Refused, connection_problem, refuse_open_lines

TIMEOUT = SocketTimeout(connect=10, read=60)
# The first key of the advisory locks of mailboxes; the second is the mailbox.
_LOCKS = 4711


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


@contextmanager
def signed_in(mailbox: Mailbox) -> Iterator[IMAPClient]:
    """A connection on which `mailbox` has signed in. Raises MailboxProblem."""
    with connected(mailbox) as client:
        sign_in(client, mailbox)
        yield client


@contextmanager
def connected(mailbox: Mailbox) -> Iterator[IMAPClient]:
    """A connection on which nobody has signed in yet. Raises MailboxProblem."""
    if not mailbox.imap_host:
        raise MailboxProblem(_("No IMAP server is entered for this mailbox."))
    security, context = mailbox.imap_security, ssl.create_default_context()
    if security == Security.NONE:
        refuse_open_lines(mailbox.imap_host)
    with in_words(mailbox):
        client = IMAPClient(
            mailbox.imap_host,
            port=mailbox.imap_port,
            ssl=security == Security.TLS,
            ssl_context=context if security == Security.TLS else None,
            timeout=TIMEOUT,
        )
        client.normalise_times = False
        if security == Security.STARTTLS:
            client.starttls(context)
    try:
        yield client
    finally:
        with suppress(IMAPClientError, OSError):
            client.logout()


def sign_in(client: IMAPClient, mailbox: Mailbox) -> None:
    """Say who we are. Raises MailboxProblem."""
    user = mailbox.imap_user or mailbox.address
    by_oauth = mailbox.sign_in == SignIn.OAUTH
    token = oauth.access_token(mailbox) if by_oauth else ""
    with in_words(mailbox):
        try:
            if by_oauth:
                client.oauth2_login(user, token)
            else:
                client.login(user, mailbox.imap_password)
        except LoginError as error:
            facts = {"host": mailbox.imap_host, "user": user, "why": error}
            if by_oauth:
                oauth.distrust(mailbox)
                sentence = _("%(host)s does not let %(user)s in with OAuth 2: %(why)s")
            else:
                sentence = _("%(host)s refuses this user and password: %(why)s")
            raise MailboxProblem(sentence % facts) from None


@contextmanager
def in_words(mailbox: Mailbox) -> Iterator[None]:
    """Errors of the line as MailboxProblem; of a server that says no, as Refused."""
    host, port = mailbox.imap_host, mailbox.imap_port
    try:
        yield
    except IMAPClientAbortError as error:
        raise connection_problem(error, host, port) from error
    except (IMAPClientError, imaplib.IMAP4.error) as error:
        raise Refused(
            _("The IMAP server %(host)s refuses: %(why)s") % {"host": host, "why": error}
        ) from error
    except OSError as error:
        raise connection_problem(error, host, port) from error
