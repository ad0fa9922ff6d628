"""Two customers turn out to be one person, or not to be after all."""

from dataclasses import dataclass
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.actions import distrust_password, shut_out
from departments.models import Department, User, person_at
from helpdesk.lib.errors import DeskError
from tickets import events, search
from tickets.models import (
    Event,
    Follower,
    Message,
    PeopleMerge,
    Rating,
    SideConversation,
    Ticket,
)
from tickets.permissions import can_decide_for_customer, require, works_here

_Members = SideConversation.people.through
MOST_COUNTED: Final = 1000
NOTES_APART: Final = "\n\n"
# Taken over where the other one has none.
FILLED: Final = ("name", "phone", "language", "time_zone", "organisation_id")
# RFC 2606: no letter can ever go there.
_MERGED_AWAY = "merged-{}@merged.invalid"


@dataclass(frozen=True)
class MergePreview:
    """What `merge_people` would move, counted up to a little over MOST_COUNTED; `refusal` is why it
    would not."""

    tickets: int
    messages: int
    ratings: int
    copies: int
    addresses: list[str]
    takes_notes: bool
    takes_organisation: bool
    refusal: str = ""


def preview_merge(source: User, into: User, *, by: User) -> MergePreview:
    """What would go from `source` to `into`; changes nothing."""
    require(can_decide_for_customer(by, source) and can_decide_for_customer(by, into))
    tickets = Ticket.objects.filter(customer=source)
    messages = Message.objects.filter(ticket__in=tickets.values("pk"))
    further = EmailAddress.objects.filter(user=source).exclude(email=source.email)
    return MergePreview(
        tickets=tickets[: MOST_COUNTED + 1].count(),
        messages=messages[: MOST_COUNTED + 1].count(),
        ratings=Rating.objects.filter(customer=source).count(),
        copies=Follower.objects.filter(user=source).count(),
        addresses=[source.email, *further.order_by("email").values_list("email", flat=True)],
        takes_notes=bool(source.notes.strip()),
        takes_organisation=into.organisation_id is None and source.organisation_id is not None,
        refusal=_refusal(source, into),
    )


@transaction.atomic
def merge_people(source: User, *, into: User, by: User) -> PeopleMerge:
    """`source` was `into` all the time: their tickets, addresses, copies, ratings and notes become
    `into`'s, and letters from their addresses are `into`'s from now on. What `source` wrote keeps
    their name; they can no longer sign in. The cost in questions is the same for any number of
    tickets. Can be undone at any time.
    """
    source, into = _held(source, into)
    require(can_decide_for_customer(by, source) and can_decide_for_customer(by, into))
    if refusal := _refusal(source, into):
        raise DeskError(refusal)
    address = source.email
    numbers = _tickets_move(source, into)
    stood: dict[str, Any] = {
        "name": source.name,
        "is_active": source.is_active,
        **_copies_move(source, into),
        **_ratings_move(source, into),
        "sides": _sides_join(source, into),
        **_addresses_move(source, into),
        **_facts_move(source, into),
    }
    source.name = source.name or address  # their messages go on bearing it
    source.email, source.is_active = _MERGED_AWAY.format(source.pk), False
    source.merged_into = into
    source.save(update_fields=["name", "email", "is_active", "merged_into"])
    merge = PeopleMerge.objects.create(
        source=source, into=into, by=by, tickets=numbers, address=address, stood=stood
    )
    events.record_on_many(
        numbers,
        Event.Kind.UNITED,
        by=by,
        before=_known_as(stood["name"], address),
        after=_known_as(into.name, into.email),
        merge=merge.pk,
    )
    return merge


