"""The beginning of a letter that is too large to be fetched whole: its headers and its first text.
Pure: what the server answers comes in, bytes go out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

DEEPEST = 50
# A header of the MIME structure with its folded lines: the structure is not what we fetched.
_STRUCTURE = re.compile(
    rb"^content-(?:type|transfer-encoding|disposition)[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*\n?",
    re.IGNORECASE | re.MULTILINE,
)
_TOKEN = re.compile(rb"[A-Za-z0-9!#$&^_.+:-]+")


@dataclass(frozen=True)
class TextPart:
    """Where a text stands in a letter (RFC 3501, 6.4.5) and how it is written."""

    section: str
    kind: str
    charset: str
    encoding: str


def first_text(structure: Any) -> TextPart | None:
    """The first plain text of a letter, or else its first HTML, by its BODYSTRUCTURE."""
    texts = list(_texts(structure, "", 0))
    return next((part for part in texts if part.kind == "plain"), texts[0] if texts else None)


def excerpt(head: bytes, part: TextPart | None, text: bytes) -> bytes:
    """A letter of `head` as it came, but for what says how it was put together, and `text`."""
    kept = _STRUCTURE.sub(b"", head.rstrip(b"\r\n") + b"\r\n")
    kind = f"text/{part.kind}" if part else "text/plain"
    if part and part.charset:
        kind += f'; charset="{part.charset}"'
    lines = [f"Content-Type: {kind}"]
    if part and part.encoding:
        lines.append(f"Content-Transfer-Encoding: {part.encoding}")
    return kept + "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + text


def _texts(part: Any, section: str, depth: int) -> Iterator[TextPart]:
    """Texts in the order in which they stand; what is enclosed in letters is not looked into."""
    if depth > DEEPEST:
        return
    if isinstance(part[0], list):
        for number, inner in enumerate(part[0], 1):
            yield from _texts(inner, f"{section}.{number}" if section else f"{number}", depth + 1)
        return
    main, kind = _token(part[0]).lower(), _token(part[1]).lower()
    if main != "text" or kind not in {"plain", "html"} or _is_file(part):
        return
    pairs = part[2] or ()
    fields = dict(zip(map(_token, pairs[::2]), pairs[1::2], strict=False))
    charset = next((fields[name] for name in fields if name.lower() == "charset"), None)
    yield TextPart(section or "1", kind, _token(charset), _token(part[5]))


def _is_file(part: Any) -> bool:
    """Whether its disposition, behind lines and checksum, says that it is attached."""
    said = part[9] if len(part) > 9 else None
    return isinstance(said, tuple) and _token(said[0]).lower() == "attachment"


def _token(value: Any) -> str:
    """A word that may stand in a header; empty for anything else."""
    found = _TOKEN.fullmatch(value) if isinstance(value, bytes) else None
    return found[0].decode("ascii") if found else ""
