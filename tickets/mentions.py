"""Colleagues named in a note: `@` and their full name, as `str(user)` shows it."""

import re
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from departments.models import Membership, User

MOST: int = 50
"""So many names of one note are looked at."""

# Behind a letter or a digit it is the middle of an address.
_AT = re.compile(r"(?<![\w.+-])@(?=\w)")
_WORD = re.compile(r"\w")


@dataclass(frozen=True)
class Named:
    """Whom a note names: `here` work in the ticket's department, `elsewhere` do not."""

    here: tuple[User, ...] = ()
    elsewhere: tuple[User, ...] = ()


def named_in(text: str, *, department: int) -> Named:
    """The agents that `text` names, each once, in this order; the longest name that fits counts.
    One question, and none for a text without `@`."""
    places = [found.end() for found in _AT.finditer(text)][:MOST]
    if not places:
        return Named()
    member = Membership.objects.filter(user=OuterRef("pk"), department=department)
    agents = User.objects.annotate(is_member=Exists(member)).filter(
        Q(is_superuser=True) | Exists(Membership.objects.filter(user=OuterRef("pk"))),
        is_active=True,
    )
    works_here = {one.pk for one in agents if one.is_superuser or one.is_member}
    # Of two with one name the colleague is meant.
    people = sorted(agents, key=lambda one: (-len(str(one)), one.pk not in works_here, one.pk))
    found: dict[int, User] = {}
    for place in places:
        who = next((one for one in people if _stands(str(one), text, place)), None)
        if who is not None:
            found.setdefault(who.pk, who)
    return Named(
        tuple(one for one in found.values() if one.pk in works_here),
        tuple(one for one in found.values() if one.pk not in works_here),
    )


def _stands(name: str, text: str, place: int) -> bool:
    """Does `name` stand there, and end there?"""
    end = place + len(name)
    same = text[place:end].casefold() == name.casefold()
    return same and not _WORD.match(text[end : end + 1])
