"""Text in four languages → the forms words are searched by. Pure.

Cyrillic words give every dictionary form that Ukrainian and Russian morphology allow (pymorphy3:
38 of 40 inflected pairs found in each language, no false one of 50), Latin words their German and
English stems beside the word as it stands.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

import pymorphy3
import snowballstemmer

WORD = re.compile(r"[^\W_]+(?:['.\-@][^\W_]+)*")
PART = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
CYRILLIC = re.compile(r"[а-яіїєґ]")
# The three apostrophes of Ukrainian are one to a searcher, and so are ё and е to a Russian one.
SAME = str.maketrans({"’": "'", "ʼ": "'", "`": "'", "ё": "е"})
LONGEST_WORD = 60
MOST_WORDS = 20_000


@cache
def _analyzers() -> tuple[pymorphy3.MorphAnalyzer, pymorphy3.MorphAnalyzer]:
    # Half a second and 42 MB a process, so only when somebody first needs them.
    return pymorphy3.MorphAnalyzer(lang="uk"), pymorphy3.MorphAnalyzer(lang="ru")


@cache
def _stemmers() -> tuple[object, ...]:
    return tuple(snowballstemmer.stemmer(name) for name in ("english", "german"))


@lru_cache(50_000)
def forms(word: str) -> frozenset[str]:
    """The forms under which the lower-case `word` is found, at least one."""
    if CYRILLIC.search(word):
        return frozenset(
            parse.normal_form.translate(SAME)
            for analyzer in _analyzers()
            for parse in analyzer.parse(word)
        )
    if word.isalpha() and len(word) > 2:
        return frozenset({word, *(one.stemWord(word) for one in _stemmers())})  # type: ignore[attr-defined]
    return frozenset({word})


def said(text: str) -> list[str]:
    """The words of `text` in lower case as they are asked for, no longer than those that `split`
    gives: PostgreSQL refuses a question with a longer one."""
    return [one[:LONGEST_WORD] for one in WORD.findall(text.lower().translate(SAME))]


def split(text: str) -> Iterator[str]:
    """The words of `text` in lower case; what is joined by dots, dashes or @ comes whole (an
    address, a server's name) and in its parts."""
    for found in WORD.finditer(text.lower().translate(SAME)):
        whole = found[0][:LONGEST_WORD]
        parts = PART.findall(whole)
        yield whole
        if len(parts) > 1:
            yield from parts


def index_words(text: str) -> list[tuple[int, frozenset[str]]]:
    """(position, forms) of every word that is indexed, positions from 1."""
    found = []
    for position, word in enumerate(split(text), 1):
        if position > MOST_WORDS:
            break
        found.append((position, forms(word)))
    return found
