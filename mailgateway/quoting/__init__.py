"""Fold what a letter repeats: quotations of earlier letters, and signatures. Keep everything.

`fold` and `fold_html` cut a letter into parts, some of them folded away; in their order the parts
are the whole letter. `fold_letter` folds the plain text and asks the HTML beside it where the text
itself says nothing. What is folded and why stands in `lines`; how mail programs write it in
`marks`; where the lines of an HTML letter are in `markup`.
"""

import re
from dataclasses import dataclass

from helpdesk.lib.markup import to_text
from mailgateway.quoting.lines import Line, starts_of
from mailgateway.quoting.marks import LONGEST
from mailgateway.quoting.markup import html_lines, well_formed

__all__ = ["Folded", "Part", "fold", "fold_html", "fold_letter"]

_SIGNATURES = ("-- ", "--\xa0")
# Also as The Bat! writes it, with the initials of who is quoted.
_QUOTED = re.compile(r"\s{0,3}(?:[A-ZА-ЯІЇЄҐ]{2,3})?>")
_WORDS_COMPARED = 8
_MOST_LINES = 100_000  # of a letter that is looked through, in 2 seconds at most


@dataclass(frozen=True)
class Part:
    """A stretch of the letter."""

    text: str
    folded: bool


@dataclass(frozen=True)
class Folded:
    """The parts of a letter in their order."""

    parts: tuple[Part, ...]

    @property
    def visible(self) -> str:
        """What to show at once: the writer's own words."""
        return "".join(part.text for part in self.parts if not part.folded)

    @property
    def folded(self) -> str:
        """What to show on request."""
        return "".join(part.text for part in self.parts if part.folded)


def fold(text: str) -> Folded:
    """Fold plain text. The parts together are `text`, to the character."""
    lines, start = [], 0
    written = text.splitlines(keepends=True)
    if len(written) > _MOST_LINES:
        return Folded((Part(text, folded=False),))
    for line in written:
        shown = line.rstrip("\r\n")
        lines.append(
            Line(
                start,
                shown[:LONGEST],
                quoted=bool(_QUOTED.match(shown)),
                signature=shown in _SIGNATURES,
            )
        )
        start += len(line)
    return Folded(
        tuple(Part(text[begin:end], folded) for begin, end, folded in starts_of(lines, len(text)))
    )


def fold_html(html: str) -> Folded:
    """Fold cleaned HTML; each part is well-formed if the whole was.

    Elements open at a cut are closed at the end of one part and opened again, with their
    attributes, at the start of the next. Apart from these repeated tags the parts are the source,
    to the character; their text is the whole text.
    """
    stretches = starts_of(html_lines(html), len(html))
    return Folded(tuple(Part(text, folded) for text, folded in well_formed(html, stretches)))


def fold_letter(text: str, html: str) -> Folded:
    """Fold the plain text of a letter whose HTML may know better where the quotation begins.

    Some programs (Outlook, Yahoo) mark what they quote, and many a signature, in the HTML only.
    `html` must be clean.
    """
    folded = fold(text)
    own, *others = folded.parts or (Part("", folded=False),)
    if own.folded or not html or not all(part.folded for part in others):
        return folded
    shown = fold_html(html)
    cut = _where_folded(text, to_text(shown.visible), to_text(shown.folded))
    if cut is None or cut >= len(own.text):
        return folded
    return Folded((Part(text[:cut], folded=False), Part(text[cut:], folded=True)))


def _where_folded(text: str, visible: str, folded: str) -> int | None:
    """Where in the text the folded words begin, if that is beyond doubt."""
    found = list(re.finditer(r"\w+", text))
    written = " " + " ".join(word[0] for word in found) + " "
    begin = re.findall(r"\w+", folded[:2_000])[:_WORDS_COMPARED]
    last = re.findall(r"\w+", visible[-2_000:])[-_WORDS_COMPARED:]
    if len(begin) < 3 or not last:
        return None
    first_words = f" {' '.join(begin)} "
    place = written.find(first_words)
    if place < 0 or written.find(first_words, place + 1) >= 0:
        return None
    # All of the writer's words must stand above.
    own = written.rfind(f" {' '.join(last)} ")
    if own < 0 or own > place:
        return None
    start = found[written.count(" ", 0, place)].start()
    return text.rfind("\n", 0, start) + 1 or None
