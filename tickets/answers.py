"""An answer to one customer, made fit for everybody: without the greeting, the name, the regards.
Pure."""

import re
from collections.abc import Collection
from html import escape
from typing import Final

from helpdesk.lib.markup import BLOCKS, Tag, pieces

GREETING: Final = re.compile(
    r"\s*(?:добр(?:ий|ого|ый|ое|ой)\s+(?:день|дня|ранок|ранку|вечір|вечора|утро|вечер|время\s+суток)"
    r"|доброго\s+времени|вітаю|вітаємо|привіт|привет|шановн\w+|уважаем\w+|здравствуй\w*"
    r"|hello|hi|dear|good\s+(?:morning|day|afternoon|evening)"
    r"|guten\s+(?:tag|morgen|abend)|hallo|sehr\s+geehrte\w*|liebe[rs]?)\b",
    re.IGNORECASE,
)
REGARDS: Final = re.compile(
    r"\s*(?:з\s+повагою|з\s+найкращими|с\s+уважением|всего\s+доброго|гарного\s+дня|хорошего\s+дня"
    r"|(?:kind|best|warm)?\s*regards|yours\s+sincerely|have\s+a\s+(?:good|nice)\s+day"
    r"|mit\s+(?:freundlichen|besten)|(?:freundliche|viele|beste)\s+grüße)\b",
    re.IGNORECASE,
)
# A longer line that begins so says something besides, and so does one with more lines behind it.
LONGEST: Final = 70
MOST_BEHIND: Final = 4
SHORTEST_NAME: Final = 3
HIDDEN: Final = "…"
_EMPTY: Final = re.compile(r"<(p|div|li)>(?:<br>|\s)*</\1>")
_BEGINS_EMPTY: Final = re.compile(r"^(<(?:p|div)>)(?:<br>|\s)+")
_ENDS_EMPTY: Final = re.compile(r"(?<!<br>)(?:<br>)+(</(?:p|div)>)$")


def for_everybody(html: str, names: Collection[str]) -> str:
    """Clean HTML of an answer without its greeting and its regards, and with `HIDDEN` for each of
    `names` (of the customer: names and addresses)."""
    lines = _lines(html)
    spoken = [number for number, line in enumerate(lines) if _text(line)]
    dropped: set[int] = set()
    if spoken and _is(GREETING, _text(lines[spoken[0]])):
        dropped.add(spoken[0])
    for number in spoken[1:][-MOST_BEHIND:]:
        if _is(REGARDS, _text(lines[number])):
            dropped.update(one for one in spoken if one >= number)
            break
    hide = _pattern({escape(name, quote=False) for name in names})
    kept = "".join(
        _drawn(piece, html, hide)
        for number, line in enumerate(lines)
        for piece in line
        if number not in dropped or (isinstance(piece, Tag) and piece.name != "br")
    )
    return _ENDS_EMPTY.sub(r"\1", _BEGINS_EMPTY.sub(r"\1", _EMPTY.sub("", kept)))


def without_names(text: str, names: Collection[str]) -> str:
    """Plain text with `HIDDEN` for each of `names`."""
    hide = _pattern(names)
    return hide.sub(HIDDEN, text) if hide else text


Piece = Tag | str


def _lines(html: str) -> list[list[Piece]]:
    """The pieces of `html`, line by line; what ends a line stands at the end of it."""
    lines: list[list[Piece]] = [[]]
    for piece in pieces(html):
        lines[-1].append(piece)
        if isinstance(piece, Tag) and (piece.name == "br" or piece.name in BLOCKS):
            lines.append([])
    return lines


def _text(line: list[Piece]) -> str:
    return "".join(piece for piece in line if isinstance(piece, str)).strip()


def _is(pattern: re.Pattern[str], text: str) -> bool:
    return len(text) <= LONGEST and bool(pattern.match(text))


def _pattern(names: Collection[str]) -> re.Pattern[str] | None:
    said = {name for whole in names for name in (whole, *whole.split())}
    known = sorted((name for name in said if len(name) >= SHORTEST_NAME), key=len, reverse=True)
    if not known:
        return None
    choice = "|".join(re.escape(name) for name in known)
    return re.compile(rf"(?<!\w)(?:{choice})(?!\w)", re.IGNORECASE)


def _drawn(piece: Piece, html: str, hide: re.Pattern[str] | None) -> str:
    if isinstance(piece, Tag):
        return html[piece.start : piece.end]
    return hide.sub(HIDDEN, piece) if hide else piece
