"""Names and titles that strangers choose, made harmless: one line that shows what it says.

Whatever is invisible is taken out: control characters, marks that turn the direction of writing
(Unicode TR36, "Bidirectional Text Spoofing"), zero-width characters, blanks that pass for letters.
Letters of every script stay as they are, and so do their accents, up to `MOST_MARKS` on one letter.

Persian writes the zero-width non-joiner inside of words, and the scripts of India write it and the
joiner between letters: there both stay. Elsewhere they do nothing that anybody sees.
"""

import re
import unicodedata
from typing import Final

LONGEST: Final = 4_000
"""Letters that are looked at, many more than any name has: sorting marks, which Unicode's normal
form asks for, takes time that grows with the square of their number."""

MOST_MARKS: Final = 4
"""Marks on one letter: Vietnamese has two, pointed Hebrew and Tibetan three, and Zalgo hundreds."""

# Latin, Greek and Cyrillic letters, punctuation, signs, the writing of East Asia, pictures: most
# lines hold nothing else, and of these only what is not printable needs a second look.
_PLAIN: Final = re.compile(
    "[ -\u02ff\u0370-\u0482\u048a-\u052f\u2010-\u205e\u20a0-\u20cf\u2100-\u27bf"
    "\u3041-\u3096\u30a0-\u30ff\u4e00-\u9fff\uac00-\ud7a3\U0001f300-\U0001faff]*"
)
# Controls, formats, halves of surrogate pairs, places for private use.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
_BREAKS: Final = frozenset({"Zl", "Zp", "Zs"})
# They are letters or symbols to Unicode, and nothing to the eye.
_BLANK: Final = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_JOINERS: Final = frozenset("\u200c\u200d")


def harmless(text: str) -> str:
    """The first `LONGEST` letters of `text` in one line, without what nobody sees; empty if nothing
    is left. Linear."""
    text = text[:LONGEST]
    if _is_plain(text):
        return text
    kept: list[str] = []
    marks = 0
    letters = unicodedata.normalize("NFC", text)
    for place, one in enumerate(letters):
        category = unicodedata.category(one)
        if one in "\t\n\r" or category in _BREAKS or one in _BLANK:
            one, category = " ", "Zs"
        elif _is_unseen(one, category) and not (one in _JOINERS and _joins(letters, place)):
            continue
        if category in {"Mn", "Me"}:
            marks += 1
            if marks > MOST_MARKS or not kept or kept[-1] == " ":
                continue
        elif category != "Cf":
            marks = 0
        if one == " " and (not kept or kept[-1] == " "):
            continue
        kept.append(one)
    return "".join(kept).strip(" \u200c\u200d")


def _is_plain(text: str) -> bool:
    return (
        text.isprintable()
        and _PLAIN.fullmatch(text) is not None
        and "  " not in text
        and text == text.strip()
    )


def _is_unseen(one: str, category: str) -> bool:
    """Is nothing drawn for it? By its category, or as Unicode says of what it may still become
    (`Default_Ignorable_Code_Point`)."""
    if category == "Cn":
        return one == "\u2065" or "\ufff0" <= one <= "\uffff" or one >= "\U000e0000"
    return category in _UNSEEN or one == "\u034f"


def _joins(letters: str, place: int) -> bool:
    """Does a joiner stand between two letters of scripts that know it?"""
    return 0 < place < len(letters) - 1 and all(
        _knows_joiners(letters[beside]) for beside in (place - 1, place + 1)
    )


def _knows_joiners(letter: str) -> bool:
    """Is it of an Arabic script, or of one from India to Mongolia? By its block."""
    return (
        "\u0600" <= letter <= "\u08ff"
        or "\u0900" <= letter <= "\u0dff"
        or "\u1000" <= letter <= "\u109f"
        or "\u1780" <= letter <= "\u18af"
    ) and unicodedata.category(letter)[0] in "LM"
