"""Tickets and what is said on them."""

from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Query, Router, Status

from departments.actions import welcome_customer
from departments.models import Category, Department, Service, User
from helpdesk.lib.errors import DeskError
from tickets import actions, lifecycle
from tickets.api.door import SignedInRequest, one_page
from tickets.api.schemas import (
    FieldList,
    FieldOut,
    ForwardIn,
    MessageList,
    MessageOut,
    NoteIn,
    Refusal,
    ReplyIn,
    TicketChange,
    TicketIn,
    TicketOut,
    TicketPage,
    TicketQuery,
)
from tickets.filters import FIELD, Sight, TicketFilter
from tickets.lifecycle import Priority
from tickets.models import Attachment, CustomField, Message, Ticket
from tickets.permissions import can_work_on, require

router = Router(tags=["tickets"])

REFUSALS = {400: Refusal, 401: Refusal, 403: Refusal, 404: Refusal, 409: Refusal, 422: Refusal}


Row = TypeVar("Row", Category, Department, Service)


class BadFilter(DeskError):
    """A query that cannot be understood."""


class UnknownName(DeskError):
    """A short name that nothing has."""


def _named(rows: QuerySet[Row], slug: str | None) -> Row | None:
    """The row with this short name; None where none is named. Raises UnknownName."""
    if not slug:
        return None
    found = rows.filter(slug=slug).first()
    if found is None:
        raise UnknownName(_("Nothing is called “%(name)s” here.") % {"name": slug})
    return found


def _shown(reader: User) -> QuerySet[Ticket]:
    return Ticket.objects.visible_to(reader).for_queue().select_related("service")


def _asked_from_customers() -> set[str]:
    """Fields whose values a customer may read; agents read all of what they work on."""
    asked = CustomField.objects.filter(is_active=True, asked_in_portal=True)
    return set(asked.values_list("slug", flat=True))


def _shown_as(ticket: Ticket, reader: User) -> TicketOut:
    inside = can_work_on(reader, ticket)
    known = () if inside else _asked_from_customers()
    return TicketOut.of(ticket, reader=reader, inside=inside, known=known)


def _find(number: int, reader: User) -> Ticket:
    return get_object_or_404(_shown(reader), pk=number)


@router.get("/tickets", response={200: TicketPage, **REFUSALS}, summary="List tickets")
def list_tickets(request: SignedInRequest, query: Query[TicketQuery]) -> TicketPage:
    """Agents: those of their departments. Customers: their own.

    Custom fields narrow as well: `field.SLUG` is a part of a text or what another field says, of a
    choice also several keys with commas between them; `field.SLUG__gte` and `field.SLUG__lte` are
    bounds of a number or day.
    """
    reader = request.user
    inside = reader.is_agent
    seen = Ticket.objects.workable_by(reader) if inside else Ticket.objects.listed_for(reader)
    fields = {name: one for name, one in request.GET.items() if str(name).startswith(FIELD)}
    narrowed = TicketFilter(
        query.words() | fields,
        queryset=seen.for_queue().select_related("service"),
        sight=Sight(reader),
    )
    for name in fields:
        if name not in narrowed.filters:
            raise BadFilter(_("Nothing is called “%(name)s” here.") % {"name": name})
    if not narrowed.is_valid():
        raise BadFilter(narrowed.first_error)
    found, after = one_page(narrowed.tickets, after=query.next, limit=query.limit)
    known = () if inside else _asked_from_customers()
    tickets = [TicketOut.of(ticket, reader=reader, inside=inside, known=known) for ticket in found]
    return TicketPage(tickets=tickets, next=after)


@router.post("/tickets", response={201: TicketOut, **REFUSALS}, summary="Open a ticket")
def open_ticket(request: SignedInRequest, new: TicketIn) -> Status[TicketOut]:
    """A customer writes for themselves; an agent also for somebody else, who gets the text as a
    letter."""
    by = request.user
    other = new.customer if new.customer != by.email else None
    require(by.is_agent or not (other or new.department or new.priority))
    with transaction.atomic():
        customer = welcome_customer(other, name=new.customer_name) if other else by
        ticket = actions.open_ticket(
            customer=customer,
            by=by,
            subject=new.subject,
            body=new.text,
            department=_named(Department.objects.filter(is_active=True), new.department),
            category=_named(Category.objects.filter(is_active=True), new.category),
            service=_named(Service.objects.filter(is_active=True), new.service),
            priority=Priority[(new.priority or "normal").upper()],
            channel=Ticket.Channel.API,
            fields=new.fields,
        )
    found = _find(ticket.number, by)
    return Status(201, _shown_as(found, by))


@router.get("/tickets/{int:number}", response={200: TicketOut, **REFUSALS}, summary="Read a ticket")
def read_ticket(request: SignedInRequest, number: int) -> TicketOut:
    """One ticket by its number."""
    return _shown_as(_find(number, request.user), request.user)


