"""What goes over the wire. Times are ISO 8601 with their offset."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated, Any, Literal, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from ninja import Field, Schema
from pydantic import AfterValidator, StringConstraints, field_validator

from departments.models import User
from helpdesk.lib import multilingual
from tickets.lifecycle import Priority, Status
from tickets.models import Attachment, Definition, Message, Ticket
from tickets.models.definition import FieldKind, Option

PriorityName = Literal["low", "normal", "high", "urgent"]


def _address(text: str) -> str:
    """The address in lower case; raises ValueError for what is none."""
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from None
    return text.strip().lower()


def _language(text: str) -> str:
    """A code of a language that the desk speaks, or ""."""
    if text and text not in dict(settings.LANGUAGES):
        raise ValueError(_("Unknown language."))
    return text


LanguageCode = Annotated[str, AfterValidator(_language)]
Email = Annotated[str, AfterValidator(_address)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200_000)]


class Problem(Schema):
    """Why one field was not understood."""

    where: str
    what: str


class Refusal(Schema):
    """Every answer that is no success."""

    detail: str = Field(description="A sentence fit for a person.")
    problems: list[Problem] = Field(default=[], description="With 422: field by field.")


class Person(Schema):
    """Somebody who takes part. The address is there for agents, and for oneself."""

    name: str
    email: str | None = None

    @classmethod
    def of(cls, person: User | None, *, reader: User, inside: bool) -> "Person | None":
        """`person` as `reader` knows them; `inside`: the reader works on the ticket."""
        if person is None:
            return None
        known = inside or person.pk == reader.pk
        return cls(
            name=str(person) if inside else person.public_name,
            email=person.email if known else None,
        )


class OptionOut(Schema):
    """One answer of a choice."""

    key: str = Field(description="What is kept and said; it never changes.")
    name: str
    active: bool

    @classmethod
    def of(cls, option: Option) -> "OptionOut":
        """`option` in the reader's language."""
        return cls(key=option.key, name=str(option), active=option.is_active)


class FieldOut(Schema):
    """A custom field that is in use."""

    slug: str
    kind: FieldKind
    name: str = Field(description="In the language of Accept-Language.")
    help: str
    options: list[OptionOut] = Field(description="Of a choice.")
    required: bool
    asked_in_portal: bool
    departments: list[str] = Field(description="Short names; empty: all.")
    categories: list[str] = Field(description="Short names; empty: all.")

    @classmethod
    def of(
        cls, field: Definition, departments: dict[int, str], categories: dict[int, str]
    ) -> "FieldOut":
        """`field`; the rest are short names by their keys."""
        return cls(
            slug=field.slug,
            kind=field.kind,
            name=str(field),
            help=multilingual.pick(field.help),
            options=[OptionOut.of(one) for one in field.options],
            required=field.required,
            asked_in_portal=field.asked_in_portal,
            departments=sorted(departments[key] for key in field.departments if key in departments),
            categories=sorted(categories[key] for key in field.categories if key in categories),
        )


class FieldList(Schema):
    """Custom fields, in their order."""

    fields: list[FieldOut]


class TicketOut(Schema):
    """One ticket. What only agents see is null or empty for customers."""

    number: int
    subject: str
    status: Status
    priority: PriorityName
    department: str = Field(description="Its short name.")
    category: str | None
    service: str | None
    customer: Person
    assignee: Person | None
    tags: list[str]
    fields: dict[str, bool | int | float | str] = Field(
        description="Custom fields that say something, by their short names: text, a number, a day "
        "(YYYY-MM-DD), the key of a choice, or whether. For customers those they are asked for."
    )
    channel: Ticket.Channel
    language: str
    created_at: datetime
    updated_at: datetime = Field(description="Of the newest message.")
    waiting_since: datetime
    due_at: datetime | None
    hold_until: datetime | None
    solved_at: datetime | None
    closed_at: datetime | None
    merged_into: int | None = Field(description="The ticket in which this one goes on.")

    @classmethod
    def of(
        cls, ticket: Ticket, *, reader: User, inside: bool, known: Collection[str] = ()
    ) -> "TicketOut":
        """`ticket` as `reader` sees it; `known` are fields that customers see."""
        customer = Person.of(ticket.customer, reader=reader, inside=inside)
        return cls(
            number=ticket.number,
            subject=ticket.subject,
            status=Status(ticket.status),
            priority=cast(PriorityName, Priority(ticket.priority).name.lower()),
            department=ticket.department.slug,
            category=ticket.category.slug if ticket.category else None,
            service=ticket.service.slug if ticket.service else None,
            customer=customer or Person(name=""),
            assignee=Person.of(ticket.assignee, reader=reader, inside=inside),
            tags=[tag.name for tag in ticket.tags.all()] if inside else [],
            fields={
                slug: value for slug, value in ticket.fields.items() if inside or slug in known
            },
            channel=Ticket.Channel(ticket.channel),
            language=ticket.language,
            created_at=ticket.created_at,
            updated_at=ticket.updated_at,
            waiting_since=ticket.waiting_since,
            due_at=ticket.due_at if inside else None,
            hold_until=ticket.hold_until if inside else None,
            solved_at=ticket.solved_at,
            closed_at=ticket.closed_at,
            merged_into=ticket.merged_into_id,
        )


class TicketPage(Schema):
    """Some tickets, newest first."""

    tickets: list[TicketOut]
    next: str | None = Field(description="Give it back as `next` for older ones; null: no more.")


class FileOut(Schema):
    """A file on a message."""

    name: str
    content_type: str
    size: int = Field(description="Bytes.")
    url: str = Field(description="Fetch it with the same token.")

    @classmethod
    def of(cls, file: Attachment) -> "FileOut":
        """`file` with its address in the API."""
        url = f"{settings.DESK_URL}/api/v1/files/{file.token}"
        return cls(name=file.name, content_type=file.content_type, size=file.size, url=url)