@transaction.atomic
def undo_merge_people(merge: PeopleMerge, *, by: User) -> list[int]:
    """The two are not one person after all: exactly what the merge moved goes back. Numbers of
    tickets that stay, because they were given to a third customer meanwhile.

    Refuses, and moves nothing, while something else was built upon it: another merge, or a main
    address that was the other's.
    """
    merge = PeopleMerge.objects.select_for_update().get(pk=merge.pk)
    source, into = _held(merge.source, merge.into)
    require(can_decide_for_customer(by, into) and _works_on_all(by, merge.tickets))
    if merge.undone_at is not None:
        raise DeskError(_("This was undone already."))
    if into.merged_into is not None:
        raise DeskError(
            _("%(name)s was merged into %(other)s meanwhile. Undo that first.")
            % {"name": into, "other": into.merged_into}
        )
    stood = merge.stood
    theirs = {merge.address, *(row["email"] for row in stood["rows"] if row["verified"])}
    if into.email in theirs:
        raise DeskError(
            _("Letters to %(name)s go to %(address)s now. Choose another main address first.")
            % {"name": into, "address": into.email}
        )
    for one in sorted(theirs):
        holder = person_at(one)
        if holder is not None and holder != into:
            raise DeskError(
                _("%(address)s belongs to %(name)s now.") % {"address": one, "name": holder}
            )
    back = Ticket.objects.filter(pk__in=merge.tickets, customer=into)
    numbers = list(back.order_by("pk").select_for_update().values_list("pk", flat=True))
    source.name, source.email = stood["name"], merge.address
    source.is_active, source.merged_into = stood["is_active"], None
    _addresses_go_back(source, into, stood)
    source.save(update_fields=["name", "email", "is_active", "merged_into"])
    Ticket.objects.filter(pk__in=numbers).update(
        customer=source, words=search.words_of_another(source)
    )
    _copies_go_back(source, into, stood)
    Rating.objects.filter(pk__in=stood["ratings"], customer=into).update(customer=source)
    _Members.objects.filter(sideconversation__in=stood.get("sides", []), user=into).delete()
    _facts_go_back(into, stood)
    shut_out(into, address=merge.address)
    merge.undone_at, merge.undone_by = timezone.now(), by
    merge.save(update_fields=["undone_at", "undone_by"])
    events.record_on_many(numbers, Event.Kind.UNDONE, by=by, what=Event.Kind.UNITED, merge=merge.pk)
    return sorted(set(merge.tickets) - set(numbers))


def _held(one: User, other: User) -> tuple[User, User]:
    """Both fresh and held, in one order, so that two merges never wait for each other."""
    rows = User.objects.select_for_update(of=("self",)).select_related("merged_into")
    held = {row.pk: row for row in rows.filter(pk__in=[one.pk, other.pk]).order_by("pk")}
    return held[one.pk], held[other.pk]


def _refusal(source: User, into: User) -> str:
    """Why these two cannot become one; "" if they can."""
    if source.pk == into.pk:
        return str(_("This is one customer already."))
    if works_here(source):
        return str(_("%(name)s works here and cannot be merged away.") % {"name": source})
    for one in (source, into):
        if one.merged_into is not None:
            names = {"name": one, "other": one.merged_into}
            return str(_("%(name)s was merged into %(other)s already.") % names)
    if not into.is_active:
        return str(_("%(name)s was switched off.") % {"name": into})
    return ""


def _works_on_all(by: User, numbers: list[int]) -> bool:
    """Does `by` work in every department that has one of these tickets?"""
    others = Department.objects.exclude(pk__in=by.department_roles)
    here = Ticket.objects.filter(pk__in=numbers, department=OuterRef("pk"))
    return by.is_superuser or not others.filter(Exists(here)).exists()


def _known_as(name: str, address: str) -> str:
    return f"{name} ({address})" if name else address


def _tickets_move(source: User, into: User) -> list[int]:
    held = Ticket.objects.filter(customer=source).order_by("pk").select_for_update()
    numbers = list(held.values_list("pk", flat=True))
    Ticket.objects.filter(pk__in=numbers).update(customer=into, words=search.words_of_another(into))
    return numbers


