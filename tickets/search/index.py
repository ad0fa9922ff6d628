"""Making messages and tickets findable: forms of words into `tsvector` columns."""

from collections.abc import Iterable

from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Func, QuerySet, Value
from django.db.models.expressions import CombinedExpression

from departments.models import User
from helpdesk.lib.html import to_text
from helpdesk.lib.vectors import vector
from tickets.models import Message, Ticket


def remember(message: Message, files: Iterable[str] | None = None) -> None:
    """Make what `message` says findable at once, quoted text left out. `files` are the names of
    its files, where the caller knows them."""
    if files is None:
        files = message.attachments.values_list("name", flat=True)
    author = f"{message.author.name} {message.author.email}" if message.author else ""
    body = message.text or to_text(message.html)
    said = vector([("D", body), ("B", " ".join(files)), ("C", author)])
    Message.objects.filter(pk=message.pk).update(words=said)


def remember_ticket(ticket: Ticket) -> None:
    """Make `ticket` findable by its subject, number, customer, tags and custom fields."""
    tags = ticket.tags.values_list("name", flat=True)
    Ticket.objects.filter(pk=ticket.pk).update(words=ticket_words(ticket, tags))


def ticket_words(ticket: Ticket, tags: Iterable[str] = ()) -> Func:
    """By what `ticket` is found: the value of its column `words`."""
    people = f"{ticket.customer.name} {ticket.customer.email}"
    subject = f"{ticket.number} {ticket.subject}"
    values = " ".join(str(one) for one in ticket.fields.values() if not isinstance(one, bool))
    return vector([("A", subject), ("B", people), ("C", " ".join(tags)), ("C", values)])


def words_of_another(customer: User) -> CombinedExpression:
    """The value of `words` for tickets that become `customer`'s, whatever they held before: for one
    UPDATE of many."""
    # People alone have the weight B, see `ticket_words`.
    rest = Func(F("words"), Value("{a,c}"), function="ts_filter", output_field=SearchVectorField())
    people = vector([("B", f"{customer.name} {customer.email}")])
    return CombinedExpression(rest, "||", people, output_field=SearchVectorField())


def remember_again(tickets: QuerySet[Ticket]) -> int:
    """Index `tickets` and their messages anew; how many tickets that were."""
    count = 0
    for ticket in tickets.select_related("customer").iterator(chunk_size=200):
        remember_ticket(ticket)
        for message in ticket.messages.select_related("author"):
            remember(message)
        count += 1
    return count
