"""From what somebody has written so far to hints."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tickets.coach import dividing, evidence
from tickets.coach.dividing import LONGEST
from tickets.coach.evidence import Evidence, Number
from tickets.coach.words import CHANGED, NOISE, TRIED, WHEN

SHORTEST_TITLE: Final = 10
SHORTEST_STORY: Final = 50
WORD: Final = re.compile(r"[^\W_]+(?:['’.@-][^\W_]+)*")


@dataclass(frozen=True)
class Attempt:
    """What stands in the form: the title, the description, and the names of the files."""

    title: str
    body: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wishes:
    """What a topic wants to know. `is_fault`: when, what changed and what was tried are asked for.
    One of the `numbers` is enough, or one that fits a mask of this desk (`evidence.mask_fits`); of
    each group in `evidence` one thing, and the first of them is what a hint names."""

    is_fault: bool = False
    numbers: tuple[Number, ...] = ()
    masks: tuple[str, ...] = ()
    evidence: tuple[tuple[Evidence, ...], ...] = ()


@dataclass(frozen=True)
class Hint:
    """One piece of advice. `code` says which; `about` is the number or evidence that is missing."""

    code: str
    about: str = ""


def advise(attempt: Attempt, wishes: Wishes | None = None) -> list[Hint]:
    """Hints for what was written so far, the most helpful first; none where all is well.

    Codes: title_empty, title_short, title_capitals, number (about: `Number`), story_short, no_when,
    no_change, no_tried, evidence (about: `Evidence`), several (then `divide` has the parts).
    """
    wishes = wishes or Wishes()
    title, body = attempt.title[:LONGEST].strip(), attempt.body[:LONGEST]
    return [
        *_about_title(title),
        *_about_number(title, body, wishes),
        *_about_story(title, body, wishes),
        *_about_evidence(f"{title}\n{body}", attempt, wishes),
        *([Hint("several")] if dividing.divide(body) else []),
    ]


def _about_title(title: str) -> Iterator[Hint]:
    telling = [word for word in WORD.findall(NOISE.sub(" ", title)) if len(word) > 1]
    if not telling:
        yield Hint("title_empty")
    elif len(title) < SHORTEST_TITLE or len(telling) < 2:
        yield Hint("title_short")
    loud = [word for word in WORD.findall(title) if len(word) > 4 and word.isupper()]
    letters = [sign for sign in title if sign.isalpha()]
    if loud and sum(sign.isupper() for sign in letters) > 0.7 * len(letters):
        yield Hint("title_capitals")


def _about_number(title: str, body: str, wishes: Wishes) -> Iterator[Hint]:
    whole = f"{title}\n{body}"
    if not wishes.numbers or any(evidence.mask_fits(mask, whole) for mask in wishes.masks):
        return
    if not any(evidence.has_number(one, whole) for one in wishes.numbers):
        yield Hint("number", wishes.numbers[0].value)


def _about_story(title: str, body: str, wishes: Wishes) -> Iterator[Hint]:
    said = len(body.strip())
    if said < SHORTEST_STORY:
        yield Hint("story_short")
    if not wishes.is_fault:
        return
    whole = f"{title}\n{body}"
    if not WHEN.search(whole):
        yield Hint("no_when")
    if said < SHORTEST_STORY:
        return  # one piece of advice at a time to whoever has hardly begun
    if not CHANGED.search(body):
        yield Hint("no_change")
    if not TRIED.search(body):
        yield Hint("no_tried")


def _about_evidence(whole: str, attempt: Attempt, wishes: Wishes) -> Iterator[Hint]:
    for group in wishes.evidence:
        if not any(evidence.has(one, whole, attempt.files) for one in group):
            yield Hint("evidence", group[0].value)
