"""What is written to the desk: ordinary letters, answers, files, machines, and a fifth of rubbish.

Everything is drawn from one `random.Random`, so a seed gives the same letters again. Each carries
its number (`no-000123-on`) in its bytes, by which it is found wherever it ends up.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from tests.letters import letter

SUPPORT, SALES = "support@desk.example", "sales@desk.example"
# A third one, into which nobody writes until it is filled all at once.
FULL = "full@desk.example"
NUMBER = re.compile(rb"no-(\d{6})-on")
TALK = (
    "рахунок договір оплата сайт не відкривається пошта домен прошу перевірити дякую сервер "
    "помилка завтра invoice payment server please check Rechnung Zahlung bitte счёт спасибо"
)
WORDS = TALK.split()


@dataclass(frozen=True)
class Sent:
    """One letter: its bytes, where copies of it are delivered, and what must become of it."""

    number: int
    raw: bytes
    kind: str  # plain, answer, files, machine, malformed
    sender: str
    boxes: tuple[str, ...]
    answers: int | None = None  # the number of the letter it answers
    file: bytes = b""

    @property
    def mark(self) -> str:
        """How it is found again."""
        return mark(self.number)


def mark(number: int) -> str:
    """The words that carry the number of a letter."""
    return f"no-{number:06}-on"


def correspondence(count: int, chance: random.Random) -> list[Sent]:
    """`count` letters in the order in which they are written. Answers follow what they answer."""
    sent: list[Sent] = []
    for number in range(count):
        draw = chance.random()
        if draw < 0.2:
            kind = "malformed"
        elif draw < 0.35 and number > 20:
            kind = "answer"
        elif draw < 0.45:
            kind = "files"
        else:
            kind = "machine" if draw < 0.5 else "plain"
        sent.append(_write(number, kind, sent, chance))
    return sent


def _write(number: int, kind: str, before: list[Sent], chance: random.Random) -> Sent:
    sender = f"customer-{number}@customer.example"
    boxes = chance.choice([(SUPPORT,)] * 6 + [(SALES,)] * 2 + [(SUPPORT,) * 2, (SUPPORT, SALES)])
    text = " ".join(chance.choices(WORDS, k=chance.randint(5, 150))) + f"\n\n{mark(number)}\n"
    if kind == "malformed":
        raw = chance.choice(RUBBISH)(mark(number), sender, chance)
        return Sent(number, raw, kind, sender, boxes)
    # Only what was not answered yet, and not the newest, so that it was surely read.
    answered = {one.answers for one in before}
    openers = [
        one
        for one in before[: max(1, len(before) // 2)]
        if one.kind in ("plain", "files") and one.number not in answered
    ]
    if kind == "answer" and openers:
        opener = chance.choice(openers)
        raw = letter(
            text,
            sender=opener.sender,
            to=opener.boxes[0],
            subject=f"Re: Лист {opener.mark}",
            letter_id=_letter_id(number),
            In_Reply_To=f"<{_letter_id(opener.number)}>",
        )
        return Sent(number, raw, kind, opener.sender, opener.boxes[:1], opener.number)
    file = chance.randbytes(chance.randint(1, 4000)) if kind == "files" else b""
    raw = letter(
        text,
        sender=f"Customer {number} <{sender}>",
        to=boxes[0],
        subject=f"Лист {mark(number)}",
        charset=chance.choice(["utf-8", "koi8-u", "windows-1251"]),
        letter_id=_letter_id(number),
        files=[("Рахунок.bin", "application/octet-stream", file)] if file else [],
        Auto_Submitted="auto-replied" if kind == "machine" else "",
    )
    return Sent(number, raw, kind if kind != "answer" else "plain", sender, boxes, file=file)


def _letter_id(number: int) -> str:
    return f"{mark(number)}@customer.example"


Rubbish = Callable[[str, str, random.Random], bytes]


def _no_headers(word: str, _sender: str, chance: random.Random) -> bytes:
    return f"{word} {chance.random()}\n".encode()


def _only_headers(word: str, sender: str, _chance: random.Random) -> bytes:
    return f"From: {sender}\r\nSubject: {word}".encode()


def _never_closed(word: str, sender: str, _chance: random.Random) -> bytes:
    return (
        f"From: {sender}\r\nSubject: {word}\r\nMessage-ID: <{word}@broken.example>\r\n"
        'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nText.\r\n--b\r\n'
        "Content-Type: text/html\r\n\r\n<p>Text<div><table>"
    ).encode()


def _unknown_charset(word: str, sender: str, chance: random.Random) -> bytes:
    head = f"From: {sender}\r\nSubject: {word}\r\nContent-Type: text/plain; charset=x-none\r\n\r\n"
    return head.encode() + bytes(chance.choices(range(128, 256), k=300))


def _raw_eight_bit(word: str, sender: str, _chance: random.Random) -> bytes:
    return (f"From: Людина <{sender}>\r\nSubject: Без кодування {word}\r\n\r\nТекст.\r\n").encode(
        "koi8-u"
    )


def _nobody(word: str, _sender: str, _chance: random.Random) -> bytes:
    return f"Subject: {word}\r\nDate: yesterday\r\n\r\nWho am I?\r\n".encode()


def _broken_base64(word: str, sender: str, _chance: random.Random) -> bytes:
    return (
        f"From: {sender}\r\nSubject: {word}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        "0J/RgNC40LLRltGC=====\0\0!!!\r\n0J/Rg"
    ).encode()


def _junk_between(word: str, sender: str, _chance: random.Random) -> bytes:
    return (
        f"From: {sender}\r\nthis is no header at all\r\n : neither is this\r\nSubject : {word}\r\n"
        f"Message-ID: <[{word}@broken.example]>\r\n\r\nText.\r\n"
    ).encode()


def _deeply_nested(word: str, sender: str, _chance: random.Random) -> bytes:
    lines = [f"From: {sender}", f"Subject: {word}"]
    for depth in range(150):
        lines += [f"Content-Type: multipart/mixed; boundary=b{depth}", "", f"--b{depth}"]
    return "\r\n".join([*lines, "", "Deep."]).encode()


def _long_header(word: str, sender: str, _chance: random.Random) -> bytes:
    return (
        f"From: {sender}\r\nSubject: {word} {'=?utf-8?B?0J/' * 3000}\r\n"
        f"References: {'<a@b> ' * 5000}\r\n\r\nText.\r\n"
    ).encode()


def _hostile_html(word: str, sender: str, _chance: random.Random) -> bytes:
    return (
        f"From: {sender}\r\nSubject: {word}\r\nContent-Type: text/html\r\n\r\n"
        f"{'<div>' * 3000}<script>alert(1)</script>{'<table><td>' * 300}"
    ).encode()


def _control_characters(word: str, sender: str, _chance: random.Random) -> bytes:
    return f"From: {sender}\r\nSubject: {word}\x1b\x07\0\r\n\r\n\0\x01\x02\ud83d".encode(
        "utf-8", "surrogatepass"
    )


RUBBISH: list[Rubbish] = [
    _no_headers,
    _only_headers,
    _never_closed,
    _unknown_charset,
    _raw_eight_bit,
    _nobody,
    _broken_base64,
    _junk_between,
    _deeply_nested,
    _long_header,
    _hostile_html,
    _control_characters,
]
