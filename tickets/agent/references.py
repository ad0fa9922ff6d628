"""Numbers of tickets named in a text, shown as links to who may open them."""

import re
from collections.abc import Sequence
from typing import Final

from django.urls import reverse

from departments.models import User
from helpdesk.lib.markup import Tag, pieces
from tickets.models import Ticket

MOST: Final = 50
"""So many numbers of one page are looked up; the others stay text."""

# Numbers begin at 10001; "&#1234;" is a character and "a#10482" the end of an address.
_NUMBER = re.compile(r"(?<![\w&/#])#([1-9]\d{4,9})(?!\w)", re.ASCII)


def with_links(texts: Sequence[str], reader: User) -> list[str]:
    """`texts` (clean HTML) in which "#10482" leads to that ticket, if `reader` works on it; nothing
    tells a number of another department from one that does not exist. At most one question."""
    named = dict.fromkeys(int(number) for text in texts for number in _NUMBER.findall(text))
    if not named:
        return list(texts)
    known = set(
        Ticket.objects.workable_by(reader)
        .filter(pk__in=list(named)[:MOST])
        .values_list("pk", flat=True)
    )
    return [_linked(text, known) if known else text for text in texts]


def _linked(html: str, known: set[int]) -> str:
    def link(found: re.Match[str]) -> str:
        number = int(found[1])
        if number not in known:
            return found[0]
        return f'<a href="{reverse("agent:ticket", args=[number])}">#{number}</a>'

    done, links = [], 0
    for piece in pieces(html):
        if isinstance(piece, Tag):
            links += (-1 if piece.closing else 1) if piece.name == "a" else 0
            done.append(html[piece.start : piece.end])
        else:
            done.append(piece if links else _NUMBER.sub(link, piece))
    return "".join(done)
