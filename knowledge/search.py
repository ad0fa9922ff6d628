"""Finding articles: words in any of their forms, in four languages, title before text."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Final

from django.contrib.postgres.search import SearchQueryCombinable, SearchRank
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable

from helpdesk.lib import words
from helpdesk.lib.vectors import Wanted, any_of, terms
from knowledge.models import ArticleText, Reader, preference

MOST_FOUND: Final = 20
MOST_SUGGESTED: Final = 3
# Of a long text so many telling words are asked for, each of at least so many letters.
MOST_ASKED: Final = 30
SHORTEST_TELLING: Final = 4
# A word of the title counts two more than one of the text: two words are enough if one of them
# stands in the title; one is, if that is what the reader writes about.
ENOUGH: Final = 4


def find(text: str, *, by: Reader, language: str) -> list[ArticleText]:
    """Texts that `by` may read and in which every word of `text` occurs, best first, of each
    article one: in `language` if that one is among them."""
    asked = terms(text)
    if not asked:
        return []
    wanted = reduce(lambda one, other: one & other, asked)
    rows = ArticleText.objects.readable_by(by).filter(words=wanted)
    ranked = rows.annotate(rank=SearchRank(F("words"), wanted)).order_by(
        preference(language), "-rank", "pk"
    )
    best = _one_each(
        ranked.select_related("article__section").defer("html", "words")[: 5 * MOST_FOUND]
    )
    return sorted(best, key=lambda one: -one.rank)[:MOST_FOUND]  # type: ignore[attr-defined]


def suggest(
    text: str, *, by: Reader, language: str, category: int | None = None
) -> list[ArticleText]:
    """At most `MOST_SUGGESTED` texts that may answer what somebody is writing, best first: those
    whose titles share a word with `text`, and more with their text. One question."""
    asked = _telling(text)
    if not asked:
        return []
    titled = [any_of(forms, ending=":A") for forms in asked]
    score: Combinable = Value(0)
    for forms, in_title in zip(asked, titled, strict=True):
        score += _counted(in_title, 2) + _counted(any_of(forms), 1)
    if category is not None:
        score += Case(
            When(article__section__category=category, then=1),
            default=0,
            output_field=IntegerField(),
        )
    rows = ArticleText.objects.readable_by(by).filter(words=reduce(or_, titled))
    scored = rows.annotate(score=score).filter(score__gte=ENOUGH)
    ranked = scored.order_by("-score", preference(language), "pk")
    return _one_each(
        ranked.select_related("article__section").defer("html", "public_html", "words")[:20]
    )[:MOST_SUGGESTED]


def _telling(text: str) -> list[frozenset[str]]:
    """The forms of each word of `text` that may say what it is about."""
    said = dict.fromkeys(words.said(text[:5000]))
    telling = [one for one in said if len(one) >= SHORTEST_TELLING]
    return [words.forms(one) | {one} for one in telling[:MOST_ASKED]]


def _counted(term: Wanted | SearchQueryCombinable, times: int) -> Case:
    return Case(When(Q(words=term), then=times), default=0, output_field=IntegerField())


def _one_each(texts: Iterable[ArticleText]) -> list[ArticleText]:
    """The first of each article, in their order."""
    first: dict[int, ArticleText] = {}
    for one in texts:
        first.setdefault(one.article_id, one)
    return list(first.values())
