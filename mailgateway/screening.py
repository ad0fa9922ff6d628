"""What kind of letter is this? A verdict with its reason, from headers alone (RFC 3834, RFC 3464,
and what vendors write instead)."""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.utils import timezone

from mailgateway.addresses import read_letter_id
from mailgateway.models import InboundEmail, Mailbox
from mailgateway.parsing import ParsedEmail

FLOOD_PER_HOUR = 30


class Kind(StrEnum):
    """What kind of letter."""

    PERSON = "person"
    OWN = "own"  # ours, come back to the mailbox that sent it
    BOUNCE = "bounce"
    AUTO_REPLY = "auto_reply"  # answers by itself: somebody is away, a letter was read
    NOTICE = "notice"  # a machine wrote it
    LIST = "list"
    FLOOD = "flood"


# Nobody who writes this way is ever answered by a machine of ours.
UNANSWERED = frozenset({Kind.NOTICE, Kind.LIST, Kind.FLOOD})


@dataclass(frozen=True)
class Verdict:
    """The kind, and the header or figure that decided it."""

    kind: Kind
    reason: str = ""


_AUTO_REPLY_HEADERS = (
    "x-autoreply",
    "x-autoreply-from",
    "x-autorespond",
    "x-autoresponse",
    "x-auto-reply",
    "x-mail-autoreply",
    "x-mail-autoresponder",
)
_AUTO_REPLY_SUBJECT = re.compile(
    r"\s*(automatic reply|auto[- ]?reply|auto[- ]?response|out of (the )?office|"
    r"автоматична відповідь|автовідповідь|автоматический ответ|автоответ|"
    r"automatische (antwort|reaktion)|abwesenheitsnotiz|réponse automatique|"
    r"respuesta automática|risposta automatica|resposta automática|odpowiedź automatyczna|"
    r"automatisch antwoord|autosvar|automatické odpověď|automatická odpověď|"
    r"automatická odpoveď|automaattinen vastaus|automatikus válasz|otomatik yanıt)\s*:",
    re.IGNORECASE,
)
_SERVERS = re.compile(r"(mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)


def verdict(letter: ParsedEmail, mailbox: Mailbox) -> Verdict:
    """What kind of letter `letter` is, come to `mailbox`. The first rule that says so decides."""
    sender = letter.sender.email if letter.sender else ""
    if read_letter_id(letter.message_id) and sender == mailbox.address.lower():
        return Verdict(Kind.OWN, f"Message-ID: {letter.message_id}")
    if letter.delivery_report is not None:
        return Verdict(Kind.BOUNCE, f"report: {letter.delivery_report.action}")
    if _SERVERS.match(sender) and _without_way_back(letter):
        return Verdict(Kind.BOUNCE, f"From: {sender}")
    for rule in (_auto_reply, _notice, _list):
        if found := rule(letter):
            return found
    if _recent_letters(sender) >= FLOOD_PER_HOUR:
        return Verdict(Kind.FLOOD, f"more than {FLOOD_PER_HOUR} letters in an hour")
    return Verdict(Kind.PERSON)


def _auto_reply(letter: ParsedEmail) -> Verdict | None:
    kind = Kind.AUTO_REPLY
    if (submitted := _auto_submitted(letter)).startswith("auto-replied"):
        return Verdict(kind, f"Auto-Submitted: {submitted}")
    for name in _AUTO_REPLY_HEADERS:
        if letter.header(name).strip().lower() not in ("", "no"):
            return Verdict(kind, f"{name}: {letter.header(name)}"[:200])
    for name in ("precedence", "x-precedence"):
        if letter.header(name).strip().lower() == "auto_reply":
            return Verdict(kind, f"{name}: auto_reply")
    if any(one.strip().lower() == "autoresponder" for one in letter.headers_all("delivered-to")):
        return Verdict(kind, "Delivered-To: Autoresponder")
    if letter.header("x-fc-machinegenerated").strip().lower() == "true":
        return Verdict(kind, "X-FC-MachineGenerated: true")
    exchange = any(name.startswith("x-ms-exchange-") for name in letter.headers)
    suppressed = letter.header("x-auto-response-suppress").strip().lower() == "all"
    if suppressed and exchange and submitted:
        return Verdict(kind, "X-Auto-Response-Suppress: All, by Exchange")
    if "disposition-notification" in letter.header("content-type").lower():
        return Verdict(kind, "read receipt")
    if _AUTO_REPLY_SUBJECT.match(letter.subject):
        return Verdict(kind, f"Subject: {letter.subject}"[:200])
    return None


def _notice(letter: ParsedEmail) -> Verdict | None:
    if submitted := _auto_submitted(letter):
        return Verdict(Kind.NOTICE, f"Auto-Submitted: {submitted}")
    if _without_way_back(letter):
        return Verdict(Kind.NOTICE, "Return-Path: <>")
    return None


def _list(letter: ParsedEmail) -> Verdict | None:
    for name in ("precedence", "x-precedence"):
        if (value := letter.header(name).strip().lower()) in ("bulk", "junk", "list"):
            return Verdict(Kind.LIST, f"{name}: {value}")
    for name in ("list-id", "list-unsubscribe", "list-post"):
        if letter.header(name):
            return Verdict(Kind.LIST, f"{name}: {letter.header(name)}"[:200])
    return None


def _auto_submitted(letter: ParsedEmail) -> str:
    """The keyword of Auto-Submitted without comments and parameters; empty for `no`."""
    value = re.sub(r"\([^()]*\)", "", letter.header("auto-submitted"))
    keyword = value.partition(";")[0].strip().lower()
    return "" if keyword == "no" else keyword


def _without_way_back(letter: ParsedEmail) -> bool:
    return letter.header("return-path").replace(" ", "") == "<>"


def _recent_letters(sender: str) -> int:
    since = timezone.now() - timedelta(hours=1)
    return InboundEmail.objects.filter(sender=sender, received_at__gte=since).count()
