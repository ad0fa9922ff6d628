"""Slips of the pen: what only we see, pasted into what the customer reads."""

import re
from collections.abc import Iterable, Iterator

MOST_TEXT = 200_000
"""Letters of a text that are looked at; what stands behind is not."""
_RUN = 6
_LONG = 40
_SHORTEST = 2 * _RUN - 1  # letters of six words, with what stands between them
_SENTENCE = re.compile(r"[.!?…\n]")
_WORD = re.compile(r"\w+")


def repeated(text: str, *, secret: Iterable[str], known: Iterable[str] = ()) -> list[str]:
    """Sentences of `text` that stand in one of the `secret` texts and in none of the `known` ones.

    Compared by their words alone. Only sentences of six words or forty letters count: shorter ones
    are anybody's. A sentence counts as repeated when every run of six words in it is. Linear.
    """
    hidden, open_to_all = _runs(secret), _runs(known)
    found = []
    for sentence in _sentences(text[:MOST_TEXT]):
        runs = set(_runs_of(sentence))
        if runs and runs <= hidden and not runs <= open_to_all:
            found.append(" ".join(sentence.split()))
    return found


def _runs(texts: Iterable[str]) -> set[tuple[str, ...]]:
    runs: set[tuple[str, ...]] = set()
    left = MOST_TEXT
    for text in texts:
        for sentence in _sentences(text[:left]):
            runs.update(_runs_of(sentence))
        left -= len(text)
        if left <= 0:
            break
    return runs


def _sentences(text: str) -> list[str]:
    return [one for one in _SENTENCE.split(text) if len(one) >= _SHORTEST]


def _runs_of(sentence: str) -> Iterator[tuple[str, ...]]:
    """Every six words in a row; all of a sentence that has fewer, if it is long."""
    words = _WORD.findall(sentence.casefold())
    if len(words) >= _RUN:
        for start in range(len(words) - _RUN + 1):
            yield tuple(words[start : start + _RUN])
    elif sum(map(len, words)) >= _LONG:
        yield tuple(words)
