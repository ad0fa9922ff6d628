"""Texts with placeholders, as administrators write them: checked and filled, never evaluated.

A text is plain. Blank lines part its paragraphs, web addresses in it become links. `{name}` stands
for a value of a table: words of one line, `Strong` ones, a `Link`, or a `Block` with paragraphs of
its own.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote

# Whatever stands in braces or is one; what of it is a placeholder is asked afterwards.
_BRACES: Final = re.compile(r"\{+[^{}\n]{0,60}\}*|\}+")
_NAME: Final = re.compile(r"\{([a-z_]+)\}")
_TOKEN: Final = re.compile(r"(?P<url>https?://(?:[^\s<>\"'{}]|\{[a-z_]+\})+)|\{(?P<name>[a-z_]+)\}")
_BEHIND_AN_ADDRESS: Final = ".,;:!?)]»“”"
# What cannot be seen and turns or breaks the text after it.
_UNSEEN: Final = re.compile(r"[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Link:
    """An address of ours: shown as it is, and a link in HTML."""

    url: str


@dataclass(frozen=True)
class Strong:
    """Words of one line that stand out in HTML."""

    text: str


@dataclass(frozen=True)
class Block:
    """Paragraphs, as text and as HTML that may be shown."""

    text: str
    html: str


Value = str | Strong | Link | Block


def tidy(text: str) -> str:
    """`text` without what cannot be seen; paragraphs are parted by one empty line."""
    lines = [line.rstrip() for line in _UNSEEN.sub("", text.replace("\r\n", "\n")).split("\n")]
    kept = [
        line for line, before in zip(lines, ["", *lines], strict=False) if line.strip() or before
    ]
    return "\n".join(kept).strip("\n")


def line_of(text: str) -> str:
    """`text` on one line, without what cannot be seen."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def foreign(text: str, known: Collection[str]) -> list[str]:
    """What stands in braces in `text` and is none of the `known` placeholders, each once, as it is
    written; also a brace alone."""
    found = dict.fromkeys(_BRACES.findall(text))
    return [one for one in found if not ((name := _NAME.fullmatch(one)) and name[1] in known)]


def named(text: str) -> set[str]:
    """The placeholders in `text`."""
    return set(_NAME.findall(text))


def fill_line(text: str, values: Mapping[str, Value]) -> str:
    """`text` on one line, as for a subject. Raises KeyError for a placeholder without a value."""
    return line_of(_plain(text, values))


def fill(text: str, values: Mapping[str, Value]) -> Block:
    """`text` with its placeholders filled, as text and as HTML. Paragraphs in which nothing is left
    are left out. Values make no links, only the text itself and `Link` do: what strangers write
    into names and subjects does not become one. Raises KeyError for a placeholder without a value.
    """
    paragraphs = tidy(text).split("\n\n")
    said = [_plain(one, values).strip("\n") for one in paragraphs]
    html = [piece for one in paragraphs for piece in _html(one, values)]
    return Block("\n\n".join(one for one in said if one.strip()), "\n".join(html))


def _plain(text: str, values: Mapping[str, Value]) -> str:
    return _NAME.sub(lambda found: _words(values[found[1]]), text)


def _words(value: Value) -> str:
    if isinstance(value, Link):
        return value.url
    if isinstance(value, Block):
        return value.text
    return line_of(value if isinstance(value, str) else value.text)


def _html(paragraph: str, values: Mapping[str, Value]) -> Iterator[str]:
    """The paragraph, or what stands before, between and behind its blocks."""
    written, end = "", 0
    for found in _TOKEN.finditer(paragraph):
        written += escape(paragraph[end : found.start()])
        end = found.end()
        if found["url"]:
            address = found["url"].rstrip(_BEHIND_AN_ADDRESS)
            end = found.start() + len(address)
            written += _anchor(
                _NAME.sub(lambda one: quote(_words(values[one[1]]), safe=""), address)
            )
            continue
        value = values[found["name"]]
        if isinstance(value, Block):
            yield from _wrapped(written)
            yield value.html
            written = ""
        else:
            written += _inline(value)
    yield from _wrapped(written + escape(paragraph[end:]))


def _inline(value: str | Strong | Link) -> str:
    if isinstance(value, Link):
        return _anchor(value.url)
    said = escape(_words(value))
    return f"<b>{said}</b>" if isinstance(value, Strong) else said


def _anchor(url: str) -> str:
    return f'<a href="{escape(url)}">{escape(url)}</a>'


def _wrapped(written: str) -> Iterator[str]:
    if written.strip():
        yield "<p>" + written.strip().replace("\n", "<br>\n") + "</p>"
