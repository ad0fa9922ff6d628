"""Who looks at a ticket now. Lives in the cache and forgets by itself."""

import time

from django.core.cache import cache

from departments.models import User

FORGET_AFTER = 45
"""Seconds after which somebody who no longer polls is gone."""


def _key(number: int) -> str:
    return f"presence:{number}"


def look(number: int, user: User, *, writing: bool = False) -> list[tuple[str, bool]]:
    """Note that `user` looks at ticket `number`; who else does: [(name, is writing)]."""
    now = time.time()
    seen = {
        key: row
        for key, row in (cache.get(_key(number)) or {}).items()
        if row[0] > now - FORGET_AFTER
    }
    others = [(name, is_writing) for key, (_at, name, is_writing) in seen.items() if key != user.pk]
    seen[user.pk] = (now, str(user), writing)
    cache.set(_key(number), seen, FORGET_AFTER)
    return others


def viewers(numbers: list[int]) -> dict[int, list[str]]:
    """{number: names of those who look at it now}, one question to the cache."""
    now = time.time()
    found = cache.get_many([_key(number) for number in numbers])
    return {
        number: [
            name for at, name, _writing in found[_key(number)].values() if at > now - FORGET_AFTER
        ]
        for number in numbers
        if _key(number) in found
    }
