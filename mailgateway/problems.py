"""What mail servers do to us, in sentences for the person who set up the mailbox."""

import socket
import ssl
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from helpdesk.lib.errors import DeskError

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class MailboxProblem(DeskError):
    """A mailbox cannot be read, or nothing can be sent from it; says what to look at."""


@dataclass(frozen=True)
class Step:
    """One step of trying out a mailbox: did it succeed, and what is to be said of it."""

    done: bool
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def refuse_open_lines(host: str) -> None:
    """Raise MailboxProblem where an unprotected connection would leave this machine."""
    if host not in LOOPBACK:
        raise MailboxProblem(
            _("Without TLS we only speak to a mail server on this machine. Choose TLS or STARTTLS.")
        )


def connection_problem(error: Exception, host: str, port: int) -> MailboxProblem:
    """Why no connection came about, in a sentence."""
    place = {"host": host, "port": port}
    sentence: str | Promise
    if isinstance(error, ssl.SSLCertVerificationError):
        sentence = _("The certificate of %(host)s is not valid: %(why)s.") % {
            "host": host,
            "why": error.verify_message,
        }
    elif isinstance(error, ssl.SSLError):
        sentence = (
            _("%(host)s does not speak TLS on port %(port)d. Look at port and security.") % place
        )
    elif isinstance(error, socket.gaierror):
        sentence = _("There is no server named “%(host)s”.") % place
    elif isinstance(error, TimeoutError):
        sentence = _("%(host)s did not answer in time on port %(port)d.") % place
    elif isinstance(error, ConnectionRefusedError):
        sentence = _("%(host)s lets nobody in on port %(port)d.") % place
    else:
        sentence = _("The connection to %(host)s, port %(port)d, broke: %(why)s.") % {
            **place,
            "why": error,
        }
    return MailboxProblem(sentence)
