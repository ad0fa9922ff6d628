"""What stands on the page of a ticket besides its history, gathered in few questions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from departments.models import Category, Department, Membership, Service, User
from helpdesk.lib import multilingual
from helpdesk.lib.html import from_text
from tickets import actions, forms
from tickets.agent.thread import Line
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
MOST_PASSED_ON = 20
QUOTED = 20_000
"""Characters of a message that are quoted."""
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
    typed = str(data.get("sent", ""))
    if not (typed.isdecimal() and len(typed) < 19):
        return None
    mine = reader.messages.exclude(kind=Message.Kind.NOTE).filter(pk=int(typed))
    message = mine.select_related("ticket__customer").defer("words", "ticket__words").first()
    return message if message and message.can_still_be_taken_back else None


def canned_in_use(reader: User, form: forms.AgentReplyForm, data: QueryDict) -> list[CannedReply]:
    """Canned replies that went into the answer so far, by its draft, by the form that came back or
    (`canned` in `data`) just now, with their files; those unticked have `is_dropped`."""
    known, kept = _keys_in(form, "canned"), _keys_in(form, "canned_files")
    just = [int(key) for key in data.getlist("canned")[:MENU] if _is_key(key)]
    if not (known or just):
        return []
    usable = CannedReply.objects.usable_by(reader).filter(pk__in=[*known, *just])
    found = list(
        usable.select_related("assigns_to", "moves_to").prefetch_related(
            "files", "adds_tags", "removes_tags"
        )
    )
    for one in found:
        for file in one.files.all():
            file.is_dropped = one.pk in known and file.pk not in kept  # type: ignore[attr-defined]
    return found


def _keys_in(form: forms.AgentReplyForm, name: str) -> list[int]:
    value = form[name].value() or []
    values = [value] if isinstance(value, str) else value
    return [int(key) for key in values[:MENU] if _is_key(str(key))]


def _is_key(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 19


def applied_by(reader: User, ticket: Ticket, data: QueryDict) -> Event | None:
    """The macro that an address says was just applied, to be undone by one click."""
    typed = str(data.get("applied", ""))
    if not _is_key(typed):
        return None
    mine = Event.objects.filter(ticket=ticket, actor=reader, kind=Event.Kind.MACRO)
    event = mine.filter(pk=int(typed)).first()
    undone = Event.objects.filter(ticket=ticket, details__undoes=int(typed))
    return event if event and not undone.exists() else None


def draft_of(ticket: Any, kind: str) -> dict[str, Any]:
    """What the reader had begun to write, as the initial values of its form; `version` is when it
    was saved, and None without a draft. `ticket` comes from `tickets_for`."""
    draft = next((one for one in ticket.drafts_here if one["kind"] == kind), None)
    if draft is None:
        return {"version": None}
    others = {name: one[0] if len(one) == 1 else one for name, one in draft["fields"].items()}
    return {
        **others,
        "body": draft["text"],
        "html": draft["html"],
        "uploads": draft["uploads"],
        "version": parse_datetime(draft["saved_at"]),
    }


def aside_of(lines: Sequence[Line], data: QueryDict, draft: dict[str, Any]) -> dict[str, Any]:
    """What the composer's part for third parties begins with: the side conversation that an address
    names, or a letter of its own that passes on what the customer said last."""
    wanted = str(data.get("conversation", ""))
    said = [line.message for line in lines if line.message is not None]
    initial = dict(draft)
    for one in reversed(said):
        if one.side_id is not None and str(one.side_id) == wanted:
            return initial | {"side": one.side_id, "to": ", ".join(one.side_people)}  # type: ignore[attr-defined]
    public = [one for one in said if one.kind == Message.Kind.REPLY and one.withdrawn_at is None]
    theirs = next((one.pk for one in reversed(public) if one.from_customer), None)
    if data.get("side") == "new":
        initial.pop("side", None)
    meant_for = {name: data[name] for name in ("to", "subject") if name in data}
    ticked: Any = [theirs] if theirs else []
    if draft["version"] is not None:
        ticked = draft.get("messages", [])
    return initial | meant_for | {"messages": [ticked] if isinstance(ticked, str) else ticked}


def passed_on(lines: Sequence[Line]) -> list[Message]:
    """The newest messages that may be passed on, the newest first."""
    said = [line.message for line in reversed(lines) if line.message is not None]
    public = [
        one
        for one in said
        if one.kind == Message.Kind.REPLY
        and one.withdrawn_at is None
        and not one.can_still_be_taken_back
    ]
    return public[:MOST_PASSED_ON]


def quotable(number: int) -> QuerySet[Message]:
    """Messages that a reply on the ticket may quote: all replies on it and on those merged in."""
    numbers = [number, *actions.absorbed([number])]
    return Message.objects.kept().filter(ticket__in=numbers, kind=Message.Kind.REPLY)


def quoted_html(message: Message) -> str:
    """A message as the editor shows a quotation."""
    return f"<blockquote>{from_text(message.text[:QUOTED])}</blockquote><p><br></p>"


def quoted_text(message: Message) -> str:
    """A message as plain text quotes it."""
    return "\n".join(f"> {line}" for line in message.text[:QUOTED].strip().splitlines())


def with_quotation(typed: dict[str, Any], number: int, key: int) -> dict[str, Any]:
    """Initial values of the reply with the message `key` quoted below what was typed."""
    message = quotable(number).filter(pk=key).first() if key else None
    if message is None:
        return typed
    text = "\n\n".join(part for part in (typed.get("body", ""), quoted_text(message)) if part)
    html = f"{typed['html']}{quoted_html(message)}" if typed.get("html") else ""
    return {**typed, "body": f"{text}\n\n", "html": html}
