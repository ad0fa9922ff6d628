"""Words for PostgreSQL: texts into `tsvector` columns of the configuration `simple`, questions into
`tsquery`, both in the forms of `words`."""

from collections.abc import Iterable
from typing import Final

from django.contrib.postgres.search import SearchQuery
from django.db.models import Func, TextField, Value

from helpdesk.lib import words

# PostgreSQL keeps positions up to 16383 and 256 of them for a word.
LAST_POSITION: Final = 16_383
MOST_BYTES: Final = 900_000
"""Of words and their places in one vector; PostgreSQL refuses more than 1 MB."""
MOST_TERMS: Final = 12


class Wanted(SearchQuery):
    """A tsquery taken as it stands: `to_tsquery` would split its words once more, at apostrophes,
    although they stand whole in the index."""

    template = "(%(expressions)s)::tsquery"


def vector(weighted: Iterable[tuple[str, str]]) -> Func:
    """A tsvector literal from (weight A to D, text) pairs, one after the other."""
    entries: dict[str, list[str]] = {}
    start, room = 0, MOST_BYTES
    for weight, text in weighted:
        indexed = words.index_words(text)
        for position, forms in indexed:
            place = f"{min(start + position, LAST_POSITION)}{weight}"
            for form in forms:
                room -= 2 if form in entries else len(form.encode()) + 6
                if room > 0:
                    entries.setdefault(form, []).append(place)
        start += len(indexed) + 10
    literal = " ".join(
        f"{_quoted(form)}:{','.join(places[:200])}" for form, places in entries.items()
    )
    return Func(Value(literal), template="%(expressions)s::tsvector", output_field=TextField())


def terms(text: str, weights: str = "") -> list[Wanted]:
    """What to ask for each of the first `MOST_TERMS` words of `text`, where it has one of the
    `weights` if some are named. The last may still be in the making, so its beginning is enough."""
    found = words.said(text)[:MOST_TERMS]
    starts = ["" for _word in found]
    if found and len(found[-1]) > 2 and not found[-1].isdigit():
        starts[-1] = "*"
    return [
        any_of(
            words.forms(word) | {word},
            ending=f":{start}{weights}" if start or weights else "",
        )
        for word, start in zip(found, starts, strict=True)
    ]


def any_of(forms: Iterable[str], *, ending: str = "") -> Wanted:
    """One of these `forms`; `ending` narrows (":A", by weight) or widens (":*", longer words)."""
    choice = " | ".join(f"{_quoted(one)}{ending}" for one in sorted(forms))
    return Wanted(f"({choice})", search_type="raw")


def _quoted(form: str) -> str:
    return "'{}'".format(form.replace("\\", "\\\\").replace("'", "''"))
