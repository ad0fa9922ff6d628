"""What a customer sends twice by one click is said once.

A button pressed twice, or once more because the answer of the server was lost on its way, sends the
same words again within minutes. They are known by what they say, so it needs neither a script nor
anything that a page carries. Every function expects a lock under which nobody else says the same.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.utils import timezone

from departments.models import User
from tickets.attachments import IncomingFile, safe_name
from tickets.models import Body, Message, Ticket, TicketLink, Upload

WITHIN: Final = timedelta(minutes=10)
Files = Sequence[IncomingFile | Upload]


def said_already(ticket: Ticket, by: User, body: str | Body, files: Files) -> Message | None:
    """The last public message of `ticket`, if `by` said just the same in it a moment ago."""
    last = Message.objects.public().filter(ticket=ticket).order_by("-created_at", "-id").first()
    text = body if isinstance(body, Body) else Body.plain(body)
    return last if last is not None and _says(last, by, text, files) else None


def opened_already(
    by: User, subject: str, body: Body, files: Files, *, follows: Ticket | None
) -> Ticket | None:
    """The ticket that `by` opened a moment ago with the same words; one that goes on from a closed
    ticket only from the same."""
    since = timezone.now() - WITHIN
    own = Ticket.objects.filter(customer=by, subject=subject, created_at__gt=since)
    if follows is not None:
        here = TicketLink.objects.filter(source=follows, kind=TicketLink.Kind.FOLLOW_UP)
        own = own.filter(pk__in=here.values("target"))
    for ticket in own.order_by("pk"):
        first = ticket.messages.order_by("created_at", "id").first()
        if first is not None and _says(first, by, body, files):
            return ticket
    return None


def _says(message: Message, by: User, body: Body, files: Files) -> bool:
    if message.author_id != by.pk or not message.from_customer:
        return False
    if message.created_at < timezone.now() - WITHIN:
        return False
    had = sorted(message.attachments.values_list("name", "size"))
    return message.text == body.text and had == sorted(map(_named, files))


def _named(file: IncomingFile | Upload) -> tuple[str, int]:
    if isinstance(file, Upload):
        return file.name, file.size
    return safe_name(file.name), len(file.content)
