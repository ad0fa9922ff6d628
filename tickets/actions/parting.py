"""How acts between tickets, and on letters, are put back: the longer half of `undoing`.

Every function expects its tickets locked. It says whether it put back what the events tell, or
raises ChangedMeanwhile with what stands in the way.
"""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import Department
from helpdesk.lib.errors import DeskError
from tickets.actions import steps
from tickets.lifecycle import Status
from tickets.models import Event, Follower, Message, Ticket, TicketLink


class ChangedMeanwhile(DeskError):
    """What would be undone no longer stands."""

    status = 409


def directions(event: Event) -> dict[str, Any]:
    """What the line of undoing says of the way back: what went there comes here, and the other way
    round, with the messages that did."""
    details = event.details
    facts = {"messages": details["messages"]} if "messages" in details else {}
    if "into" in details:
        return {"source": details["into"], **facts}
    return {"into": details["source"], **facts} if "source" in details else {}


def not_merged(given: Event, taken: Event) -> bool:
    """The ticket goes on by itself, as it stood, with what was said on it. What was said in the
    other since stays there; who came into copy by the merge and said nothing leaves it."""
    ticket, target = (Ticket.objects.get(pk=one.ticket_id) for one in (given, taken))
    if ticket.merged_into_id != target.pk or "was" not in given.details:
        return False
    if target.status == Status.MERGED:
        raise ChangedMeanwhile(
            _("#%(number)d was merged itself. Undo that first.") % {"number": target.number}
        )
    joined = taken.details["joined"]
    spoke = target.messages.filter(author__in=joined).values("author")
    target.followers.filter(user__in=joined, in_copy=True).exclude(user__in=spoke).delete()
    TicketLink.objects.filter(source=ticket, target=target, kind=TicketLink.Kind.MERGED).delete()
    ticket.merged_into = None
    home = Department.objects.filter(pk=given.details["department_id"], is_active=True).first()
    ticket.department = home or ticket.department
    ticket.save(update_fields=["merged_into", "department"])
    Ticket.objects.filter(pk__in=steps.absorbed([ticket.pk])).update(department=ticket.department)
    steps.put_back(ticket, given.details["was"])
    _stand_as_before(target, taken)
    steps.retell(target)
    return True


def not_split(given: Event, taken: Event) -> bool:
    """The messages go back; what is a copy of a part is withdrawn, and offered again. The ticket
    that was split off points to where they went."""
    source, new = (Ticket.objects.get(pk=one.ticket_id) for one in (given, taken))
    keys = taken.details["messages"]
    if new.status == Status.MERGED:
        return False
    if set(new.messages.values_list("pk", flat=True)) != set(keys):
        raise _written_since(new)
    if "part" in taken.details:
        new.messages.update(withdrawn_at=timezone.now())
        matter = [taken.details["at"], taken.details["part"]]
        others = sorted([*source.matters.get("others", []), matter])
        source.matters = {"message": taken.details["whole"], "others": others}
        source.save(update_fields=["matters"])
    else:
        new.messages.update(ticket=source)
    steps.leave_empty(new, source)
    for one in (source, new):
        steps.retell(one)
    return True


def not_moved_out(given: Event, taken: Event) -> bool:
    """The message goes back as it stood. A ticket that was opened for it and has nothing else
    points there, so that answers to it arrive."""
    source, here = (Ticket.objects.get(pk=one.ticket_id) for one in (given, taken))
    message = here.messages.filter(pk=taken.message_id or 0).first()
    if message is None:
        return False
    if taken.details["opened"]:
        if here.messages.exclude(pk=message.pk).exists():
            raise _written_since(here)
        if here.status == Status.MERGED:
            return False
    for name, value in taken.details["stood"].items():
        setattr(message, name, value)
    message.ticket = source
    message.save(update_fields=["ticket", "kind", "why", "warning"])
    if taken.details["opened"]:
        steps.leave_empty(here, source)
    else:
        _stand_as_before(here, taken)
    _stand_as_before(source, given)
    for one in (source, here):
        steps.retell(one)
    return True


def not_admitted(ticket: Ticket, event: Event) -> bool:
    """The sender does not take part after all: their letter is only for us again."""
    message = Message.objects.filter(pk=event.message_id or 0, kind=Message.Kind.REPLY).first()
    if message is None or steps.current(message.ticket).pk != ticket.pk:
        return False
    others = ticket.messages.filter(author=message.author, kind=Message.Kind.REPLY)
    if others.exclude(pk=message.pk).exists():
        raise ChangedMeanwhile(
            _("%(name)s has written on this ticket since. Remove them from those who hear of it.")
            % {"name": message.author}
        )
    message.kind, message.warning = Message.Kind.NOTE, event.details["warning"]
    message.save(update_fields=["kind", "warning"])
    if event.details["joined"]:
        Follower.objects.filter(ticket=ticket, user=message.author, in_copy=True).delete()
    _stand_as_before(ticket, event)
    steps.retell(ticket)
    return True


def _stand_as_before(ticket: Ticket, event: Event) -> None:
    """As it stood before `event`, if that is where it still is and nothing was said since."""
    was = event.details.get("was")
    if was and ticket.status == event.details["after"] and not steps.said_since(ticket, event):
        steps.put_back(ticket, was)


def _written_since(ticket: Ticket) -> ChangedMeanwhile:
    return ChangedMeanwhile(
        _("Somebody has written on #%(number)d since. Merge it instead.")
        % {"number": ticket.number}
    )
