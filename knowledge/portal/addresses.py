"""Addresses of the help pages as search engines know them.

An article has one address, and under it as many languages as it is written in: `?lang=` names one.
That is the canonical address of a page where there are several; the address without it gives each
reader their own.
"""

from collections.abc import Collection

from django.conf import settings

from knowledge.models import Article


def canonical(article: Article, language: str, languages: Collection[str]) -> str:
    """The address of `article` in `language`, one of the `languages` it is written in."""
    asked = f"?lang={language}" if len(languages) > 1 else ""
    return f"{settings.DESK_URL}{article.get_absolute_url()}{asked}"


def alternates(article: Article, languages: Collection[str]) -> list[tuple[str, str]]:
    """(language, address) of each language, and of the address that finds the reader's own; empty
    where there is only one."""
    if len(languages) < 2:
        return []
    named = [(code, canonical(article, code, languages)) for code in languages]
    return [*named, ("x-default", f"{settings.DESK_URL}{article.get_absolute_url()}")]
