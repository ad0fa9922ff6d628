"""Which of our languages a text is written in, by its letters. No dictionary, no rows."""

import re
from typing import Final

_SAMPLE = 5_000
_ENOUGH = 3
_UKRAINIAN: Final = re.compile(r"[іїєґ]", re.IGNORECASE)
_RUSSIAN: Final = re.compile(r"[ыэъё]", re.IGNORECASE)
_CYRILLIC: Final = re.compile(r"[а-яіїєґё]", re.IGNORECASE)
_LATIN: Final = re.compile(r"[a-zäöüß]", re.IGNORECASE)
_GERMAN_LETTERS: Final = re.compile(r"[äöüß]", re.IGNORECASE)
_GERMAN_WORDS: Final = re.compile(
    r"\b(und|nicht|ich|wir|ist|sind|habe|haben|bitte|danke|mit|für|der|die|das|den|ein|eine|"
    r"guten|hallo|sehr|geehrte|grüße|grüßen|freundlichen|rechnung|auf|von|zu|es)\b",
    re.IGNORECASE,
)
_ENGLISH_WORDS: Final = re.compile(
    r"\b(the|and|is|are|not|i|we|you|have|please|thanks|thank|with|for|hello|dear|regards|my|our|"
    r"of|to|it|on|this|that|can)\b",
    re.IGNORECASE,
)


def guess_language(text: str) -> str:
    """`uk`, `ru`, `de` or `en`; an empty string where the text does not tell. Linear."""
    sample = text[:_SAMPLE]
    cyrillic, latin = len(_CYRILLIC.findall(sample)), len(_LATIN.findall(sample))
    if cyrillic >= _ENOUGH and cyrillic * 3 > latin:
        ukrainian, russian = len(_UKRAINIAN.findall(sample)), len(_RUSSIAN.findall(sample))
        if ukrainian == russian:
            return ""
        return "uk" if ukrainian > russian else "ru"
    german = len(_GERMAN_WORDS.findall(sample)) + len(_GERMAN_LETTERS.findall(sample))
    english = len(_ENGLISH_WORDS.findall(sample))
    if german == english or latin < _ENOUGH:
        return ""
    return "de" if german > english else "en"
