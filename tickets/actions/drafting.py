"""What is typed and not sent yet. Drafts are nobody's history: no events."""

from departments.models import User
from tickets.models import Draft, Message, Ticket
from tickets.permissions import can_work_on, require


def save_draft(ticket: Ticket, *, by: User, kind: Message.Kind, text: str) -> Draft | None:
    """Keep what `by` has typed so far; an emptied draft is none."""
    require(can_work_on(by, ticket))
    if not text.strip():
        discard_draft(ticket, by=by, kind=kind)
        return None
    draft, _created = Draft.objects.update_or_create(
        ticket=ticket, author=by, kind=kind, defaults={"text": text}
    )
    return draft


def discard_draft(ticket: Ticket, *, by: User, kind: Message.Kind) -> None:
    """Forget what `by` has typed."""
    require(can_work_on(by, ticket))
    Draft.objects.filter(ticket=ticket, author=by, kind=kind).delete()
