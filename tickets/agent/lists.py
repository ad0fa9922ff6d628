"""The lists an agent works from: ready-made views, one for each department, and workspaces."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from departments.models import Department, User
from tickets.filters import Sight, TicketFilter
from tickets.lifecycle import AT_WORK, OURS, Status
from tickets.models import Draft, Follower, Mention, Ticket, Workspace
from tickets.models.ticket import TicketQuerySet

WORK_SORTS = ("due", "waiting", "updated", "newest")
SOON = timedelta(hours=1)
SPAM_SHOWN_FOR = timedelta(days=30)

Pick = Callable[[TicketQuerySet, User], TicketQuerySet]


@dataclass(frozen=True)
class TicketView:
    """A ready-made list. `pick` narrows the tickets of the agent's departments to it.

    `counted` lists hold unfinished tickets only, so that counting them stays cheap. `sorts` are the
    ways it can be sorted, the usual one first. `decides` are filters that the list answers itself.
    """

    slug: str
    name: str | Promise
    icon: str
    pick: Pick
    empty: str | Promise
    counted: bool = True
    sorts: tuple[str, ...] = WORK_SORTS
    decides: tuple[str, ...] = ()

    def tickets(self, user: User) -> TicketQuerySet:
        """The list as `user` sees it."""
        return self.pick(Ticket.objects.workable_by(user), user)


def _mine(tickets: TicketQuerySet, user: User) -> TicketQuerySet:
    return tickets.at_work().filter(assignee=user)


def _unassigned(tickets: TicketQuerySet, user: User) -> TicketQuerySet:
    return tickets.at_work().filter(assignee__isnull=True)


def _ours(tickets: TicketQuerySet, user: User) -> TicketQuerySet:
    return tickets.ours()


def _theirs(tickets: TicketQuerySet, user: User) -> TicketQuerySet:
    return tickets.filter(status=Status.PENDING)


def _due(tickets: TicketQuerySet, user: User) -> TicketQuerySet:
    return tickets.at_work().filter(due_at__lt=timezone.now() + SOON)


def _mentioned(tickets: TicketQuerySet, user: User) -> TicketQuerySet:
    # A mention on a ticket that was merged stands where that goes on.
    open_ones = Mention.objects.filter(user=user, answered_at__isnull=True)
    places = open_ones.values_list(Coalesce("ticket__merged_into", "ticket"))
    return tickets.at_work().filter(pk__in=places)


def _followed(tickets: TicketQuerySet, user: User) -> TicketQuerySet:
    followed = Follower.objects.filter(user=user, in_copy=False).values("ticket")
    return tickets.at_work().filter(pk__in=followed)


def _drafted(tickets: TicketQuerySet, user: User) -> TicketQuerySet:
    return tickets.filter(pk__in=Draft.objects.filter(author=user).values("ticket"))


def _at_work(tickets: TicketQuerySet, user: User) -> TicketQuerySet:
    return tickets.at_work()


def _solved(tickets: TicketQuerySet, user: User) -> TicketQuerySet:
    return tickets.filter(status=Status.SOLVED)


def _spam(tickets: TicketQuerySet, user: User) -> TicketQuerySet:
    # Bounded by its age: there is no index of spam, and nobody looks for old spam here.
    return tickets.filter(status=Status.SPAM, updated_at__gt=timezone.now() - SPAM_SHOWN_FOR)


VIEWS: Final = {
    view.slug: view
    for view in (
        TicketView(
            "mine",
            _("Mine"),
            "person",
            _mine,
            _("Tickets that are yours to answer stand here. Take one from the unassigned."),
            decides=("assignee",),
        ),
        TicketView(
            "unassigned",
            _("Unassigned"),
            "unassigned",
            _unassigned,
            _("Tickets that are nobody's yet stand here. At the moment everything is taken."),
            decides=("assignee",),
        ),
        TicketView(
            "waiting",
            _("Waiting for us"),
            "turn",
            _ours,
            _("Customers who wait for our answer stand here. At the moment nobody does."),
        ),
        TicketView(
            "customer",
            _("Waiting for customer"),
            "waiting",
            _theirs,
            _("Tickets that we have answered stand here until the customer writes again."),
            decides=("status",),
        ),
        TicketView(
            "due",
            _("Due soon"),
            "clock",
            _due,
            _("What is overdue or due within the hour stands here. At the moment nothing is."),
            decides=("overdue",),
        ),
        TicketView(
            "mentions",
            _("Mentions"),
            "mention",
            _mentioned,
            _("Tickets on which a colleague names you stand here until you say something there."),
        ),
        TicketView(
            "following",
            _("Following"),
            "follow",
            _followed,
            _("Tickets that you follow stand here. Follow one on its page."),
        ),
        TicketView(
            "drafts",
            _("Drafts"),
            "draft",
            _drafted,
            _("Tickets on which you have begun to write stand here."),
            sorts=("updated", "newest"),
        ),
        TicketView(
            "all",
            _("All open"),
            "all",
            _at_work,
            _("Every unfinished ticket of your departments stands here. There is none."),
        ),
        TicketView(
            "solved",
            _("Recently solved"),
            "solved",
            _solved,
            _("Solved tickets stand here until they close."),
            counted=False,
            sorts=("solved",),
            decides=("status", "overdue"),
        ),
        TicketView(
            "spam",
            _("Spam"),
            "spam",
            _spam,
            _("What was marked as spam within the last 30 days stands here."),
            counted=False,
            sorts=("updated",),
            decides=("status", "overdue"),
        ),
    )
}
HOME = VIEWS["waiting"]
# Lists in which a filter by status may reach finished tickets as well.
OPEN_ENDED = frozenset({"all"})


def department_view(department: Department) -> TicketView:
    """Everything unfinished in one department."""
    return TicketView(
        department.slug,
        department.name,
        "department",
        lambda tickets, user: tickets.at_work().filter(department=department),
        _("Every unfinished ticket of this department stands here. There is none."),
        decides=("department",),
    )


def view_of(workspace: Workspace) -> tuple[TicketView, QueryDict]:
    """The list that `workspace` starts from, and its filter."""
    data = QueryDict(workspace.query)
    return VIEWS.get(data.get("view", ""), VIEWS["all"]), data


def narrowed(
    view: TicketView, data: QueryDict, sight: Sight
) -> tuple[TicketFilter, tuple[str, ...]]:
    """`view` under the filter in `data`, and the sorts that are cheap for what it shows.

    Asking the open-ended list for finished tickets gives them, newest first: that order needs no
    sorting however many there are.
    """
    tickets, sorts = view.tickets(sight.user), view.sorts
    wanted = data.get("status", "")
    if view.slug in OPEN_ENDED and wanted not in {"", "ours", "at_work", *map(str, OURS)}:
        tickets = Ticket.objects.workable_by(sight.user)
        unfinished = {Status.PENDING.value, Status.ON_HOLD.value}
        sorts = sorts if wanted in unfinished else ("newest",)
    return TicketFilter(data, queryset=tickets, sight=sight), sorts


def countable(tickets: TicketFilter) -> QuerySet[Ticket] | None:
    """What a counter may count of a filter: its unfinished tickets; None if that is too dear."""
    if tickets.needs_words or tickets.compares_fields:
        return None
    return tickets.tickets.filter(status__in=AT_WORK)
