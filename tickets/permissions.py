"""Who may do what: one predicate per question. Verbs require them, buttons ask them.

`None` is the house itself (the clock, a rule); no door can utter it.
"""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import Department, User
from tickets.lifecycle import Status
from tickets.models import Event, Follower, Message, Ticket

RATING_MAY_CHANGE_FOR = timedelta(days=30)
MOVE_MAY_BE_UNDONE_FOR = timedelta(days=1)


def require(allowed: bool) -> None:
    """Refuse with PermissionDenied unless `allowed`."""
    if not allowed:
        raise PermissionDenied(_("You may not do that."))


def works_in(user: User | None, department: Department | int) -> bool:
    """Is `user` an agent of `department`?"""
    if user is None:
        return True
    if not user.is_active:
        return False
    key = department if isinstance(department, int) else department.pk
    return user.is_superuser or key in user.department_roles


def leads(user: User | None, department: Department) -> bool:
    """Is `user` a lead of `department`?"""
    if user is None:
        return True
    if not user.is_active:
        return False
    return user.is_superuser or user.department_roles.get(department.pk) == "lead"


def can_work_on(user: User | None, ticket: Ticket) -> bool:
    """May they do agents' work on it: answer, note, assign, move, solve…?"""
    return works_in(user, ticket.department_id)


def is_customer_of(user: User | None, ticket: Ticket) -> bool:
    """Do they stand on the customer's side of it: its customer, in Cc, or a colleague where the
    organisation shares its tickets?"""
    if user is None or not user.is_active:
        return False
    if user.pk == ticket.customer_id:
        return True
    if ticket.status == Status.SPAM:
        return False
    if Follower.objects.filter(ticket=ticket, user=user, in_copy=True).exists():
        return True
    organisation = user.organisation
    return bool(
        organisation
        and organisation.shares_tickets
        and ticket.customer.organisation_id == organisation.pk
    )


def can_see(user: User | None, ticket: Ticket) -> bool:
    """May they read it in either role?"""
    return can_work_on(user, ticket) or is_customer_of(user, ticket)


def can_reply(user: User | None, ticket: Ticket) -> bool:
    """May they say something the customer reads?"""
    return can_see(user, ticket)


def can_be_assigned(user: User, ticket: Ticket) -> bool:
    """Could this ticket be theirs to answer?"""
    return works_in(user, ticket.department_id)


def can_finish(user: User | None, ticket: Ticket) -> bool:
    """May they solve, close or reopen it? Customers may do that with their own."""
    return can_see(user, ticket)


def can_take_back(user: User | None, message: Message) -> bool:
    """May they withdraw this reply? Its author, within the seconds of grace."""
    return user is not None and user.is_active and message.author_id == user.pk


def can_undo(user: User, event: Event, ticket: Ticket) -> bool:
    """May they put back what `event` did? Who works on the ticket; and for a day who moved it away
    to a department that is not theirs, if they did so by mistake."""
    if can_work_on(user, ticket):
        return True
    return (
        user.is_active
        and event.kind == Event.Kind.MOVED
        and event.actor_id == user.pk
        and event.at > timezone.now() - MOVE_MAY_BE_UNDONE_FOR
        and works_in(user, event.details["before_id"])
    )


def can_rate(user: User | None, ticket: Ticket) -> bool:
    """May they rate our work on it? Its customer's side; agents do not rate themselves."""
    if user is None or can_work_on(user, ticket) or not is_customer_of(user, ticket):
        return False
    since = ticket.closed_at or ticket.solved_at
    return since is None or since > timezone.now() - RATING_MAY_CHANGE_FOR
