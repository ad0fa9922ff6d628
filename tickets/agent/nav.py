"""What stands beside every page of an agent: the lists with their counters, and the bell.

All numbers come from one statement. Each of them looks at unfinished tickets only and stops
counting at `MOST`, so no number of closed or open tickets makes a page slow.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import IntegerField, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from departments.models import User
from tickets.agent.lists import VIEWS, countable, department_view, narrowed, view_of
from tickets.filters import Sight
from tickets.models import Event, Notification, Ticket, Workspace

MOST: Final = 999
MOST_BELL: Final = 99
MOST_WORKSPACES: Final = 20


class CappedCount(Subquery):
    """How many rows a queryset has, counted up to one more than `most`."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    # An agent without departments has an empty list of places; Django then asks nothing at all.
    empty_result_set_value = 0

    def __init__(self, rows: QuerySet[Any], most: int = MOST) -> None:
        super().__init__(rows.order_by().values("pk")[: most + 1])


@dataclass
class Link:
    """One line of the navigation; `count` is None where nothing is counted."""

    key: str
    name: str
    url: str
    icon: str
    count: int | None = None
    is_capped: bool = False


Further = Callable[[User], "tuple[Link, QuerySet[Any]] | None"]
FURTHER: list[Further] = []
"""Lines that other apps add below the lists, each with the rows it counts, None where somebody does
not see it. The roof fills this, for nobody below knows those apps."""


@dataclass
class Nav:
    """The navigation of one agent. `newest_event` is the last line of history there was when the
    page was made, `newest_told` the last line behind the bell; `bell` counts unread notifications,
    up to one more than `MOST_BELL`; `saved` are the workspaces of their lines."""

    sight: Sight
    views: list[Link] = field(default_factory=list)
    departments: list[Link] = field(default_factory=list)
    workspaces: list[Link] = field(default_factory=list)
    saved: list[Workspace] = field(default_factory=list)
    further: list[Link] = field(default_factory=list)
    bell: int = 0
    newest_event: int = 0
    newest_told: int = 0


def nav_context(user: User, current_view: str = "") -> dict[str, Any]:
    """`nav` and `current_view` for a page of `user`; `current_view` is the key of the lit line."""
    return {"nav": nav_of(user), "current_view": current_view}


def nav_of(user: User) -> Nav:
    """The lists of `user` with their counters: three questions, however many lists there are."""
    nav = Nav(Sight(user))
    counted: dict[str, QuerySet[Any]] = {}
    for view in VIEWS.values():
        url = reverse("agent:view", args=[view.slug])
        nav.views.append(Link(view.slug, str(view.name), url, view.icon))
        if view.counted:
            counted[f"view:{view.slug}"] = view.tickets(user)
    for place in nav.sight.departments:
        url = reverse("agent:department", args=[place.slug])
        nav.departments.append(Link(f"department:{place.slug}", place.name, url, "department"))
        counted[f"department:{place.slug}"] = department_view(place).tickets(user).ours()
    nav.saved = list(Workspace.objects.usable_by(user).distinct()[:MOST_WORKSPACES])
    for workspace in nav.saved:
        url = reverse("agent:workspace", args=[workspace.pk])
        key = f"workspace:{workspace.pk}"
        nav.workspaces.append(Link(key, workspace.name, url, "workspace"))
        tickets, _sorts = narrowed(*view_of(workspace), nav.sight)
        if (rows := countable(tickets)) is not None:
            counted[key] = rows
    for asked in FURTHER:
        if (line := asked(user)) is not None:
            link, counted[f"further:{link.key}"] = line
            nav.further.append(link)
    counted["bell"] = unread(user)
    _fill(nav, user, counted)
    return nav


def unread(user: User) -> QuerySet[Notification]:
    """Notifications that `user` has not read, of tickets they still work on."""
    return Notification.objects.filter(
        user=user,
        read_at__isnull=True,
        event__ticket__in=Ticket.objects.workable_by(user).values("pk"),
    )


def read_bell(user: User, *numbers: int) -> None:
    """Whoever opens a ticket has read what the bell says of it; those merged into it have `numbers`
    as well."""
    unread(user).filter(event__ticket__in=numbers).update(read_at=timezone.now())


def _fill(nav: Nav, user: User, counted: dict[str, QuerySet[Any]]) -> None:
    names = {f"count_{number}": key for number, key in enumerate(counted)}
    asked: dict[str, Subquery] = {
        name: CappedCount(counted[key], MOST_BELL if key == "bell" else MOST)
        for name, key in names.items()
    }
    asked["newest_event"] = Subquery(Event.objects.order_by("-pk").values("pk")[:1])
    told = Notification.objects.filter(user=user).order_by("-pk")
    asked["newest_told"] = Subquery(told.values("pk")[:1])
    row = User.objects.filter(pk=user.pk).annotate(**asked).values(*asked).get()
    found = {key: row[name] or 0 for name, key in names.items()}
    lines = [*((f"view:{link.key}", link) for link in nav.views)]
    lines += [(link.key, link) for link in (*nav.departments, *nav.workspaces)]
    lines += [(f"further:{link.key}", link) for link in nav.further]
    for key, link in lines:
        if key in found:
            link.count = min(found[key], MOST)
            link.is_capped = found[key] > MOST
    nav.bell = found["bell"]
    nav.newest_event = row["newest_event"] or 0
    nav.newest_told = row["newest_told"] or 0
