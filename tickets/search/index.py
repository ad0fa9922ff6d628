"""Making messages and tickets findable: forms of words into `tsvector` columns."""

from collections.abc import Iterable

from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.expressions import CombinedExpression

from departments.models import User
from helpdesk.lib.html import to_text
from tickets.models import Message, Ticket
from tickets.search import words

# PostgreSQL keeps positions up to 16383 and 256 of them for a word.
LAST_POSITION = 16_383


def _vector(weighted: list[tuple[str, str]]) -> Func:
    """A tsvector literal from (weight A to D, text) pairs, one after the other."""
    entries: dict[str, list[str]] = {}
    start = 0
    for weight, text in weighted:
        indexed = words.index_words(text)
        for position, forms in indexed:
            place = f"{min(start + position, LAST_POSITION)}{weight}"
            for form in forms:
                entries.setdefault(form, []).append(place)
        start += len(indexed) + 10
    literal = " ".join(
        "'{}':{}".format(form.replace("\\", "\\\\").replace("'", "''"), ",".join(places[:200]))
        for form, places in entries.items()
    )
    return Func(
        Value(literal[:1_000_000]), template="%(expressions)s::tsvector", output_field=TextField()
    )


def remember(message: Message, files: Iterable[str] | None = None) -> None:
    """Make what `message` says findable at once, quoted text left out. `files` are the names of
    its files, where the caller knows them."""
    if files is None:
        files = message.attachments.values_list("name", flat=True)
    author = f"{message.author.name} {message.author.email}" if message.author else ""
    body = message.text or to_text(message.html)
    vector = _vector([("D", body), ("B", " ".join(files)), ("C", author)])
    Message.objects.filter(pk=message.pk).update(words=vector)


def remember_ticket(ticket: Ticket) -> None:
    """Make `ticket` findable by its subject, number, customer, tags and custom fields."""
    tags = ticket.tags.values_list("name", flat=True)
    Ticket.objects.filter(pk=ticket.pk).update(words=ticket_words(ticket, tags))


def ticket_words(ticket: Ticket, tags: Iterable[str] = ()) -> Func:
    """By what `ticket` is found: the value of its column `words`."""
    people = f"{ticket.customer.name} {ticket.customer.email}"
    subject = f"{ticket.number} {ticket.subject}"
    values = " ".join(str(one) for one in ticket.fields.values() if not isinstance(one, bool))
    return _vector([("A", subject), ("B", people), ("C", " ".join(tags)), ("C", values)])


def words_of_another(customer: User) -> CombinedExpression:
    """The value of `words` for tickets that become `customer`'s, whatever they held before: for one
    UPDATE of many."""
    # People alone have the weight B, see `ticket_words`.
    rest = Func(F("words"), Value("{a,c}"), function="ts_filter", output_field=SearchVectorField())
    people = _vector([("B", f"{customer.name} {customer.email}")])
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
