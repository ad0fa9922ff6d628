"""Where in which list a ticket was opened: words of its page's address that lead on to the next."""

import re
from typing import Final

from django.http import QueryDict
from django.urls import reverse

from helpdesk.lib.keys import key_in
from tickets.agent.paging import SORTS, asked, write
from tickets.filters import TicketFilter
from tickets.models import Ticket

PLACE: Final = ("list", "sort", "at")
MOST_FIELDS = 20
_FIELD = re.compile(r"field\.[a-z][a-z0-9_]{0,50}", re.ASCII)
USUAL_SORT: Final = "due"
_NAME = re.compile(r"(?:(department|workspace):)?([\w-]{1,100})", re.ASCII)


def place_in(data: QueryDict, ticket: Ticket | None = None) -> str:
    """What an address says of the place in a list its ticket was opened from; "" if nothing.

    Rows name only the list, for they are many: it is `ticket` as it stands when it is opened that
    tells where in the list that is.
    """
    kept = QueryDict(mutable=True)
    fields = [name for name in data if _FIELD.fullmatch(name)][:MOST_FIELDS]
    for name in (*TicketFilter.base_filters, *fields, *PLACE):
        if value := asked(data, name):
            kept[name] = value
    if "list" in kept and ticket is not None:
        sort = kept.setdefault("sort", USUAL_SORT)
        if sort in SORTS and "at" not in kept:
            kept["at"] = write(ticket, SORTS[sort])
    return kept.urlencode() if all(name in kept for name in PLACE) else ""


def list_of(place: QueryDict) -> str:
    """The address of that list as it was filtered; of the agent's first list without a place."""
    found = _NAME.fullmatch(asked(place, "list"))
    if not found:
        return reverse("agent:queue")
    kind, name = found[1] or "view", found[2]
    if kind == "workspace":
        return reverse("agent:workspace", args=[key_in(name)])
    kept = QueryDict(place_in(place), mutable=True)
    for word in ("list", "at"):
        kept.pop(word, None)
    address = reverse(f"agent:{kind}", args=[name])
    return f"{address}?{kept.urlencode()}" if kept else address


def own_page(wanted: str) -> str:
    """`wanted` if it is an address among the agents' pages, else that of the first list."""
    is_ours = wanted.startswith(reverse("agent:queue")) and "\\" not in wanted
    return wanted if is_ours else reverse("agent:queue")
