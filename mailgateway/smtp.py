"""The only door to SMTP: hands over one letter and says for each address what the server said."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage

from django.utils.translation import gettext as _

from helpdesk.lib.mail import UTF8_POLICY, ascii_domain
from mailgateway import oauth
from mailgateway.models import Mailbox, Security, SignIn
from mailgateway.problems import (
    MailboxProblem,
    Step,
    connection_problem,
    connection_steps,
    refuse_open_lines,
)

# Seconds a server may take for the greeting, for each answer, for the answer behind the letter
# (RFC 5321, 4.5.3.2 allows more; we give a letter up as uncertain instead, and hold up no others),
# and for the good-bye.
GREETING, TIMEOUT, LAST_ANSWER, GOOD_BYE = 30, 60, 120, 5
# "Sign in first" (RFC 4954, RFC 3207): no fault of the letter or of whom it goes to.
_SIGN_IN_FIRST = frozenset({530, 534, 535, 538})
_NO_RELAY = re.compile(rb"\brelay", re.IGNORECASE)
_TOO_LARGE = re.compile(rb"5\.3\.4\b")


@dataclass
class Outcome:
    """What became of a letter. Every address stands in exactly one of the three."""

    taken: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)  # for good (5xx): what the server said
    later: dict[str, str] = field(default_factory=dict)  # try again (4xx)


class NotLetIn(MailboxProblem):
    """The server cannot be reached, or wants nothing from this mailbox: no letter of it gets out
    until somebody mends that."""


class NobodyKnows(Exception):
    """The whole letter was handed over, and the answer was lost: it may be on its way to those who
    stand as taken in `outcome`."""

    def __init__(self, why: str, outcome: Outcome) -> None:
        super().__init__(why)
        self.outcome = outcome


@dataclass(frozen=True)
class _Envelope:
    """A letter as it goes over: from where, to whom, its bytes."""

    mailbox: Mailbox
    recipients: list[str]
    content: bytes
    with_utf8: bool


def _nothing(outcome: Outcome) -> None:
    pass


def send(
    mailbox: Mailbox,
    letter: EmailMessage,
    recipients: Iterable[str],
    *,
    before_end: Callable[[Outcome], None] = _nothing,
) -> Outcome:
    """Hand over `letter` from `mailbox` to `recipients`.

    `before_end` is called when all but the last dot was sent, with what is known by then; before
    that dot no server takes a letter, behind it any may have. What it raises comes through, and
    the letter is not sent.

    Raises MailboxProblem when nothing was handed over and another try may help (NotLetIn when no
    other letter of this mailbox would fare better), NobodyKnows when the line broke behind the
    letter, ValueError for a letter that cannot be written.
    """
    content = letter.as_bytes()
    with _signed_in(mailbox) as smtp, _in_words(mailbox):
        addresses = list(recipients)
        beyond_ascii = any(not ascii_domain(one).isascii() for one in addresses)
        with_utf8 = beyond_ascii and smtp.has_extn("smtputf8")
        if with_utf8:
            content = letter.as_bytes(policy=UTF8_POLICY)
        envelope = _Envelope(mailbox, addresses, content, with_utf8=with_utf8)
        return _handed_over(smtp, envelope, before_end)


def check(mailbox: Mailbox) -> list[Step]:
    """Try to send: connect, sign in, name the sender and ourselves as the recipient; no letter.
    Ends at the first step that fails."""
    steps: list[Step] = []
    try:
        with _signed_in(mailbox) as smtp, _in_words(mailbox):
            if smtp.sock is not None:
                steps += connection_steps(smtp.sock, mailbox.smtp_host, mailbox.smtp_port)
            if mailbox.smtp_user or mailbox.sign_in == SignIn.OAUTH:
                user = mailbox.smtp_user or mailbox.address
                steps.append(Step(done=True, sentence=_("Signed in as %(user)s.") % {"user": user}))
            for ask in (smtp.mail, smtp.rcpt):
                code, answer = ask(mailbox.address)
                if code // 100 != 2:
                    raise _sender_refused(mailbox, code, answer)
            smtp.rset()
            steps.append(
                Step(
                    done=True,
                    sentence=_("It takes letters from %(address)s.") % {"address": mailbox.address},
                )
            )
    except MailboxProblem as problem:
        steps.append(Step(done=False, sentence=str(problem)))
    return steps


def _handed_over(
    smtp: smtplib.SMTP, envelope: _Envelope, before_end: Callable[[Outcome], None]
) -> Outcome:
    outcome = Outcome()
    mailbox, content = envelope.mailbox, envelope.content
    recipients = envelope.recipients
    options = ["SMTPUTF8"] if envelope.with_utf8 else []
    if smtp.has_extn("size"):
        limit = smtp.esmtp_features["size"]
        if limit.isdigit() and 0 < int(limit) < len(content):
            said = _("The letter has %(size)d bytes, the mail server takes %(limit)s.")
            outcome.refused |= dict.fromkeys(
                recipients, said % {"size": len(content), "limit": limit}
            )
            return outcome
        options.append(f"SIZE={len(content)}")
    code, answer = smtp.mail(mailbox.address, options)
    if 500 <= code < 600 and code != 552 and not _TOO_LARGE.search(answer):
        raise NotLetIn(str(_sender_refused(mailbox, code, answer)))
    if code // 100 != 2:
        return _all(outcome, recipients, code, answer)
    unknown: MailboxProblem | None = None
    for one in recipients:
        address = ascii_domain(one)
        if not address.isascii() and not envelope.with_utf8:
            outcome.refused[one] = _("This mail server knows no addresses of this kind.")
            continue
        code, answer = smtp.rcpt(address)
        if code // 100 == 2:
            outcome.taken.append(one)
        elif 500 <= code < 600 and _NO_RELAY.search(answer):
            # It does not know us; the address may be as good as any.
            outcome.later[one] = f"{code} {_said(answer)}"[:500]
            unknown = _sender_refused(mailbox, code, answer)
        else:
            _sort(outcome, one, code, answer)
    if not outcome.taken:
        if unknown is not None:
            raise unknown
        return outcome
    code, answer = smtp.docmd("DATA")
    if code == 354:
        smtp.send(_dotted(content))
        before_end(outcome)
        code, answer = _last_answer(smtp, outcome)
        if code // 100 == 2:
            return outcome
    taken, outcome.taken = outcome.taken, []
    return _all(outcome, taken, code, answer)


def _last_answer(smtp: smtplib.SMTP, outcome: Outcome) -> tuple[int, bytes]:
    """Send the dot that ends the letter: 2xx, 4xx or 5xx, anything else tells us nothing."""
    try:
        if smtp.sock is not None:
            smtp.sock.settimeout(LAST_ANSWER)
        smtp.send(b".\r\n")
        code, answer = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise NobodyKnows(str(error), outcome) from error
    if code // 100 not in {2, 4, 5}:
        raise NobodyKnows(_said(answer), outcome)
    return code, answer


def _all(outcome: Outcome, addresses: list[str], code: int, answer: bytes) -> Outcome:
    for one in addresses:
        _sort(outcome, one, code, answer)
    return outcome


def _sort(outcome: Outcome, address: str, code: int, answer: bytes) -> None:
    if code in (-1, 421):
        raise smtplib.SMTPServerDisconnected(_said(answer))
    if code in _SIGN_IN_FIRST:
        raise smtplib.SMTPAuthenticationError(code, answer)
    said = f"{code} {_said(answer)}"[:500]
    (outcome.refused if 500 <= code < 600 else outcome.later)[address] = said


def _sender_refused(mailbox: Mailbox, code: int, answer: bytes) -> MailboxProblem:
    return MailboxProblem(
        _("%(host)s takes no letters from %(address)s: %(why)s")
        % {
            "host": mailbox.smtp_host,
            "address": mailbox.address,
            "why": f"{code} {_said(answer)}",
        }
    )


def _dotted(content: bytes) -> bytes:
    """`content` as it stands after DATA, without the dot that ends it (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", content)
    return re.sub(rb"(?m)^\.", b"..", lines).removesuffix(b"\r\n") + b"\r\n"


@contextmanager
def _signed_in(mailbox: Mailbox) -> Iterator[smtplib.SMTP]:
    if not mailbox.smtp_host:
        raise NotLetIn(_("No SMTP server is entered for this mailbox."))
    with _in_words(mailbox, NotLetIn):
        smtp = _connected(mailbox)
    try:
        with _in_words(mailbox, NotLetIn):
            _prepare(smtp, mailbox)
        yield smtp
        with suppress(OSError, smtplib.SMTPException):
            if smtp.sock is not None:
                smtp.sock.settimeout(GOOD_BYE)
            smtp.quit()
    finally:
        # After a fault no QUIT: in the middle of a letter it would be a line of the letter.
        smtp.close()


def _sign_in_by_oauth(smtp: smtplib.SMTP, mailbox: Mailbox) -> None:
    said = oauth.xoauth2(mailbox.smtp_user or mailbox.address, oauth.access_token(mailbox))

    def answer(challenge: bytes | None = None) -> str:
        return "" if challenge else said  # a challenge is a refusal that wants an empty answer

    smtp.ehlo_or_helo_if_needed()
    try:
        smtp.auth("XOAUTH2", answer)
    except smtplib.SMTPAuthenticationError:
        oauth.distrust(mailbox)
        raise


def _connected(mailbox: Mailbox) -> smtplib.SMTP:
    host, port = mailbox.smtp_host, mailbox.smtp_port
    # A name of our own: asking the network for this machine's may take long and tells strangers.
    name = ascii_domain(mailbox.address).rpartition("@")[2]
    if mailbox.smtp_security == Security.TLS:
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, name, timeout=GREETING, context=context)
    if mailbox.smtp_security == Security.NONE:
        refuse_open_lines(host)
    return smtplib.SMTP(host, port, name, timeout=GREETING)


