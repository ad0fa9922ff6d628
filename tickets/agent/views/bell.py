"""The bell: what an agent was told, ticket by ticket, until it is read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from departments.http import SignedInRequest, agent_required
from helpdesk.lib.keys import key_in
from tickets.agent.nav import nav_context, read_bell, unread
from tickets.models import Notification, Ticket

PAGE: Final = 60


@dataclass
class Told:
    """A ticket on the page of the bell, with its lines, newest first."""

    ticket: Ticket
    lines: list[Notification] = field(default_factory=list)

    @property
    def is_unread(self) -> bool:
        """Is any of its lines?"""
        return any(line.read_at is None for line in self.lines)


@never_cache
@agent_required
@require_http_methods(["GET", "POST"])
def notifications(request: SignedInRequest) -> HttpResponse:
    """The newest lines, and older ones `after` a line; POST marks all of them as read, or those of
    one `ticket`."""
    user = request.user
    if request.method == "POST":
        number = key_in(request.POST.get("ticket", ""))
        if number:
            read_bell(user, number)
        else:
            unread(user).update(read_at=timezone.now())
        return redirect("agent:notifications")
    mine = Notification.objects.filter(
        user=user, event__ticket__in=Ticket.objects.workable_by(user).values("pk")
    ).select_related("event__ticket__customer", "event__actor", "event__message")
    after = key_in(request.GET.get("after", ""))
    if after:
        mine = mine.filter(pk__lt=after)
    found = list(mine.order_by("-pk")[: PAGE + 1])
    lines = found[:PAGE]
    context: dict[str, Any] = {
        "groups": by_ticket(lines),
        "after": lines[-1].pk if len(found) > PAGE else None,
        "is_first": not after,
        **nav_context(user, "notifications"),
    }
    return render(request, "agent/notifications.html", context)


def by_ticket(lines: Iterable[Notification]) -> list[Told]:
    """`lines`, newest first, under their tickets; the ticket with the newest line first."""
    found: dict[int, Told] = {}
    for line in lines:
        found.setdefault(line.event.ticket_id, Told(line.event.ticket)).lines.append(line)
    return list(found.values())