@router.patch(
    "/tickets/{int:number}", response={200: TicketOut, **REFUSALS}, summary="Change a ticket"
)
def change_ticket(request: SignedInRequest, number: int, change: TicketChange) -> TicketOut:
    """Its subject and its custom fields, each as an act of its own in the history."""
    by = request.user
    ticket = _find(number, by)
    require(can_work_on(by, ticket))
    with transaction.atomic():
        if change.subject is not None:
            actions.rename_ticket(ticket, subject=change.subject, by=by)
        actions.set_fields(ticket, values=change.fields, by=by)
    return _shown_as(_find(number, by), by)


@router.get("/fields", response={200: FieldList, **REFUSALS}, summary="List custom fields")
def list_fields(request: SignedInRequest) -> FieldList:
    """Those in use. Agents: of their departments. Customers: those they are asked for."""
    sight = Sight(request.user)
    departments = dict(Department.objects.values_list("pk", "slug"))
    categories = dict(Category.objects.values_list("pk", "slug"))
    return FieldList(fields=[FieldOut.of(one, departments, categories) for one in sight.fields])


@router.get(
    "/tickets/{int:number}/messages",
    response={200: MessageList, **REFUSALS},
    summary="Read what was said",
)
def read_messages(request: SignedInRequest, number: int) -> MessageList:
    """Replies, and for agents notes, on a ticket and on those merged into it."""
    ticket = _find(number, request.user)
    inside = can_work_on(request.user, ticket)
    said = (
        Message.objects.readable_by(request.user)
        .filter(ticket__in=_here(ticket), withdrawn_at__isnull=True)
        .select_related("author")
        .prefetch_related("attachments")
    )
    messages = [MessageOut.of(one, reader=request.user, inside=inside) for one in said]
    return MessageList(messages=messages)


@router.post(
    "/tickets/{int:number}/replies", response={201: MessageOut, **REFUSALS}, summary="Answer"
)
def reply(request: SignedInRequest, number: int, new: ReplyIn) -> Status[MessageOut]:
    """An agent's reply goes to the customer by mail. A customer's reply to a ticket that was closed
    long ago opens a follow-up: the answer says on which ticket it stands."""
    by = request.user
    ticket = _find(number, by)
    inside = can_work_on(by, ticket)
    if inside and by.pk != ticket.customer_id:
        then = lifecycle.Status(new.then) if new.then else None
        said: dict[str, Any] = {"by": by, "body": new.text, "then": then}
        said |= {"minutes_spent": new.minutes_spent, "channel": Ticket.Channel.API}
        if new.send_at is not None:
            message = actions.schedule_reply(ticket, leaves_at=new.send_at, **said)
        else:
            message = actions.reply_to_ticket(ticket, **said)
    else:
        require(inside or not (new.then or new.minutes_spent or new.send_at))
        message = actions.continue_conversation(
            ticket, by=by, body=new.text, channel=Ticket.Channel.API
        )
    return Status(201, MessageOut.of(message, reader=by, inside=inside))


@router.post(
    "/tickets/{int:number}/forwards",
    response={201: MessageOut, **REFUSALS},
    summary="Ask third parties",
)
def forward(request: SignedInRequest, number: int, new: ForwardIn) -> Status[MessageOut]:
    """A letter to others, of which the customer never hears; their answers come to the ticket as
    messages of the same kind."""
    by = request.user
    ticket = _find(number, by)
    require(can_work_on(by, ticket))
    with transaction.atomic():
        message = actions.forward_ticket(
            ticket,
            by=by,
            to=[welcome_customer(address) for address in new.to],
            subject=new.subject,
            body=new.text,
            messages=_messages(ticket, new.messages),
            channel=Ticket.Channel.API,
        )
    return Status(201, MessageOut.of(message, reader=by, inside=True))


def _here(ticket: Ticket) -> list[int]:
    """Keys of `ticket` and of those merged into it, at once or by way of others."""
    return [ticket.pk, *actions.absorbed([ticket.pk])]


def _messages(ticket: Ticket, keys: list[int]) -> list[Message]:
    """Messages by their ids, all of them. Raises UnknownName."""
    found = {one.pk: one for one in Message.objects.filter(ticket__in=_here(ticket), pk__in=keys)}
    if missing := [key for key in keys if key not in found]:
        raise UnknownName(_("Nothing is called “%(name)s” here.") % {"name": missing[0]})
    return list(found.values())


@router.post(
    "/tickets/{int:number}/notes", response={201: MessageOut, **REFUSALS}, summary="Write a note"
)
def note(request: SignedInRequest, number: int, new: NoteIn) -> Status[MessageOut]:
    """Only agents read it; it never leaves by mail."""
    by = request.user
    message = actions.add_note(
        _find(number, by),
        by=by,
        body=new.text,
        minutes_spent=new.minutes_spent,
        channel=Ticket.Channel.API,
    )
    return Status(201, MessageOut.of(message, reader=by, inside=True))


@router.get(
    "/files/{uuid:token}", summary="Fetch a file", response=REFUSALS, include_in_schema=True
)
def fetch_file(request: SignedInRequest, token: UUID) -> FileResponse:
    """The bytes of a file on a message that one may read."""
    found = get_object_or_404(Attachment.objects.readable_by(request.user), token=token)
    return FileResponse(
        found.file.open("rb"),
        as_attachment=True,
        filename=found.name,
        content_type="application/octet-stream",
    )
