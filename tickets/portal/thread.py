"""What was said on a ticket, as its customer reads it: the newest messages, and earlier ones by
pages. Notes cannot be reached from here."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.safestring import SafeString, mark_safe

from departments.models import User
from helpdesk.lib import html
from tickets.models import Attachment, Message, Rating, Ticket
from tickets.paging import Key, behind, position, read
from tickets.portal.ratings import ratable_among

MOST: Final = 12
MOST_LETTERS: Final = 9000
"""Letters of HTML on one page, so that it stays light; a longer message stands there alone."""
MOST_SHOWN: Final = 60

NEWEST: Final = (Key("created_at", descending=True), Key("pk", int, descending=True))


@dataclass(frozen=True)
class Said:
    """One public message, ready to be shown. `rating` is the reader's own, of an answer of ours."""

    message: Message
    html: SafeString
    files: list[Attachment]
    rating: Rating | None
    can_rate: bool


@dataclass(frozen=True)
class Thread:
    """Some messages in the order in which they were said. `earlier` is where those before them
    begin, "" if there are none; `is_newest`: nothing was said after them."""

    said: list[Said]
    earlier: str = ""
    is_newest: bool = True


def thread(ticket: Ticket, user: User, *, before: str = "") -> Thread:
    """The newest public messages of `ticket` and of those of the reader's own that were merged into
    it, or those before the position `before`."""
    values = read(before, NEWEST)
    rows = _whole(Message.objects.public().filter(ticket__in=shown_on(ticket, user)), user)
    rows = rows.order_by(*(key.order() for key in NEWEST))
    if values is not None:
        rows = rows.filter(behind(NEWEST, values))
    found = list(rows[: MOST + 1])
    shown = found[: _fitting(found[:MOST])]
    earlier = position(shown[-1], NEWEST) if len(shown) < len(found) else ""
    return Thread(told(reversed(shown), user), earlier, values is None)


def told(rows: Iterable[Any], user: User) -> list[Said]:
    """Messages, read by `_whole`, as `user` is shown them."""
    rows = list(rows)
    ratable = ratable_among({row.ticket for row in rows}, user)
    return [
        Said(
            message=row,
            html=_body(row),
            files=list(row.attachments.all()),
            rating=_given(row),
            can_rate=row.ticket_id in ratable and not row.from_customer and row.author is not None,
        )
        for row in rows
    ]


def _given(row: Any) -> Rating | None:
    if not row.own_score:
        return None
    return Rating(ticket=row.ticket, message=row, score=row.own_score, created_at=row.own_rated_at)


def news_of(number: int, user: User, shown: Sequence[int]) -> tuple[Ticket, list[int]] | None:
    """The ticket of this number as it stands, and keys of messages that are missing on a page which
    shows the messages `shown`, in their order; None where it is not theirs. One question.

    Messages are known by what is shown, not by a number or a time: an answer becomes public some
    seconds after others that were written later.
    """
    own = Ticket.objects.of_customer(user)
    here = own.filter(Q(pk=number) | Q(merged_into=number)).values("pk")
    rows = Message.objects.public().filter(ticket__in=here).exclude(pk__in=shown)
    if shown:
        began = Message.objects.filter(pk=shown[0], ticket__in=here).values("created_at")
        rows = rows.filter(created_at__gte=Subquery(began))
    missing = rows.order_by("created_at", "id").values("pk")[:MOST]
    found = own.filter(pk=number).annotate(missing=ArraySubquery(missing)).defer("words").first()
    return (found, found.missing) if found else None  # type: ignore[attr-defined]


def messages(keys: Sequence[int], user: User) -> QuerySet[Message]:
    """Public messages with these keys, with all that a page shows of them."""
    return _whole(Message.objects.public().filter(pk__in=keys), user).order_by("created_at", "id")


def _whole(rows: QuerySet[Message], user: User) -> QuerySet[Message]:
    given = Rating.objects.filter(message=OuterRef("pk"), customer=user)
    whole = rows.select_related("author", "ticket").prefetch_related("attachments")
    return whole.defer("words", "ticket__words").annotate(
        own_score=Subquery(given.values("score")[:1]),
        own_rated_at=Subquery(given.values("created_at")[:1]),
    )


def _fitting(rows: Sequence[Message]) -> int:
    """How many of `rows` stand on one page, at least one."""
    letters = 0
    for count, row in enumerate(rows):
        letters += len(row.html) + len(row.quoted_text)
        if letters > MOST_LETTERS and count:
            return count
    return len(rows)


def shown_on(ticket: Ticket, user: User) -> set[int]:
    """Keys of the tickets whose messages stand on the page of `ticket`."""
    return Ticket.objects.of_customer(user).with_merged(ticket.pk)


def _body(message: Message) -> SafeString:
    # Letters are shown as their text: their own look needs a frame, and who wrote it knows it.
    is_letter = message.channel == Ticket.Channel.MAIL
    return mark_safe(html.from_text(message.text) if is_letter else message.html)  # noqa: S308
