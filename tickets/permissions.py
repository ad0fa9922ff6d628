"""Who may do what: one predicate per question. Verbs require them, buttons ask them.

`None` is the house itself (the clock, a rule); no door can utter it.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.actions import organisation_for
from departments.models import Department, DeskSettings, User, person_at
from tickets.lifecycle import Status
from tickets.models import CannedReply, Event, Follower, Message, Ticket, Workspace

MOVE_MAY_BE_UNDONE_FOR = timedelta(days=1)


def require(allowed: bool) -> None:
    """Refuse with PermissionDenied unless `allowed`."""
    if not allowed:
        raise PermissionDenied(_("You may not do that."))


def can_write(user: User) -> bool:
    """May they open tickets of their own? On an open desk everybody; on one that hears only people
    it knows: who works here, whom somebody here vouched for, who belongs to an organisation, and
    who has a ticket already."""
    if DeskSettings.current().is_open:
        return True
    return user.is_active and (
        user.is_known
        or user.organisation_id is not None
        or works_here(user)
        or Ticket.objects.filter(customer=user).exclude(status=Status.SPAM).exists()
        or organisation_for(user.email) is not None
    )


def can_write_from(address: str) -> bool:
    """May whoever has `address` open tickets, be they known or not?"""
    if DeskSettings.current().is_open:
        return True
    person = person_at(address)
    return can_write(person) if person is not None else organisation_for(address) is not None


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
        and event.kind in {Event.Kind.MOVED, Event.Kind.MACRO}
        and event.actor_id == user.pk
        and event.at > timezone.now() - MOVE_MAY_BE_UNDONE_FOR
        and works_in(user, event.details["before_id"])
    )


def has_just_lost(user: User, ticket: Ticket) -> bool:
    """Was it moved away from a department of theirs, perhaps while they wrote?"""
    moved = ticket.events.filter(kind=Event.Kind.MOVED).order_by("-at", "-id").first()
    return (
        moved is not None
        and moved.at > timezone.now() - MOVE_MAY_BE_UNDONE_FOR
        and works_in(user, moved.details["before_id"])
    )


def can_rate(user: User | None, ticket: Ticket) -> bool:
    """May they rate our work on it? Its customer, and whoever stands in for them; not people in
    Cc, not colleagues who read along. Agents rate neither themselves nor each other, and nobody
    rates spam. Until when, the verbs know."""
    return ticket.pk in ratable_by(user, [ticket])


def ratable_by(user: User | None, tickets: Iterable[Ticket]) -> set[int]:
    """Keys of those of `tickets` on which `user` can rate our work. At most one question."""
    if user is None or not user.is_active:
        return set()
    likely = [
        one
        for one in tickets
        if one.status != Status.SPAM and not can_work_on(user, one) and user.pk != one.assignee_id
    ]
    found = {one.pk for one in likely if one.customer_id == user.pk}
    if others := {one.pk for one in likely} - found:
        stands_in = Follower.objects.filter(ticket__in=others, user=user, stands_in=True)
        found |= set(stands_in.values_list("ticket_id", flat=True))
    return found


def can_see_customer(user: User, person: User) -> bool:
    """May they read what the desk knows of this customer? Agents who work on a ticket of theirs;
    tickets of other departments stay out of it even then. Administrators: everybody's."""
    if not user.is_active:
        return False
    return user.is_superuser or bool(departments_of(person) & user.department_roles.keys())


def can_edit_customer(user: User, person: User) -> bool:
    """May they put down a customer's name, language and notes? People who work here do that
    themselves."""
    return can_see_customer(user, person) and not works_here(person)


def can_decide_for_customer(user: User, person: User) -> bool:
    """May they say which addresses are a customer's, to whom they belong, and that two are one?

    That decides who reads all of the customer's tickets, so it takes somebody who works in all
    departments that have one.
    """
    if not can_edit_customer(user, person):
        return False
    return user.is_superuser or not (departments_of(person) - user.department_roles.keys())


def works_here(person: User) -> bool:
    """Is, or was, this person an agent or administrator?"""
    return person.is_staff or person.is_superuser or person.memberships.exists()


def departments_of(person: User) -> set[int]:
    """Departments that have a ticket of this customer."""
    # EXISTS would be made a join that reads all their tickets. With a LIMIT and its own order an
    # index answers alone, once for each department; without the order PostgreSQL may walk through
    # the table, sure to meet one of theirs soon.
    one = Ticket.objects.order_by("-updated_at", "-pk")
    one = one.filter(customer=person, department=OuterRef("pk"))
    found = Department.objects.annotate(one=Subquery(one.values("department")[:1]))
    return set(found.filter(one__isnull=False).values_list("pk", flat=True))


def can_keep_canned(user: User, *, owner: User | None, department: Department | None) -> bool:
    """May they write canned replies of this place? Their own, always; those of a department its
    leads, and its members where the department says so; those shared by all, leads of any."""
    if not user.is_agent:
        return False
    if owner is not None:
        return owner == user
    if department is None:
        return user.is_lead
    return leads(user, department) or (
        department.members_keep_canned and works_in(user, department)
    )


def can_change_canned(user: User, canned: CannedReply) -> bool:
    """May they rewrite it, switch it off, delete it?"""
    return can_keep_canned(user, owner=canned.owner, department=canned.department)


def can_use_canned(user: User, canned: CannedReply) -> bool:
    """May they put it into an answer, or let it act?"""
    return CannedReply.objects.usable_by(user).filter(pk=canned.pk).exists()


def owns(user: User, workspace: Workspace) -> bool:
    """Is it theirs to change, share and delete?"""
    return user.is_agent and workspace.owner_id == user.pk


def can_stop_sharing(user: User, workspace: Workspace) -> bool:
    """May they take it out of the department it is shared with? Its owner, and who leads there."""
    if owns(user, workspace):
        return True
    return workspace.shared_with is not None and leads(user, workspace.shared_with)