class MessageOut(Schema):
    """One thing said. `html` is clean; the quoted halves repeat what was said before."""

    id: int
    ticket: int = Field(description="Where it stands: a follow-up has a number of its own.")
    kind: Message.Kind
    author: Person | None = Field(description="Null: the help desk itself.")
    from_customer: bool
    channel: Ticket.Channel
    text: str
    html: str
    quoted_text: str
    quoted_html: str
    files: list[FileOut]
    created_at: datetime

    @classmethod
    def of(cls, message: Message, *, reader: User, inside: bool) -> "MessageOut":
        """`message` as `reader` sees it."""
        return cls(
            id=message.pk,
            ticket=message.ticket_id,
            kind=Message.Kind(message.kind),
            author=Person.of(message.author, reader=reader, inside=inside),
            from_customer=message.from_customer,
            channel=Ticket.Channel(message.channel),
            text=message.text,
            html=message.html,
            quoted_text=message.quoted_text,
            quoted_html=message.quoted_html,
            files=[FileOut.of(one) for one in message.attachments.all()],
            created_at=message.created_at,
        )


class MessageList(Schema):
    """What was said on a ticket and on those merged into it, oldest first."""

    messages: list[MessageOut]


class TicketIn(Schema):
    """A new ticket. Customers write for themselves; the agents' fields are refused from them."""

    subject: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
    text: Text
    category: str | None = Field(None, description="Short name of a category.")
    service: str | None = Field(None, description="Short name of a service.")
    customer: Email | None = Field(
        None, description="Agents: whose ticket it is. Unknown addresses become customers."
    )
    customer_name: str = Field("", max_length=200, description="Agents: kept if none is known.")
    department: str | None = Field(
        None, description="Agents: short name. Else the category's, else where unsorted ones go."
    )
    priority: PriorityName | None = Field(None, description="Agents.")
    fields: dict[str, bool | int | float | str | None] = Field(
        default={},
        max_length=100,
        description="Custom fields by their short names; customers: those they are asked for.",
    )


class ReplyIn(Schema):
    """Something the customer reads."""

    text: Text
    then: Literal["open", "pending", "solved"] | None = Field(
        None, description="Agents: the status afterwards. Else the ticket waits for the customer."
    )
    send_at: datetime | None = Field(
        None, description="Agents: leaves then, unless the customer writes first. With an offset."
    )
    minutes_spent: int = Field(0, ge=0, le=10_000, description="Agents.")

    @field_validator("send_at")
    @classmethod
    def with_offset(cls, value: datetime | None) -> datetime | None:
        """Raises ValueError for a time that is another one in every time zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError(_("The time needs its offset from UTC."))
        return value


class ForwardIn(Schema):
    """Something third parties read, and the customer does not."""

    to: list[Email] = Field(min_length=1, max_length=20)
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200_000)] = ""
    subject: str = Field("", max_length=500)
    messages: list[int] = Field([], max_length=100, description="Ids of replies that go along.")


class TicketChange(Schema):
    """What is to be different; what is left out stays. Agents only."""

    subject: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
        | None
    ) = None
    fields: dict[str, bool | int | float | str | None] = Field(
        default={},
        max_length=100,
        description="Custom fields by their short names; null empties one. All of them or none.",
    )


class NoteIn(Schema):
    """Something only agents read."""

    text: Text
    minutes_spent: int = Field(0, ge=0, le=10_000)


class Address(Schema):
    """By what a customer is found. Letters go to the main one; an address that was not proved yet
    finds nobody."""

    address: str
    main: bool
    proved: bool


class CustomerOut(Schema):
    """A customer, as agents know them."""

    id: int
    name: str
    language: str = Field(description="Its code; empty if not known.")
    organisation: str | None
    phone: str
    notes: str = Field(description="For agents.")
    addresses: list[Address]


class CustomerIn(Schema):
    """What is known of a customer; what is left out stays."""

    name: str | None = Field(None, max_length=200)
    language: LanguageCode | None = None
    organisation: str | None = Field(
        None, max_length=200, description="By name; a new one makes a new organisation."
    )
    phone: str | None = Field(None, max_length=40)
    notes: str | None = Field(None, max_length=20_000)


class TicketQuery(Schema):
    """Which tickets: every word narrows."""

    q: str | None = Field(None, description="Words, in any of their forms; #10042 is one ticket.")
    subject: str | None = Field(None, description="Words in subject, number, customer or tags.")
    text: str | None = Field(None, description="Words in messages.")
    status: str | None = Field(None, description="One status, or `ours`, `at_work`, `finished`.")
    priority: PriorityName | None = None
    department: str | None = Field(None, description="Short name.")
    assignee: str | None = Field(None, description="`me`, `none` or an agent's id.")
    customer: str | None = Field(None, description="Part of a name or address.")
    tag: str | None = None
    category: str | None = Field(None, description="Short name.")
    service: str | None = Field(None, description="Short name.")
    since: date | None = Field(None, description="Opened on that day or later.")
    until: date | None = Field(None, description="Opened on that day or earlier.")
    overdue: bool | None = None
    disliked: bool | None = Field(None, description="Rated 1 or 2, or an answer of it rated bad.")
    next: str | None = Field(None, description="`next` of the answer before.")
    limit: int = Field(50, ge=1, le=100)

    def words(self) -> dict[str, Any]:
        """As the filter's query string has them."""
        said = self.dict(exclude_none=True, exclude={"next", "limit"})
        if self.priority:
            said["priority"] = str(Priority[self.priority.upper()].value)
        return {name: str(value) for name, value in said.items()}
