"""What is typed and not sent yet, with its files. Drafts are nobody's history: no events."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from helpdesk.lib.html import clean_written, from_text, own_pictures
from tickets import attachments
from tickets.attachments import IncomingFile
from tickets.models import Draft, Message, Ticket, Upload
from tickets.models.message import WRITTEN
from tickets.permissions import can_see, can_work_on, has_just_lost, require

# What one person may have lying here unsent, so that nobody fills the disk; agents write on many
# tickets at a time.
MOST_UPLOADS, MOST_OF_CUSTOMERS = 200, 60
MOST_UPLOADED_BYTES, MOST_BYTES_OF_CUSTOMERS = 500 * 1024 * 1024, 200 * 1024 * 1024


class DraftChanged(DeskError):
    """Somebody wants to save a draft that was saved elsewhere since they saw it."""

    status = 409

    def __init__(self, draft: Draft) -> None:
        super().__init__(_("This draft was changed in another window."))
        self.draft = draft


@transaction.atomic
def save_draft(
    ticket: Ticket,
    *,
    by: User,
    kind: Message.Kind,
    text: str,
    html: str = "",
    uploads: Iterable[Upload] = (),
    fields: Mapping[str, Any] | None = None,
    seen: datetime | None = None,
) -> Draft | None:
    """Keep what `by` has typed so far; an emptied draft is none.

    `html` is what our editor made of it, `fields` whatever else the form holds. `seen` is when the
    draft that the writer has before them was saved, `Draft.NEVER` if there was none: raises
    DraftChanged if another one stands there now. Left out, it is not asked. What was typed while
    the ticket was moved away is kept as well.
    """
    require(can_work_on(by, ticket) or has_just_lost(by, ticket))
    mine = Draft.objects.filter(ticket=ticket, author=by, kind=kind)
    stands = mine.select_for_update().first()
    if seen is not None and stands is not None and stands.updated_at != seen:
        raise DraftChanged(stands)
    html = clean_written(html) if html else ""
    tokens = [str(one.token) for one in uploads]
    named = {*tokens, *own_pictures(html)}
    if not (text.strip() or named):
        mine.delete()
        return None
    Upload.objects.filter(owner=by, token__in=named).update(kept_at=timezone.now())
    draft, _created = Draft.objects.update_or_create(
        ticket=ticket,
        author=by,
        kind=kind,
        defaults={"text": text, "html": html, "uploads": tokens, "fields": dict(fields or {})},
    )
    return draft


def discard_draft(ticket: Ticket, *, by: User, kind: Message.Kind) -> None:
    """Forget what `by` has typed."""
    require(can_work_on(by, ticket))
    Draft.objects.filter(ticket=ticket, author=by, kind=kind).delete()


def carry_drafts(ticket: Ticket, *, into: Ticket) -> None:
    """What is being written on a ticket that goes on in another one goes on there as well, below
    what its writer has begun there. Inside of the verb that joins them."""
    for one in Draft.objects.select_for_update().filter(ticket=ticket):
        there = Draft.objects.filter(ticket=into, author=one.author_id, kind=one.kind).first()
        if there is None:
            one.ticket = into
            one.save()
            continue
        if one.html or there.html:
            there.html = "".join(draft.html or from_text(draft.text) for draft in (there, one))
        there.text = "\n\n".join(filter(None, [there.text, one.text]))
        there.uploads = [*there.uploads, *one.uploads]
        there.save()
        one.delete()


def upload_file(file: IncomingFile, *, by: User, ticket: Ticket | None = None) -> Upload:
    """Keep a file that comes ahead of its message. It can be named by its owner alone."""
    require(by.is_active and (ticket is None or can_see(by, ticket)))
    most, most_bytes = MOST_UPLOADS, MOST_UPLOADED_BYTES
    if not by.is_agent:
        most, most_bytes = MOST_OF_CUSTOMERS, MOST_BYTES_OF_CUSTOMERS
    lies = Upload.objects.filter(owner=by).aggregate(count=Count("pk"), size=Sum("size"))
    if lies["count"] >= most or (lies["size"] or 0) + len(file.content) > most_bytes:
        raise DeskError(_("Too many of your files wait unsent. Send or remove some first."))
    return attachments.keep(file, owner=by, ticket=ticket)


@transaction.atomic
def discard_upload(upload: Upload, *, by: User) -> None:
    """Remove a file that was not sent after all."""
    require(upload.owner_id == by.pk)
    attachments.drop(Upload.objects.select_for_update().filter(pk=upload.pk))


def put_back(message: Message, ticket: Ticket, by: User) -> None:
    """Let `message` be a draft of `by` again, with its files, above what they typed since."""
    kind = Message.Kind.REPLY if message.is_later else message.kind
    uploads = attachments.give_back(message, owner=by)
    shown = own_pictures(message.html)
    tokens = [str(one.token) for one in uploads if str(one.token) not in shown]
    # What was not formatted becomes plain text again.
    html = message.html if WRITTEN.search(message.html) else ""
    draft = Draft.objects.filter(ticket=ticket, author=by, kind=kind).first()
    draft = draft or Draft(ticket=ticket, author=by, kind=kind)
    if html or draft.html:
        draft.html = (html or message.html) + (draft.html or from_text(draft.text))
    draft.text = "\n\n".join(filter(None, [message.text, draft.text]))
    draft.uploads = [*tokens, *draft.uploads]
    draft.save()
