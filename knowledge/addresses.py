"""Short names in addresses, made of titles in any of our languages."""

import re
from typing import Final

from django.utils.text import slugify

from knowledge.models import Article

# Ukrainian as in passports (resolution 55 of 2010), other letters as Russian passports write them.
LATIN: Final = str.maketrans(
    dict(zip("абвгґдеєзиіїйклмнопрстуфыэъь", "abvhgdeezyiiiklmnoprstufye''", strict=True))
    | {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "iu", "я": "ia"}
    | {"ё": "e", "’": "", "ʼ": "", "'": "", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}
)
LONGEST: Final = 70


def slug_of(title: str) -> str:
    """A short name for an article called `title` that no other article has."""
    base = _base(title)
    taken = set(Article.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in numbered if name not in taken)


def follows(slug: str, title: str) -> bool:
    """Was `slug` made of this title?"""
    return bool(re.fullmatch(rf"{re.escape(_base(title))}(-\d+)?", slug))


def _base(title: str) -> str:
    whole = slugify(title.lower().translate(LATIN))
    if len(whole) > LONGEST:
        whole = whole[:LONGEST].rpartition("-")[0] or whole[:LONGEST]
    return whole or "article"
