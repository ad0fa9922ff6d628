"""What a ticket is called, and what its custom fields say of it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import events, search
from tickets.actions.opening import subject_of
from tickets.models import CustomField, Definition, Event, Ticket, checked
from tickets.permissions import can_work_on, require


@transaction.atomic
def set_fields(ticket: Ticket, *, values: Mapping[str, Any], by: User | None) -> Ticket:
    """Write `values` ({short name: value}, None empties) into custom fields of the ticket's
    department and category. All of them or, raising FieldsRefused, none."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    # What stands there already needs no leave, also where it would no longer be offered.
    stands = ticket.fields
    asked = {key: one for key, one in values.items() if key not in stands or one != stands[key]}
    if not asked:
        return ticket
    definitions = CustomField.objects.fitting(ticket.department_id, ticket.category_id)
    _write(ticket, checked(asked, definitions), definitions, by=by)
    return ticket


def _write(
    ticket: Ticket, values: dict[str, Any], definitions: list[Definition], *, by: User | None
) -> None:
    was = {slug: ticket.fields.get(slug) for slug in values}
    now = {slug: value for slug, value in values.items() if value != was[slug]}
    if not now:
        return
    was = {slug: was[slug] for slug in now}
    put_fields(ticket, now)
    changes = [
        {
            "slug": one.slug,
            "name": one.name,
            "kind": one.kind,
            "before": one.told(was[one.slug]),
            "after": one.told(now[one.slug]),
        }
        for one in definitions
        if one.slug in now
    ]
    events.record(ticket, Event.Kind.FIELDS_SET, by=by, changes=changes, was=was, now=now)


def put_fields(ticket: Ticket, values: dict[str, Any]) -> None:
    """Let the fields say `values`, and the search know it; the caller has checked them."""
    merged = {**ticket.fields, **values}
    ticket.fields = {slug: value for slug, value in merged.items() if value is not None}
    ticket.save(update_fields=["fields"])
    search.remember_ticket(ticket)


@transaction.atomic
def rename_ticket(ticket: Ticket, *, subject: str, by: User | None) -> Ticket:
    """Call it `subject`, in lists and in the subject of letters from now on; an answer finds its
    ticket by its number and by what it answers, whatever the subject."""
    ticket = Ticket.objects.locked(ticket)
    require(can_work_on(by, ticket))
    if not subject.strip():
        raise DeskError(_("Write a subject."))
    before, after = ticket.subject, subject_of(subject)
    if before != after:
        put_subject(ticket, after)
        events.record(ticket, Event.Kind.RENAMED, by=by, before=before, after=after)
    return ticket


def put_subject(ticket: Ticket, subject: str) -> None:
    """Write the subject down and let the search know it."""
    ticket.subject = subject
    ticket.save(update_fields=["subject"])
    search.remember_ticket(ticket)
