"""Where in which list a ticket was opened: words of its page's address that lead on to the next."""

import re
from typing import Final

from django.http import QueryDict
from django.urls import reverse

from tickets.agent.paging import asked
from tickets.filters import TicketFilter

PLACE: Final = ("list", "sort", "at")
MOST_FIELDS = 20
_FIELD = re.compile(r"field\.[a-z][a-z0-9_]{0,50}", re.ASCII)
_NAME = re.compile(r"(?:(department|workspace):)?([\w-]{1,100})", re.ASCII)


def place_in(data: QueryDict) -> str:
    """What an address says of the place in a list its ticket was opened from; "" if nothing."""
    if not all(asked(data, name) for name in PLACE):
        return ""
    kept = QueryDict(mutable=True)
    fields = [name for name in data if _FIELD.fullmatch(name)][:MOST_FIELDS]
    for name in (*TicketFilter.base_filters, *fields, *PLACE):
        if value := asked(data, name):
            kept[name] = value
    return kept.urlencode()


def list_of(place: QueryDict) -> str:
    """The address of that list as it was filtered; of the agent's first list without a place."""
    found = _NAME.fullmatch(asked(place, "list"))
    if not found:
        return reverse("agent:queue")
    kind, name = found[1] or "view", found[2]
    if kind == "workspace":
        return reverse("agent:workspace", args=[int(name) if name.isdecimal() else 0])
    kept = QueryDict(place_in(place), mutable=True)
    for word in ("list", "at"):
        kept.pop(word, None)
    address = reverse(f"agent:{kind}", args=[name])
    return f"{address}?{kept.urlencode()}" if kept else address
