"""Several matters in one text: found, and already divided."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tickets.coach.words import ANOTHER, CHANGED, STEPS, SUBJECTS, TRIED, TROUBLE

ITEM: Final = re.compile(r"^[ \t]{0,6}(\d{1,2})[.)][ \t]+(?=\S)", re.MULTILINE)
SHORTEST: Final = 15
TITLE_LENGTH: Final = 70
MOST_PARTS: Final = 6
LONGEST: Final = 20_000
"""Letters of a text that are looked at; what goes on after them belongs to the last part."""
SHORTEST_NAME: Final = 4
"""Letters of a file's name without its ending, by which a text may mean it."""

_SENTENCE: Final = re.compile(r"[.!?…](?:\s|$)|\n")
_LEAD: Final = re.compile(r"^[\s,.:;–—-]+")


@dataclass(frozen=True)
class Part:
    """One matter of a text: a `title` from its first words, and its own `text`."""

    title: str
    text: str


def divide(text: str) -> list[Part]:
    """The matters in `text`, at least two, or an empty list where it is about one thing.

    Tried in this order: a numbered list of matters, sentences that begin another matter («Ще одне»,
    "Also", „Außerdem“), paragraphs about different subjects.
    """
    begin, rest = text[:LONGEST], text[LONGEST:]
    for found in (_by_numbers(begin), _by_words(begin), _by_subjects(begin)):
        parts = [part for part in found if part.strip()]
        if 2 <= len(parts) <= MOST_PARTS:
            whole = [part.strip() for part in (*parts[:-1], parts[-1] + rest)]
            return [Part(_title_of(part), part) for part in whole]
    return []


def matter_of(file: str, parts: Sequence[Part]) -> int:
    """Which of `parts` (from 0) names a file of this name, with its ending or without; the first if
    none does."""
    name = _plain(file)
    stem = name.rpartition(".")[0]
    for wanted in (name, stem if len(stem) >= SHORTEST_NAME else ""):
        named = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
        for at, part in enumerate(parts):
            if wanted and named.search(_plain(part.text[:LONGEST])):
                return at
    return 0


def _plain(text: str) -> str:
    # Some systems write the letters of file names in pieces: и and a breve for й.
    return unicodedata.normalize("NFC", text).casefold()


def _by_numbers(text: str) -> list[str]:
    marks = list(ITEM.finditer(text))
    if [int(mark[1]) for mark in marks[:2]] != [1, 2]:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    items = [text[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
    head = text[: marks[0].start()]
    about_steps = STEPS.search(_last_line(head)) or sum(_is_step(item) for item in items) > 0
    if about_steps or any(not _is_matter(item) for item in items):
        return []
    return items


def _by_words(text: str) -> list[str]:
    trouble = TROUBLE.search(text)
    if trouble is None:
        return []
    # Each letter is looked at once: what stands before a mark is a matter from here on.
    told = max(trouble.end(), len(text) - len(text.lstrip()) + SHORTEST)
    marks = list(ANOTHER.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    cuts = []
    for mark, end in zip(marks, ends, strict=False):
        sentence = _SENTENCE.split(text[mark.end() : end], 1)[0]
        goes_on = TRIED.search(sentence) or CHANGED.match(sentence.strip(" ,"))
        if mark.start() >= told and _is_matter(sentence) and not goes_on:
            cuts.append(mark.start())
    edges = [0, *cuts, len(text)]
    parts = [text[start:end] for start, end in pairwise(edges)]
    return parts if cuts else []


def _by_subjects(text: str) -> list[str]:
    paragraphs = [one for one in re.split(r"\n[ \t\r]*\n", text) if _is_matter(one)]
    if len(paragraphs) < 2:
        return []
    about = [{name for name, words in SUBJECTS.items() if words.search(p)} for p in paragraphs]
    differ = all(one for one in about) and not set.intersection(*about)
    # Only what stands beside one another without a word in common: a story in paragraphs is one.
    apart = all(not (one & other) for one, other in pairwise(about))
    tells = any(TRIED.search(p) or CHANGED.search(p) for p in paragraphs[1:])
    return paragraphs if differ and apart and not tells else []


def _is_matter(text: str) -> bool:
    return len(text.strip()) >= SHORTEST and bool(TROUBLE.search(text))


def _is_step(item: str) -> bool:
    return bool(STEPS.search(" ".join(item.split()[:3])) or TRIED.search(item))


def _last_line(text: str) -> str:
    return text.strip().rsplit("\n", 1)[-1]


def _title_of(part: str) -> str:
    begin = ANOTHER.sub("", _LEAD.sub("", part), count=1) if ANOTHER.match(part.strip()) else part
    first = _SENTENCE.split(_LEAD.sub("", begin).strip(), 1)[0].strip() or part.strip()
    if len(first) > TITLE_LENGTH:
        first = first[:TITLE_LENGTH].rsplit(" ", 1)[0] + "…"
    return first[:1].upper() + first[1:]