def _copies_move(source: User, into: User) -> dict[str, Any]:
    """Where one of the two hears of a ticket, `into` does from now on, once; nobody is in copy of
    their own ticket."""
    both = Follower.objects.filter(user__in=[source, into])
    of_into = Follower.objects.filter(ticket=OuterRef("ticket"), user=into)
    needless = both.filter(Q(ticket__customer=into) | Q(Exists(of_into), user=source))
    columns = ("ticket_id", "user_id", "in_copy", "stands_in")
    gone = list(needless.order_by("pk").values(*columns))
    needless.delete()
    moving = Follower.objects.filter(user=source)
    moved = list(moving.values_list("pk", flat=True))
    moving.update(user=into)
    return {"copies": moved, "copies_gone": gone}


def _copies_go_back(source: User, into: User, stood: dict[str, Any]) -> None:
    Follower.objects.filter(pk__in=stood["copies"], user=into).update(user=source)
    Follower.objects.bulk_create(
        [Follower(**row) for row in stood["copies_gone"]], ignore_conflicts=True
    )


def _sides_join(source: User, into: User) -> list[int]:
    """Side conversations with the source go on with `into`; keys of those that `into` joins."""
    known = _Members.objects.filter(user=into).values("sideconversation")
    theirs = _Members.objects.filter(user=source).exclude(sideconversation__in=known)
    joined = list(theirs.values_list("sideconversation", flat=True))
    _Members.objects.bulk_create([_Members(sideconversation_id=one, user=into) for one in joined])
    return joined


def _ratings_move(source: User, into: User) -> dict[str, Any]:
    """What both rated stays rated by both: neither is thrown away."""
    of_into = Rating.objects.filter(customer=into, ticket=OuterRef("ticket"))
    same_answer = Exists(of_into.filter(message=OuterRef("message")))
    whole_ticket = Exists(of_into.filter(message__isnull=True))
    twice = Q(same_answer) | Q(whole_ticket, message__isnull=True)
    moving = Rating.objects.filter(customer=source).exclude(twice)
    moved = list(moving.values_list("pk", flat=True))
    Rating.objects.filter(pk__in=moved).update(customer=into)
    return {"ratings": moved}


def _addresses_move(source: User, into: User) -> dict[str, Any]:
    """All of the source's addresses find `into` now. The main one did so without a row; it is an
    ordinary, proved one from now on."""
    rows = EmailAddress.objects.filter(user=source)
    columns = ("email", "verified", "primary")
    known = list(rows.order_by("pk").values(*columns))
    twins = EmailAddress.objects.filter(
        user=into, email__in=[source.email, *(row["email"] for row in known)]
    )
    gone = list(twins.order_by("pk").values(*columns))
    twins.delete()
    rows.update(user=into, primary=False)
    EmailAddress.objects.update_or_create(
        user=into, email=source.email, defaults={"verified": True}
    )
    distrust_password(into)
    return {"rows": known, "rows_gone": gone}


def _addresses_go_back(source: User, into: User, stood: dict[str, Any]) -> None:
    theirs = [source.email, *(row["email"] for row in stood["rows"])]
    EmailAddress.objects.filter(user=into, email__in=theirs).delete()
    EmailAddress.objects.bulk_create(
        [
            *(EmailAddress(user=source, **row) for row in stood["rows"]),
            *(EmailAddress(user=into, **row) for row in stood["rows_gone"] if not row["primary"]),
        ]
    )


def _facts_move(source: User, into: User) -> dict[str, Any]:
    filled = {
        field: getattr(source, field)
        for field in FILLED
        if getattr(source, field) and not getattr(into, field)
    }
    for field, value in filled.items():
        setattr(into, field, value)
    added = source.notes.strip()
    before = into.notes
    if added:
        into.notes = f"{before}{NOTES_APART}{added}" if before.strip() else added
    into.save(update_fields=[*filled, "notes"])
    return {"filled": filled, "notes": before, "notes_after": into.notes}


def _facts_go_back(into: User, stood: dict[str, Any]) -> None:
    """What was changed since is left as it is now."""
    for field, value in stood["filled"].items():
        if getattr(into, field) == value:
            setattr(into, field, None if field.endswith("_id") else "")
    if into.notes == stood["notes_after"]:
        into.notes = stood["notes"]
    into.save(update_fields=[*stood["filled"], "notes"])
