"""Header fields of a letter: who, which, when. Tolerant of everything mail programs write."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from mailgateway.charsets import ENCODED_WORD, decode, decode_header
from mailgateway.parsing.values import Address

_MOST_ADDRESSES = 1_000
_LONGEST_NAME = 500
_MOST_IDS = 1_000
_ANGLES = re.compile(rb"<([^<>]*+)>?")
_ASIDE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*"(?!@)|\([^()]*+\)')
_HOST = rb"@[^\s<>()\[\]\",;:']{1,255}"
_BARE = re.compile(rb"(?:\"[^\"\s@]{1,64}\"|[^\s<>()\[\]\",;:']{1,200})" + _HOST)


def addresses(raw: bytes, fallback: str | None = None) -> list[Address]:
    """Everybody named in an address header; groups give their members, what has no `@` is nobody.

    Words are decoded last, so a coded comma does not split a name.
    """
    found: list[Address] = []
    carried = b""  # "Doe, Carla <carla@example.com>": a comma that should have been quoted
    for chunk, separator in _chunks(re.sub(rb"\r?\n", b"", raw)):
        if b"@" not in chunk:
            name = carried + chunk.strip() + b", "
            carried = name if separator == b"," and len(name) < _LONGEST_NAME else b""
            continue
        chunk = carried + chunk.strip()
        if len(chunk) > _LONGEST_NAME * 4:
            chunk = chunk[:_LONGEST_NAME] + b" " + chunk[-_LONGEST_NAME:]
        address = _address(chunk, fallback)
        carried = b""
        if address:
            found.append(address)
        if len(found) >= _MOST_ADDRESSES:
            break
    return found


def _chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Pieces between commas, semicolons and group names outside quotes and comments."""
    start = position = 0
    last_quote, last_comment = raw.rfind(b'"'), raw.rfind(b")")
    depth = 0
    while position < len(raw):
        char = raw[position : position + 1]
        if char == b"\\":
            position += 2
            continue
        if char == b"=":
            word = ENCODED_WORD.match(raw, position)
            if word and word[0].endswith(b"?="):
                position = word.end()
                continue
        if char == b'"' and position < last_quote:
            position = _end_of_quote(raw, position)
            continue
        if char == b"(":
            depth += 1
        elif char == b")":
            depth = max(0, depth - 1)
        elif depth == 0 or position > last_comment:
            if char in (b",", b";"):
                yield raw[start:position], char
                start = position + 1
            elif char == b":" and _names_group(raw[start:position]):
                start = position + 1
        position += 1
    yield raw[start:], b""


def _end_of_quote(raw: bytes, position: int) -> int:
    end = position + 1
    while True:
        end = raw.find(b'"', end)
        if end < 0:
            return position + 1  # opened and never closed: a stray sign
        if raw[end - 1 : end] != b"\\":
            return end + 1
        end += 1


def _names_group(before: bytes) -> bool:
    name = before.strip().lower()
    return b"@" not in name and b"<" not in name and not name.endswith((b"mailto", b"smtp"))


def _address(chunk: bytes, fallback: str | None) -> Address | None:
    angled = [hit for hit in _ANGLES.finditer(chunk) if b"@" in hit[1]]
    if angled:
        email = _email(angled[-1][1], fallback)
        rest = chunk[: angled[-1].start()] + b" " + chunk[angled[-1].end() :]
    else:
        outside = _ASIDE.sub(lambda hit: b" " * len(hit[0]), chunk)
        bare = _BARE.search(outside) or _BARE.search(chunk)
        if not bare:
            return None
        email = _email(bare[0], fallback)
        rest = chunk[: bare.start()] + b" " + chunk[bare.end() :]
    return Address(_name(rest, fallback), email) if "@" in email else None


def _email(raw: bytes, fallback: str | None) -> str:
    text = re.sub(r"\s+", "", decode_header(raw, fallback))
    text = re.sub(r"^(mailto|smtp):", "", text, flags=re.IGNORECASE).strip("<>[]'\",;:.")
    local, _, domain = text.rpartition("@")
    domain = domain.strip(".").lower()
    if not domain.isascii():
        with suppress(UnicodeError):
            domain = domain.encode("idna").decode("ascii")
    return f"{local.strip(chr(34)).lower()}@{domain}" if local and domain else ""


def _name(raw: bytes, fallback: str | None) -> str:
    """A display name without its quotes; a comment where there is none."""
    comments = re.findall(rb"\(([^()]*+)\)", raw)
    plain = re.sub(rb"[<>]|\([^()]*+\)|\bmailto:", b" ", raw)
    for candidate in (plain, *comments):
        text = decode_header(re.sub(rb'\\(.)|"', rb"\1", candidate), fallback)
        text = re.sub(r"\s+", " ", text).strip(" ,;'\"")
        if text.strip("[]() "):
            return text
    return ""


def message_ids(raw: bytes) -> list[str]:
    """Message-ids in a header, once each, without angle brackets, in the order they stand."""
    text = decode(re.sub(rb"\r?\n", b"", raw)).text
    found = re.findall(r"<([^<>]{1,998})>", text)
    if not found:
        found = [word.strip("<>,;\"'()") for word in text.split() if "@" in word]
    return list(dict.fromkeys(re.sub(r"\s+", "", one) for one in found if one.strip()))[-_MOST_IDS:]


def moment(raw: bytes) -> datetime | None:
    """A date header as an aware time, or None. A date without a zone is taken as UTC."""
    text = re.sub(r"\s+", " ", decode_header(raw[:500]))
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        with suppress(ValueError, TypeError, IndexError, OverflowError, AttributeError):
            found = read(text)
            found = found if found.tzinfo else found.replace(tzinfo=UTC)
            return found.astimezone(UTC)
    return None
