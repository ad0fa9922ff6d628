"""What mail servers do to us, in sentences for the person who set up the mailbox."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from helpdesk.lib.errors import DeskError

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class MailboxProblem(DeskError):
    """A mailbox cannot be read, or nothing can be sent from it; says what to look at."""


class Refused(MailboxProblem):
    """The mail server said no to one thing; others may still be asked of it."""


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


def connection_steps(line: socket.socket, host: str, port: int) -> Iterator[Step]:
    """What is to be said of an open connection: with whom, and how it is protected."""
    yield Step(
        done=True,
        sentence=_("Connected to %(host)s (%(address)s), port %(port)d.")
        % {"host": host, "address": line.getpeername()[0], "port": port},
    )
    if isinstance(line, ssl.SSLSocket):
        until = ssl.cert_time_to_seconds(str((line.getpeercert() or {}).get("notAfter")))
        sentence = _("%(tls)s, the certificate is valid until %(day)s.") % {
            "tls": line.version(),
            "day": date_format(datetime.fromtimestamp(until, UTC)),
        }
    else:
        sentence = _("Without TLS, on this machine only.")
    yield Step(done=True, sentence=sentence)


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
