"""A list as an Atom feed (RFC 4287): whose ticket, its subject, where it stands; no messages."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from departments.models import desk_name
from tickets.models import Ticket

# What XML 1.0 has no character for (section 2.2); letters bring such things in their subjects.
NO_CHARACTER: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _Feed(Atom1Feed):
    """The time of an empty feed is when it was made: an answer that did not change stays the same
    to the byte."""

    def latest_post_date(self) -> datetime:
        """When anything in it was last changed."""
        made_at: datetime = self.feed["made_at"]
        return max((item["updateddate"] for item in self.items), default=made_at)


def atom(title: str, url: str, address: str, made_at: datetime, tickets: Iterable[Ticket]) -> bytes:
    """The feed of `tickets`, with `customer` and `department`; `url` is the list's page and
    `address` the feed's own, both below the desk's."""
    name = desk_name()
    feed = _Feed(
        title=_plain(f"{title} · {name}"),
        link=settings.DESK_URL + url,
        feed_url=settings.DESK_URL + address,
        feed_guid=settings.DESK_URL + address,
        description=None,
        author_name=_plain(name),
        made_at=made_at,
    )
    for ticket in tickets:
        page = settings.DESK_URL + reverse("agent:ticket", args=[ticket.number])
        feed.add_item(
            title=_plain(f"#{ticket.number} {ticket.subject}"),
            link=page,
            description=None,  # type: ignore[arg-type]  # None is no summary, "" an empty one
            unique_id=page,
            pubdate=ticket.created_at,
            updateddate=ticket.updated_at,
            author_name=_plain(ticket.customer.name or ticket.customer.public_name),
            categories=(_plain(ticket.department.name), str(ticket.get_status_display())),
        )
    return feed.writeString("utf-8").encode()


def _plain(text: str) -> str:
    return NO_CHARACTER.sub("\ufffd", text)
