"""The only door to SMTP: hands over one letter and says for each address what the server said."""

import re
import smtplib
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage

from django.utils.translation import gettext as _

from mailgateway.models import Mailbox, Security
from mailgateway.problems import MailboxProblem, Step, connection_problem, refuse_open_lines

TIMEOUT = 60


@dataclass
class Outcome:
    """What became of a letter. Every address stands in exactly one of the first three."""

    taken: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)  # for good (5xx): what the server said
    later: dict[str, str] = field(default_factory=dict)  # try again (4xx)


class NobodyKnows(Exception):
    """The whole letter was handed over, and the answer was lost: it may be on its way."""


def send(mailbox: Mailbox, letter: EmailMessage, recipients: Iterable[str]) -> Outcome:
    """Hand over `letter` from `mailbox` to `recipients`.

    Raises MailboxProblem when nothing was handed over and another try may help, NobodyKnows when
    the line broke after the letter.
    """
    content = letter.as_bytes()
    with _signed_in(mailbox) as smtp, _in_words(mailbox):
        return _handed_over(smtp, mailbox.address, list(recipients), content)


def check(mailbox: Mailbox) -> list[Step]:
    """Try to send: connect, sign in, without a letter. Ends at the first step that fails."""
    try:
        with _signed_in(mailbox):
            return [Step(done=True, sentence=_("Connected to the SMTP server, signed in."))]
    except MailboxProblem as problem:
        return [Step(done=False, sentence=str(problem))]


def _handed_over(smtp: smtplib.SMTP, sender: str, recipients: list[str], content: bytes) -> Outcome:
    outcome = Outcome()
    beyond_ascii = any(not _ascii_domain(one).isascii() for one in recipients)
    options = ["SMTPUTF8"] if beyond_ascii and smtp.has_extn("smtputf8") else []
    code, answer = smtp.mail(sender, options)
    if code != 250:
        return _all(outcome, recipients, code, answer)
    for one in recipients:
        address = _ascii_domain(one)
        if not address.isascii() and not options:
            outcome.refused[one] = _("This mail server knows no addresses of this kind.")
            continue
        code, answer = smtp.rcpt(address)
        if code in (250, 251):
            outcome.taken.append(one)
        else:
            _sort(outcome, one, code, answer)
    if not outcome.taken:
        return outcome
    taken, outcome.taken = outcome.taken, []
    code, answer = smtp.docmd("DATA")
    if code != 354:
        return _all(outcome, taken, code, answer)
    try:
        smtp.send(_dotted(content))
        code, answer = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise NobodyKnows(str(error)) from error
    if code != 250:
        return _all(outcome, taken, code, answer)
    outcome.taken = taken
    return outcome


def _all(outcome: Outcome, addresses: list[str], code: int, answer: bytes) -> Outcome:
    for one in addresses:
        _sort(outcome, one, code, answer)
    return outcome


def _sort(outcome: Outcome, address: str, code: int, answer: bytes) -> None:
    if code in (-1, 421):
        raise smtplib.SMTPServerDisconnected(answer.decode("utf-8", "replace"))
    said = f"{code} {answer.decode('utf-8', 'replace')}"[:500]
    (outcome.refused if 500 <= code < 600 else outcome.later)[address] = said


def _dotted(content: bytes) -> bytes:
    """`content` as it stands after DATA, with its end (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    return re.sub(rb"(?m)^\.", b"..", lines).removesuffix(b"\r\n") + b"\r\n.\r\n"


def _ascii_domain(address: str) -> str:
    name, _at, domain = address.rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return f"{name}@{domain}"


@contextmanager
def _signed_in(mailbox: Mailbox) -> Iterator[smtplib.SMTP]:
    if not mailbox.smtp_host:
        raise MailboxProblem(_("No SMTP server is entered for this mailbox."))
    with _in_words(mailbox):
        smtp = _connected(mailbox)
    try:
        with _in_words(mailbox):
            if mailbox.smtp_user:
                smtp.login(mailbox.smtp_user, mailbox.smtp_password)
        yield smtp
    finally:
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()


def _connected(mailbox: Mailbox) -> smtplib.SMTP:
    host, port = mailbox.smtp_host, mailbox.smtp_port
    context = ssl.create_default_context()
    if mailbox.smtp_security == Security.TLS:
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
    if mailbox.smtp_security == Security.NONE:
        refuse_open_lines(host)
    smtp = smtplib.SMTP(host, port, timeout=TIMEOUT)
    smtp.ehlo()
    if mailbox.smtp_security == Security.STARTTLS:
        smtp.starttls(context=context)
        smtp.ehlo()
    return smtp


@contextmanager
def _in_words(mailbox: Mailbox) -> Iterator[None]:
    """Errors of the line and of signing in as MailboxProblem."""
    host, port = mailbox.smtp_host, mailbox.smtp_port
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise MailboxProblem(
            _("%(host)s refuses this user and password: %(why)s")
            % {"host": host, "why": _said(error.smtp_error)}
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailboxProblem(
            _("The SMTP server %(host)s cannot do what is set here: %(why)s")
            % {"host": host, "why": error}
        ) from error
    except smtplib.SMTPResponseException as error:
        raise MailboxProblem(
            _("The SMTP server %(host)s refuses: %(why)s")
            % {"host": host, "why": _said(error.smtp_error)}
        ) from error
    except smtplib.SMTPException as error:  # an OSError too, so it stands first
        raise MailboxProblem(
            _("The connection to %(host)s, port %(port)d, broke: %(why)s.")
            % {"host": host, "port": port, "why": error}
        ) from error
    except OSError as error:
        raise connection_problem(error, host, port) from error


def _said(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
