"""Names of our own that come back to us: signed Message-IDs, reply addresses, subject tags.

    <t10001.m52.9f3c01ab.0123456789abcdef@desk.example>      ticket, message, a word, our signature
    billing+t10001.u7.k9c2.0123456789abcdef@desk.example     ticket, reader, day it ends, signature
    Re: No invoice [#10001]

The first two nobody can make but us. The third anybody can write, so it proves nothing.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from helpdesk.lib import tokens

REPLY_ADDRESS_DAYS = 60
_ID = re.compile(r"t(\d{1,18})\.m(\d{1,18})\.([0-9a-f]{8})\.([0-9a-f]{16})@", re.IGNORECASE)
_REPLY_TO = re.compile(r"\+(t(\d{1,18})\.u(\d{1,18})\.d(\d{1,7}))\.([0-9a-f]{16})@", re.IGNORECASE)
_TAG = re.compile(r"\[#(\d{1,18})\]")
_ANSWERED = re.compile(
    r"\s*(re|fwd?|aw|wg|rv|tr|sv|vs|antw|odp|ответ|відповідь|отв|пересл|fw)"
    r"\s*(\[\d{1,3}\]|\(\d{1,3}\))?\s*:\s*",
    re.IGNORECASE,
)
_NO_REPLY = re.compile(
    r"(no[-_.]?reply|do[-_.]?not[-_.]?reply|noreply[-_.+].*|nobody|mailer-daemon|postmaster|"
    r"bounces?|bounces?[-_.+].*|.*[-_.+]no-?reply|listserv|majordomo)@",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Named:
    """What a signed Message-ID of ours says. `message` is None in letters about no message."""

    ticket: int
    message: int | None


@dataclass(frozen=True)
class ReplyAddress:
    """What a signed reply address says: on which ticket who may answer."""

    ticket: int
    user: int


def make_letter_id(ticket: int, message: int | None, domain: str) -> str:
    """A new Message-ID, without angle brackets."""
    name = f"t{ticket}.m{message or 0}.{secrets.token_hex(4)}"
    return f"{name}.{tokens.short_mac('letter', name)}@{domain}"


def read_letter_id(letter_id: str) -> Named | None:
    """The ticket and message of a Message-ID that we made; None for all others."""
    found = _ID.match(letter_id.strip("<> \t"))
    if not found:
        return None
    ticket, message, word, mac = found.groups()
    name = f"t{ticket}.m{message}.{word.lower()}"
    if not secrets.compare_digest(tokens.short_mac("letter", name), mac.lower()):
        return None
    return Named(int(ticket), int(message) or None)


def make_customer_address(address: str, *, ticket: int) -> str:
    """`address` with the name of a conversation: for Reply-To of letters to customers. It says
    where an answer belongs, as our Message-IDs do, and gives nobody a right to speak there."""
    name, _at, domain = address.rpartition("@")
    secret = f"t{ticket}.c"
    return f"{name}+{secret}.{tokens.short_mac('reply', secret)}@{domain}"


def make_reply_address(address: str, *, ticket: int, user: int, today: date) -> str:
    """`address` with a secret that lets `user` answer on `ticket` for 60 days."""
    name, _at, domain = address.rpartition("@")
    last_day = (today + timedelta(days=REPLY_ADDRESS_DAYS)).toordinal()
    secret = f"t{ticket}.u{user}.d{last_day}"
    return f"{name}+{secret}.{tokens.short_mac('reply', secret)}@{domain}"


def read_reply_address(recipients: Iterable[str], *, today: date) -> ReplyAddress | None:
    """The first valid secret among the addresses a letter was sent to."""
    for recipient in recipients:
        found = _REPLY_TO.search(recipient)
        if not found:
            continue
        secret, ticket, user, last_day, mac = found.groups()
        genuine = secrets.compare_digest(tokens.short_mac("reply", secret.lower()), mac.lower())
        if genuine and today.toordinal() <= int(last_day):
            return ReplyAddress(int(ticket), int(user))
    return None


def without_secrets(text: str) -> str:
    """`text` with every reply address shortened to the mailbox's own."""
    return _REPLY_TO.sub("@", text)


def tags_in(subject: str) -> list[int]:
    """The ticket numbers that a subject names, as they stand."""
    return [int(number) for number in _TAG.findall(subject)]


def answer_subject(subject: str, ticket: int) -> str:
    """`Re: … [#10001]`: one Re, one tag at the end, whatever stood there before."""
    bare = " ".join(_TAG.sub(" ", subject).split())
    while (found := _ANSWERED.match(bare)) and found.end() < len(bare):
        bare = bare[found.end() :]
    return f"Re: {bare[:400]} [#{ticket}]"


def bare_subject(subject: str) -> str:
    """What a subject is about, to be compared: without Re and its like, without our tags, in lower
    case."""
    bare = " ".join(_TAG.sub(" ", subject).split())
    while found := _ANSWERED.match(bare):
        bare = bare[found.end() :]
    return bare.casefold()


def make_loop_mark() -> str:
    """What X-Loop says in our automatic letters: this desk wrote it. Nobody else can say so."""
    return tokens.short_mac("loop", "this desk")


def answers_nobody(address: str) -> bool:
    """Does nobody read what is sent there?"""
    return bool(_NO_REPLY.match(address)) or address.lower().endswith(".invalid")
