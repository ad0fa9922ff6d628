"""What stands on the page of a ticket besides its history, gathered in few questions."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from departments.models import Category, Department, Membership, Service, User
from helpdesk.lib import multilingual
from helpdesk.lib.keys import key_in
from tickets import forms
from tickets.customers import known_of
from tickets.lifecycle import Status
from tickets.models import (
    CannedReply,
    CustomField,
    Definition,
    Draft,
    Event,
    Follower,
    Message,
    SideConversation,
    Tag,
    Ticket,
    TicketLink,
)
from tickets.permissions import works_in

EARLIER = 5
MENU = 30
ASKED_LATELY = 20
STATUS_NAMES = {str(status): status.label for status in Status}
# What the other ticket is, where its name depends on which of the two points.
LINKED_AS = {
    (TicketLink.Kind.FOLLOW_UP, "led"): _("earlier ticket"),
    (TicketLink.Kind.SPLIT, "led"): _("this one was split off"),
    (TicketLink.Kind.MERGED, "leading"): _("goes on there"),
    (TicketLink.Kind.MERGED, "led"): _("merged into this one"),
}
Choice = tuple[Any, str]


def tickets_for(reader: User) -> QuerySet[Ticket]:
    """Tickets `reader` works on, each with what its page shows beside the thread, in one question.

    Adds: tag_names [str], people [{pk, name, email, in_copy, stands_in}], leading and led [{kind,
    number, subject, status, department}] (links from and to it), drafts_here [{kind, text,
    html, uploads, fields, saved_at}] of the reader, earlier [{number, subject, status}] of the same
    customer, absorbed [number] (merged into it), asked_lately [address] of third parties the reader
    wrote to, own_signature of the reader in its department, custom_fields (all there are, as
    `Definition.of` takes them); of the customer what `known_of` adds.
    """
    here = OuterRef("pk")
    other = Ticket.objects.workable_by(reader).filter(customer=OuterRef("customer"))
    earlier = other.exclude(pk=here).order_by("-updated_at", "-pk")[:EARLIER]
    return (
        Ticket.objects.workable_by(reader)
        .defer("words")
        .select_related(
            "customer__organisation",
            "customer__returned",
            "callback",
            "department__opening_hours",
            "assignee",
            "category",
            "service",
        )
        .annotate(
            tag_names=ArraySubquery(Tag.objects.filter(tickets=here).values("name")),
            people=ArraySubquery(
                Follower.objects.filter(ticket=here)
                .order_by("pk")
                .values(
                    data=JSONObject(
                        pk="user_id",
                        name="user__name",
                        email="user__email",
                        in_copy="in_copy",
                        stands_in="stands_in",
                    )
                )
            ),
            leading=ArraySubquery(_links("target", source=here)),
            led=ArraySubquery(_links("source", target=here)),
            drafts_here=ArraySubquery(
                Draft.objects.filter(ticket=here, author=reader).values(
                    data=JSONObject(
                        kind="kind",
                        text="text",
                        html="html",
                        uploads="uploads",
                        fields="fields",
                        saved_at="updated_at",
                    )
                )
            ),
            earlier=ArraySubquery(
                earlier.values(data=JSONObject(number="pk", subject="subject", status="status"))
            ),
            absorbed=ArraySubquery(Ticket.objects.filter(merged_into=here).values("pk")),
            custom_fields=ArraySubquery(CustomField.objects.as_json()),
            asked_lately=ArraySubquery(
                User.objects.filter(
                    side_conversations__in=SideConversation.objects.filter(opened_by=reader)
                    .order_by("-id")
                    .values("pk")[:ASKED_LATELY]
                )
                .order_by("email")
                .distinct()
                .values("email")
            ),
            own_signature=Subquery(
                Membership.objects.filter(user=reader, department=OuterRef("department")).values(
                    "signature"
                )
            ),
            **known_of(OuterRef("customer"), reader),
        )
    )


def _links(end: str, **which: Any) -> QuerySet[TicketLink, Any]:
    return (
        TicketLink.objects.filter(**which)
        .order_by("pk")
        .values(
            data=JSONObject(
                kind="kind",
                number=f"{end}_id",
                subject=f"{end}__subject",
                status=f"{end}__status",
                department=f"{end}__department_id",
            )
        )
    )


@dataclass
class Furniture:
    """What an agent chooses from: [(key, name)] each."""

    departments: list[Choice] = field(default_factory=list)
    categories: list[Choice] = field(default_factory=list)
    services: list[Choice] = field(default_factory=list)
    canned: list[Choice] = field(default_factory=list)
    macros: list[Choice] = field(default_factory=list)
    agents: list[Choice] = field(default_factory=list)


def furniture_for(reader: User, ticket: Ticket) -> Furniture:
    """Departments, categories, services, the agents who could answer `ticket`, and the canned
    replies (`macros` are those without a text) that the reader uses most, by one question."""
    fitting = CannedReply.objects.usable_by(reader).fitting(ticket).with_own_use(reader)
    # `own_times` is of with_own_use.
    mostly = fitting.order_by("-own_times", "title", "pk")  # type: ignore[misc]
    mostly = mostly.annotate(rank=-F("own_times"))
    in_menu = mostly.filter(pk__in=mostly.values("pk")[:MENU])

    def rows(kind: str, found: QuerySet[Any], name: Any, order: Any) -> QuerySet[Any, Any]:
        data = JSONObject(name=name, order=order)
        named = found.order_by().distinct().annotate(of=Value(kind), data=data)
        columns: QuerySet[Any, Any] = named.values_list("of", "pk", "data")
        return columns

    shown = Coalesce(NullIf("name", Value("")), "email")
    everything = rows(
        "departments", Department.objects.filter(is_active=True), "name", "order"
    ).union(
        rows("categories", Category.objects.filter(is_active=True), "name", "order"),
        rows("services", Service.objects.filter(is_active=True), "name", "order"),
        rows("canned", in_menu.exclude(body={}), "title", "rank"),
        rows("macros", in_menu.filter(body={}), "title", "rank"),
        rows("agents", forms.agents_for(ticket), shown, shown),
        all=True,
    )
    found = Furniture()
    named = [
        (data["order"], multilingual.pick(name) if isinstance(name, dict) else name, pk, of)
        for of, pk, data in everything
        for name in [data["name"]]
    ]
    for _order, name, pk, of in sorted(named, key=lambda row: (row[3], row[0], row[1])):
        getattr(found, of).append((pk, name))
    return found


def fields_of(ticket: Any) -> tuple[list[Definition], list[tuple[Definition, str]]]:
    """The custom fields that belong to it, and (field, value in words) of those that say something
    from before, when it was elsewhere or they were in use; `ticket` comes from `tickets_for`."""
    every = [Definition.of(one) for one in ticket.custom_fields]
    own = [
        one for one in every if one.is_active and one.fits(ticket.department_id, ticket.category_id)
    ]
    former = [
        (one, one.words(ticket.fields[one.slug]))
        for one in every
        if one not in own and one.slug in ticket.fields
    ]
    return own, former


def sidebar_forms(
    ticket: Ticket,
    reader: User,
    things: Furniture,
    fields: list[Definition],
) -> dict[str, forms.TicketForm]:
    """The forms of the side panel with what stands now; none of them asks the database."""
    people = things.agents
    nobody, nothing = ("", forms.NOBODY), ("", forms.NOTHING)
    common: dict[str, Any] = {"ticket": ticket, "by": reader}

    def with_present(choices: list[Choice], present: Any) -> list[Choice]:
        known = present is None or present.pk in {key for key, _name in choices}
        return choices if known else [*choices, (present.pk, str(present))]

    return {
        "assignment": forms.AssignmentForm(
            initial={"to": ticket.assignee_id},
            choices={"to": [nobody, *with_present(people, ticket.assignee)]},
            **common,
        ),
        "department": forms.DepartmentForm(
            initial={"to": ticket.department_id},
            choices={"to": with_present(things.departments, ticket.department)},
            **common,
        ),
        "priority": forms.PriorityForm(initial={"priority": ticket.priority}, **common),
        "category": forms.CategoryForm(
            initial={"category": ticket.category_id, "service": ticket.service_id},
            choices={
                "category": [nothing, *with_present(things.categories, ticket.category)],
                "service": [nothing, *with_present(things.services, ticket.service)],
            },
            **common,
        ),
        "fields": forms.FieldsForm(definitions=fields, **common),
        "renaming": forms.RenamingForm(initial={"subject": ticket.subject}, **common),
        "tags": forms.TagsForm(**common),
        "followers": forms.FollowerForm(choices={"who": people}, **common),
        "copies": forms.CopyForm(**common),
        "hold": forms.HoldForm(**common),
        "callback": forms.CallbackForm(initial={"number": ticket.customer.phone}, **common),
        "escalation": forms.EscalationForm(**common),
        "merge": forms.MergeForm(**common),
        "links": forms.LinkForm(**common),
        "split": forms.SplitForm(initial={"subject": ticket.subject}, **common),
    }


def links_of(ticket: Any, reader: User) -> list[dict[str, Any]]:
    """Tickets linked to it, each once, with `may_open`, `status_name`, `kind_name` (what the other
    one is to this) and whether they were linked `by_hand`; `ticket` comes from `tickets_for`. Of
    those the reader does not work on nothing but the number may be shown."""
    found: dict[int, dict[str, Any]] = {}
    for side, links in (("leading", ticket.leading), ("led", ticket.led)):
        for link in links:
            found.setdefault(link["number"], link)
            link["kind_name"] = (
                LINKED_AS.get((link["kind"], side)) or TicketLink.Kind(link["kind"]).label
            )
            link["by_hand"] = link["kind"] in TicketLink.BY_HAND
            link["status_name"] = STATUS_NAMES.get(link["status"], "")
            link["may_open"] = works_in(reader, link["department"])
    return list(found.values())


def earlier_of(ticket: Any) -> list[dict[str, Any]]:
    """Other tickets of its customer with `status_name`; `ticket` comes from `tickets_for`."""
    return [{**one, "status_name": STATUS_NAMES.get(one["status"], "")} for one in ticket.earlier]


def sent_by(reader: User, data: QueryDict) -> Message | None:
    """The answer that an address says was just sent, if its author may still take it back."""
    if not (key := key_in(str(data.get("sent", "")))):
        return None
    mine = reader.messages.exclude(kind=Message.Kind.NOTE).filter(pk=key)
    message = mine.select_related("ticket__customer").defer("words", "ticket__words").first()
    return message if message and message.can_still_be_taken_back else None


def applied_by(reader: User, ticket: Ticket, data: QueryDict) -> Event | None:
    """The macro that an address says was just applied, to be undone by one click."""
    if not (key := key_in(str(data.get("applied", "")))):
        return None
    mine = Event.objects.filter(ticket=ticket, actor=reader, kind=Event.Kind.MACRO)
    event = mine.filter(pk=key).first()
    undone = Event.objects.filter(ticket=ticket, details__undoes=key)
    return event if event and not undone.exists() else None