def _prepare(smtp: smtplib.SMTP, mailbox: Mailbox) -> None:
    """Everything before a letter: names, protection, signing in."""
    if smtp.sock is not None:
        smtp.sock.settimeout(TIMEOUT)
        # The dot goes alone, and must not wait for the other side to confirm the letter.
        smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    smtp.ehlo_or_helo_if_needed()
    if mailbox.smtp_security == Security.STARTTLS:
        smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo()
    if mailbox.sign_in == SignIn.OAUTH:
        _sign_in_by_oauth(smtp, mailbox)
    elif mailbox.smtp_user:
        smtp.login(mailbox.smtp_user, mailbox.smtp_password)


@contextmanager
def _in_words(mailbox: Mailbox, kind: type[MailboxProblem] = MailboxProblem) -> Iterator[None]:
    """Errors of the line and of signing in as MailboxProblem."""
    host, port = mailbox.smtp_host, mailbox.smtp_port
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise NotLetIn(
            _("%(host)s refuses this user and password: %(why)s")
            % {"host": host, "why": _said(error.smtp_error)}
        ) from error
    except smtplib.SMTPNotSupportedError as error:
        raise NotLetIn(
            _("The SMTP server %(host)s cannot do what is set here: %(why)s")
            % {"host": host, "why": error}
        ) from error
    except smtplib.SMTPResponseException as error:
        raise kind(
            _("The SMTP server %(host)s refuses: %(why)s")
            % {"host": host, "why": _said(error.smtp_error)}
        ) from error
    except smtplib.SMTPException as error:  # an OSError too, so it stands first
        raise kind(
            _("The connection to %(host)s, port %(port)d, broke: %(why)s.")
            % {"host": host, "port": port, "why": error}
        ) from error
    except OSError as error:
        raise kind(str(connection_problem(error, host, port))) from error


def _said(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
