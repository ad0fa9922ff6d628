"""Names of our own that come back to us: signed Message-IDs, plus-addresses, subject tags.

    <t10001.m52.9f3c01ab.0123456789abcdef@desk.example>      ticket, message, a word, our signature
    billing+t10001.c.0123456789abcdef@desk.example           the ticket of a customer's conversation
    billing+t10001.s3.0123456789abcdef@desk.example          a side conversation about the ticket
    billing+t10001.u7.d739945.0123456789abcdef@desk.example  ticket, agent who answers, last day
    billing+t10001.n7.d739945.0123456789abcdef@desk.example  the same for a note
    billing+b815.0123456789abcdef@desk.example               our letter that a bounce gives back
    Re: No invoice [#10001]

All but the last nobody can make but us. The tag anybody can write, so it proves nothing.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from helpdesk.lib import tokens
from helpdesk.lib.names import harmless

REPLY_ADDRESS_DAYS = 60
_LONGEST_SUBJECT = 1_000
_ID = re.compile(r"t(\d{1,18})\.m(\d{1,18})\.([0-9a-f]{8})\.([0-9a-f]{16})@", re.IGNORECASE)
# In links of HTML the plus may be coded.
_PLUS = r"(?:\+|%2b|&#43;)"
_REPLY_TO = re.compile(
    _PLUS
    + r"(t(\d{1,18})\.(?:c|s(\d{1,18})|([un])(\d{1,18})\.d(\d{1,7})))\.([0-9a-f]{16})(?=@|%40)",
    re.IGNORECASE,
)
# Links that ask for no sign-in (tickets.links): who has them rates or stops letters. A signed token
# is a value, a time and 43 signs of signature; programs that look for viruses code its colons.
_PROOF = re.compile(
    r"((?:/|%2f)(?:ratings|letters)(?:/|%2f))[.\w-]{6,}(?::|%3a)[\w-]{4,10}(?::|%3a)[\w-]{43}(?:/|%2f)?",
    re.IGNORECASE,
)
_BOUNCE_TO = re.compile(r"\+(b(\d{1,18}))\.([0-9a-f]{16})@", re.IGNORECASE)
_TAG = re.compile(r"\[#(\d{1,18})\]")
# What mail programs put before a subject, in their own languages: first answers, then forwards.
_FORWARDED_WORDS = (
    "fwd?|fw|wg|tr|vs|pd|pr|enc|rv|doorst|továbbítás|ilt|vl"
    "|пересл|пересилання|пересылка|переслано|пер|пр|πρθ|転送|转发|轉寄"
)
_ANSWERED_WORDS = (
    "re|aw|antw|antwort|sv|odp|res|rif|rép|ref|vá|ynt|bls|ha|на"
    "|ответ|отв|відповідь|відп|від|отг|απ|回复|回覆|答复|返信"
)
_MARK = r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*[:：]\s*"
_FORWARDED = re.compile(rf"\s*(?:{_FORWARDED_WORDS}){_MARK}", re.IGNORECASE)
_ANSWERED = re.compile(rf"\s*(?:{_ANSWERED_WORDS}|{_FORWARDED_WORDS}){_MARK}", re.IGNORECASE)
# "[EXTERNAL]", the name of a list: words that servers put before a subject.
_LABEL = re.compile(r"\s*\[[^\[\]]{1,60}\]\s*")
# In one word: the name of a host, as mail programs make links of; an address of a page.
_HOST = re.compile(r"://|www\.|\w\.[^\W\d_]{2}", re.IGNORECASE)
_PLACE = re.compile(r"://|www\.|\w\.[^\W\d_]{2,63}(?::\d{1,5})?[/?#]", re.IGNORECASE)
_NO_REPLY = re.compile(
    r"(no[-_.]?reply|do[-_.]?not[-_.]?reply|noreply[-_+.].*|nobody|mailer-daemon|postmaster|"
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
    """What a signed plus-address says: which ticket, and in an agent's own which `user` may answer
    there, or with `is_note` write a note. After its last day it names the ticket and no more.
    `side` is the side conversation whose letters it stood in."""

    ticket: int
    side: int | None = None
    user: int | None = None
    is_note: bool = False
    has_expired: bool = False


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
    if not _is_genuine("letter", name, mac):
        return None
    return Named(int(ticket), int(message) or None)


def make_customer_address(address: str, *, ticket: int) -> str:
    """`address` with the name of a conversation: for Reply-To of letters to customers. It says
    where an answer belongs, as our Message-IDs do, and gives nobody a right to speak there."""
    return _with_plus(address, f"t{ticket}.c", "reply")


def make_side_address(address: str, *, ticket: int, side: int) -> str:
    """`address` with the name of a side conversation: for Reply-To of letters to third parties."""
    return _with_plus(address, f"t{ticket}.s{side}", "reply")


def make_reply_address(address: str, *, ticket: int, user: int, today: date) -> str:
    """`address` with a secret that lets the agent `user` answer on `ticket` for 60 days."""
    return _with_plus(address, f"t{ticket}.u{user}.d{_last_day(today)}", "reply")


def make_note_address(address: str, *, ticket: int, user: int, today: date) -> str:
    """`address` with a secret that lets the agent `user` write notes on `ticket` for 60 days."""
    return _with_plus(address, f"t{ticket}.n{user}.d{_last_day(today)}", "reply")


def make_bounce_address(address: str, *, letter: int) -> str:
    """`address` with the number of a letter of the tray: for the envelope sender, so that a bounce
    says by where it arrives which letter it gives back."""
    return _with_plus(address, f"b{letter}", "bounce")


def read_reply_address(recipients: Iterable[str], *, today: date) -> ReplyAddress | None:
    """What the genuine plus-address among `recipients` says. One that still lets somebody speak
    counts before one that does not, else the first."""
    claims = [claim for one in recipients if (claim := _read(one, today))]
    return min(claims, key=lambda one: one.user is None or one.has_expired, default=None)


def read_bounce_address(recipients: Iterable[str]) -> int | None:
    """The number of the letter of ours that a bounce came back for."""
    for recipient in recipients:
        found = _BOUNCE_TO.search(recipient)
        if found and _is_genuine("bounce", found[1], found[3]):
            return int(found[2])
    return None


def without_secrets(text: str) -> str:
    """`text` with every signed plus-address shortened to the mailbox's own, and every link that is
    its own proof cut behind the name of what it leads to: answers quote them, and others read
    those."""
    return _PROOF.sub(r"\1", _REPLY_TO.sub("", text))


def _last_day(today: date) -> int:
    return (today + timedelta(days=REPLY_ADDRESS_DAYS)).toordinal()


def _with_plus(address: str, name: str, purpose: str) -> str:
    mailbox, _at, domain = address.rpartition("@")
    return f"{mailbox}+{name}.{tokens.short_mac(purpose, name)}@{domain}"


def _read(recipient: str, today: date) -> ReplyAddress | None:
    found = _REPLY_TO.search(recipient)
    if not found or not _is_genuine("reply", found[1], found[7]):
        return None
    _name, ticket, side, kind, user, last_day, _mac = found.groups()
    if not kind:
        return ReplyAddress(int(ticket), int(side) if side else None)
    has_expired = today.toordinal() > int(last_day)
    return ReplyAddress(int(ticket), None, int(user), kind.lower() == "n", has_expired)


def _is_genuine(purpose: str, name: str, mac: str) -> bool:
    return secrets.compare_digest(tokens.short_mac(purpose, name.lower()), mac.lower())


def tags_in(subject: str) -> list[int]:
    """The ticket numbers that a subject names, as they stand."""
    return [int(number) for number in _TAG.findall(subject)]


def answer_subject(subject: str, ticket: int) -> str:
    """`Re: … [#10001]`: one Re, one tag at the end, whatever stood there before."""
    return f"Re: {unanswered(subject)} [#{ticket}]"


def unanswered(subject: str) -> str:
    """A subject without Re and our tags, at most 400 characters."""
    bare = " ".join(_TAG.sub(" ", subject[:_LONGEST_SUBJECT]).split())
    while (found := _ANSWERED.match(bare)) and found.end() < len(bare):
        bare = bare[found.end() :]
    return bare[:400]


def tagged(subject: str, ticket: int) -> str:
    """`subject [#10001]`: as somebody wrote it, with one tag at the end."""
    bare = " ".join(_TAG.sub(" ", subject[:_LONGEST_SUBJECT]).split())
    return f"{bare[:400]} [#{ticket}]"


def without_links(text: str, *, with_hosts: bool) -> str:
    """`text` with … for every web address in it; `with_hosts` leaves the bare name of a host, which
    is no link where it stands in the subject of a letter."""
    wanted = _PLACE if with_hosts else _HOST
    return " ".join("…" if wanted.search(one) else one for one in text.split())


def bare_subject(subject: str) -> str:
    """What a subject is about, to be compared: without Re, Fwd and their like, without our tags and
    what servers put in brackets before it, in lower case."""
    # As stored subjects are.
    bare = _TAG.sub(" ", harmless(subject[:_LONGEST_SUBJECT]))
    while found := _ANSWERED.match(bare) or _LABEL.match(bare):
        bare = bare[found.end() :]
    return " ".join(bare.casefold().split())


def is_forward(subject: str) -> bool:
    """Does a mail program say that the letter passes on another one?"""
    subject = subject[:_LONGEST_SUBJECT]
    while found := _LABEL.match(subject):
        subject = subject[found.end() :]
    return bool(_FORWARDED.match(subject))


def make_loop_mark() -> str:
    """What X-Loop says in our automatic letters: this desk wrote it. Nobody else can say so."""
    return tokens.short_mac("loop", "this desk")


def answers_nobody(address: str) -> bool:
    """Does nobody read what is sent there?"""
    return bool(_NO_REPLY.match(address)) or address.lower().endswith(".invalid")
