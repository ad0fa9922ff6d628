"""Header fields of a letter: who, which, when. Tolerant of everything mail programs write."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from mailgateway.charsets import ENCODED_WORD, decode, decode_header
from mailgateway.parsing.values import Address

MOST_ADDRESSES = 1_000
_LONGEST_NAME = 500
_MOST_IDS = 1_000
_ANGLES = re.compile(rb"<([^<>]*+)>?")
_ASIDE = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*"(?!@)|\([^()]*+\)')
_HOST = rb"@[^\s<>()\[\]\",;:']{1,255}"
_BARE = re.compile(rb"(?:\"[^\"@]{1,64}\"|[^\s<>()\[\]\",;:']{1,200})" + _HOST)


_QUOTED_LOCAL = re.compile(r'"[^"]*[^\w.+-][^"]*"@')


def addresses(raw: bytes, fallback: str | None = None) -> list[Address]:
    """Everybody named in an address header; groups give their members, what has no `@` is nobody.

    Words are decoded last, so a coded comma does not split a name.
    """
    found: list[Address] = []
    carried = b""  # "Doe, Carla <carla@example.com>": a comma that should have been quoted
    for chunk, separator in _chunks(raw.replace(b"\r\n", b"\n")):
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
        if len(found) >= MOST_ADDRESSES:
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
        if char == b"<" and raw[position + 1 : position + 2] == b"@":
            end = raw.find(b">", position, position + 500)
            position = end if end > 0 else position
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
    text = decode_header(raw, fallback).strip()
    if not _QUOTED_LOCAL.match(text):
        text = re.sub(r"\s+", "", text)
    text = re.sub(r"^(?:@[^:@,]*,?)+:", "", text)  # the way a letter was to take (RFC 822)
    text = re.sub(r"^(mailto|smtp):", "", text, flags=re.IGNORECASE)
    text = text.strip("<>[]',;:." if _QUOTED_LOCAL.match(text) else "<>[]'\",;:.")
    local, _, domain = text.rpartition("@")
    domain = domain.strip(".").lower()
    if not domain.isascii():
        with suppress(UnicodeError):
            domain = domain.encode("idna").decode("ascii")
    local = local.lower() if _QUOTED_LOCAL.match(text) else local.strip('"').lower()
    return f"{local}@{domain}" if local and domain else ""


def _name(raw: bytes, fallback: str | None) -> str:
    """A display name without its quotes; a comment where there is none."""
    comments = re.findall(rb"\(([^()]*+)\)", raw)
    plain = re.sub(rb"[<>]|\([^()]*+\)|\bmailto:", b" ", raw)
    for candidate in (plain, *comments):
        text = decode_header(re.sub(rb'\\(.)|"', rb"\1", candidate), fallback)
        text = re.sub(r"\s+", " ", text).strip(' ,;"')
        if len(text) > 1 and text[0] == text[-1] == "'":
            text = text[1:-1].strip()
        if text.strip("[]() "):
            return text
    return ""


def message_ids(raw: bytes) -> list[str]:
    """Message-ids in a header, once each, without angle brackets, in the order they stand."""
    text = decode(re.sub(rb"\r?\n", b"", raw)).text
    found = re.findall(r"<([^<>]{1,998})>", text)
    if not found:
        words = text.split()
        found = [word.strip("<>,;\"'()") for word in words if "@" in word or len(words) == 1]
    return list(dict.fromkeys(re.sub(r"\s+", "", one) for one in found if one.strip()))[-_MOST_IDS:]


_MONTHS = (
    "jan янв січ ene gen sty led styczeń leden",
    "feb фев лют fév lut úno únor luty",
    "mar мар бер mär mrt březen bře",
    "apr апр кві abr avr kwi dub",
    "may май мая тра mai mag maj mei kvě květen",
    "jun июн чер giu cze juin červen čvn",
    "jul июл лип lug lip juil červenec čvc",
    "aug авг сер ago aoû sie srp",
    "sep сен вер set wrz zář",
    "oct окт жов okt ott out paź říj",
    "nov ноя лис lis listopad",
    "dec дек гру dez dic gru déc pro",
)
_MONTH_OF = {name: number for number, row in enumerate(_MONTHS, 1) for name in row.split()}
_ZONE_NAMES = {  # by hours from UTC
    0: "ut utc gmt z wet",
    1: "bst west cet met mez",
    2: "cest mest mesz eet sast",
    3: "eest msk",
    4: "msd",
    5.5: "ist",
    8: "hkt sgt",
    9: "jst kst",
    10: "aest",
    11: "aedt",
    12: "nzst",
    13: "nzdt",
    -4: "edt",
    -5: "est cdt",
    -6: "cst mdt",
    -7: "mst pdt",
    -8: "pst",
}
_ZONES = {name: hours for hours, names in _ZONE_NAMES.items() for name in names.split()}
_TIME = re.compile(
    r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,]\d{1,9})?)?(?:\s*([ap])\.?m\b)?", re.I
)
_DOTTED_DAY = re.compile(r"\d{4}\.\d{1,2}\.\d{1,2}|\d{1,2}\.\d{1,2}\.\d{4}")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NUMBERS = re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b")
_OFFSET = re.compile(r"(?:([+-])\s*(\d{1,2}):?(\d{2})?|\b(0\d|1[0-4])([0-5]\d))(?!\d)")


def moment(raw: bytes) -> datetime | None:
    """A date header as an aware time, or None. A date without a zone is taken as UTC.

    RFC 5322 and what is written instead: ISO 8601, months in other languages, years of two digits,
    named zones, hours and seconds one too many.
    """
    text = re.sub(r"\([^()]*\)", " ", decode_header(raw[:500])).lower()
    time = _TIME.search(_DOTTED_DAY.sub(lambda hit: " " * len(hit[0]), text))
    day = _day(text[: time.start()] + " " + text[time.end() :] if time else text)
    if day is None:
        return None
    year, month, date = day
    hours, minutes, seconds = (int(time[n] or 0) for n in (1, 2, 3)) if time else (0, 0, 0)
    if time and time[4]:
        hours = hours % 12 + (12 if time[4] == "p" else 0)
    with suppress(ValueError, OverflowError):
        found = datetime(year, month, date, tzinfo=UTC)
        if hours <= 24 and minutes < 60 and seconds <= 60:
            zone = _zone(text[time.end() :]) if time else timedelta(0)
            return found + timedelta(hours=hours, minutes=minutes, seconds=seconds) - zone
    return None


def _day(text: str) -> tuple[int, int, int] | None:
    """Year, month and day of a date without its time."""
    for pattern, order in ((_ISO, (1, 2, 3)), (_NUMBERS, (3, 2, 1))):
        if found := pattern.search(text):
            year, month, day = (int(found[place]) for place in order)
            return (year, month, day) if month <= 12 else (year, day, month)
    words = re.findall(r"[^\W\d_]+|\d+", text)
    months = [place for place, word in enumerate(words) if _month(word)]
    if not months:
        return None
    # "Mar" may be a Tuesday (es, it: martedì) and a month: the month stands beside the day.
    place = next((one for one in months if one and words[one - 1].isdigit()), months[-1])
    digits = [int(word) for word in [*words[max(place - 1, 0) : place], *words[place + 1 :]]
              if word.isdigit() and len(word) <= 4]  # fmt: skip
    if len(digits) < 2:
        return None
    day, year = digits[0], digits[1]
    if day > 31:
        day, year = year, day
    if year < 100:
        year += 2000 if year < 69 else 1900
    elif year < 1000:
        year += 1900  # years counted from 1900, as C does
    return year, _month(words[place]), day


def _month(word: str) -> int:
    """The number of a month by its name, whole or abbreviated, or 0."""
    for length in (len(word), 4, 3):
        if (number := _MONTH_OF.get(word[:length])) is not None and len(word) >= 3:
            return number
    return 0


def _zone(after: str) -> timedelta:
    """The offset that stands behind a time."""
    if found := _OFFSET.search(after):
        hours, minutes = int(found[2] or found[4]), int(found[3] or found[5] or 0)
        if hours <= 14 and minutes < 60:
            return timedelta(hours=hours, minutes=minutes) * (-1 if found[1] == "-" else 1)
        return timedelta(0)
    for word in re.findall(r"[a-z]+", after):
        if word in _ZONES:
            return timedelta(hours=_ZONES[word])
    return timedelta(0)
