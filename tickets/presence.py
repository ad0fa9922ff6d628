"""Who looks at which ticket now, and who writes. Lives in Redis and forgets by itself.

All of it is one hash, so that a list with a hundred tickets asks once; every person has a field of
their own for each ticket, so that two who arrive in the same moment do not overwrite each other.
"""

import logging
import time
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, Final, NamedTuple

from django.conf import settings
from redis import Redis, RedisError

from departments.models import User

log = logging.getLogger(__name__)

FORGET_AFTER: Final = 45
"""Seconds after which somebody who no longer polls is gone."""
_KEY: Final = "presence"


class Viewer(NamedTuple):
    """Somebody who looks at a ticket."""

    name: str
    writes: bool


@cache
def _redis(location: str) -> "Redis":
    return Redis.from_url(location, decode_responses=True, socket_timeout=1)


def look(number: int, user: User, *, writing: bool = False) -> list[Viewer]:
    """Note that `user` looks at ticket `number`, or writes there; who else does."""
    told = f"{int(time.time())}:{int(writing)}:{user}"
    found = _ask(("hset", _KEY, f"{number}:{user.pk}", told), ("hgetall", _KEY))
    return _among(found, [number], user).get(number, [])


def leave(number: int, user: User) -> None:
    """`user` closed the page of ticket `number`."""
    _ask(("hdel", _KEY, f"{number}:{user.pk}"))


def viewers(numbers: Collection[int], *, besides: User) -> dict[int, list[Viewer]]:
    """{number: who looks at it now besides one}, without those at which nobody looks."""
    return _among(_ask(("hgetall", _KEY)), numbers, besides) if numbers else {}


def _ask(*orders: tuple[str, ...]) -> dict[str, str]:
    """What the last of `orders` answers; nothing while Redis is away: nobody waits for it."""
    try:
        line: Any = _redis(settings.CACHES["default"]["LOCATION"]).pipeline(transaction=False)
        for order in orders:
            line.execute_command(*order)
        answer = line.execute()[-1]
    except RedisError:
        log.warning("Redis is away: nobody knows who looks at which ticket")
        return {}
    return answer if isinstance(answer, dict) else {}


def _among(
    found: dict[str, str], numbers: Collection[int], besides: User
) -> dict[int, list[Viewer]]:
    wanted = {str(number) for number in numbers}
    long_ago = time.time() - FORGET_AFTER
    looking: dict[int, list[Viewer]] = {}
    gone = []
    for field, told in sorted(found.items()):
        number, _colon, who = field.partition(":")
        at, writes, name = told.split(":", 2)
        if float(at) < long_ago:
            gone.append(field)
        elif number in wanted and who != str(besides.pk):
            looking.setdefault(int(number), []).append(Viewer(name, writes == "1"))
    _forget(gone)
    return looking


def _forget(fields: Iterable[str]) -> None:
    if fields := list(fields):
        _ask(("hdel", _KEY, *fields))
