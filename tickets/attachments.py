"""Files: accepted, checked by content, stored.

A file is believed for what it contains, not for its name (product.md 4). Letters bring whatever
they bring: it is kept, and handed out as a download; only what Pillow opened counts as a picture.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from helpdesk.lib.html import replace_cids
from helpdesk.lib.pictures import look_at, small_of
from tickets.models import Attachment, CannedFile, CannedReply, Message, Ticket, Upload

MAX_FILES = 20
SMALL = 320


class FileRefused(DeskError):
    """A file that the portal does not take."""


@dataclass(frozen=True)
class IncomingFile:
    """A file on its way in, whole in memory. `content_id` and `inline` as in the letter."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"
    content_id: str = ""
    inline: bool = False


def small_picture(attachment: Attachment) -> bytes | None:
    """A picture at most `SMALL` points wide and high, as WebP; None if none can be drawn of it.
    Drawn at the first look, kept beside the files, and drawn again if that is lost."""
    if not attachment.shows_small:
        return None
    storage = attachment.file.storage
    name = f"small/{attachment.token.hex[:2]}/{attachment.token.hex}"
    if storage.exists(name):
        with storage.open(name) as kept:
            return bytes(kept.read())
    with attachment.file.open("rb") as source:
        drawn = small_of(source.read(), SMALL, most=Attachment.SMALL_PIXELS)
    if drawn is not None:
        saved = storage.save(name, ContentFile(drawn))
        if saved != name:  # somebody else was as quick
            storage.delete(saved)
    return drawn


def is_text(content: bytes) -> bool:
    """Plain text, in whatever encoding: no NUL and hardly any control characters."""
    sample = content[:65536]
    if b"\0" in sample:
        return False
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in sample)
    return controls <= len(sample) // 100


def kind_of(content: bytes) -> str | None:
    """The media type of a file the portal takes, by content; None for anything else."""
    if picture := look_at(content):
        return picture.content_type
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content and is_text(content) and content.lstrip()[:1] != b"<":
        return "text/plain"
    return None


def accept(uploads: Iterable["UploadedFile[bytes]"]) -> list[IncomingFile]:
    """What a person uploads, checked. Raises FileRefused with a sentence that names the file."""
    accepted: list[IncomingFile] = []
    for upload in uploads:
        name = safe_name(upload.name or "")
        if len(accepted) == MAX_FILES:
            raise FileRefused(
                _("At most %(count)d files fit on one message.") % {"count": MAX_FILES}
            )
        if (upload.size or 0) > settings.DESK_MAX_FILE_MB * 1024 * 1024:
            raise FileRefused(
                _("“%(name)s” is larger than %(limit)d MB.")
                % {"name": name, "limit": settings.DESK_MAX_FILE_MB}
            )
        content = upload.read()
        if not content:
            raise FileRefused(_("“%(name)s” is empty.") % {"name": name})
        content_type = kind_of(content)
        if content_type is None:
            sentence = _(
                "“%(name)s” was not taken: we accept pictures (PNG, GIF, JPEG), PDF and plain text."
            )
            raise FileRefused(sentence % {"name": name})
        accepted.append(IncomingFile(name, content, content_type))
    return accepted


def safe_name(name: str) -> str:
    """`name` without path and control characters, at most 150 characters, never empty."""
    last = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    clean = "".join(char for char in last if char.isprintable()).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    if len(clean) > 150 and dot and len(ending) <= 10:
        clean = f"{stem[: 149 - len(ending)]}.{ending}"
    return clean[:150] or "file"


def store(message: Message, files: Iterable[IncomingFile | Upload]) -> list[Attachment]:
    """Keep `files` with `message`. Inside the verb's transaction; a file whose row rolls back is
    only an orphan on disk, never a row without a file. Raises FileRefused for an upload that
    another message took."""
    stored = []
    for one in files:
        if isinstance(one, Upload):
            stored.append(_claim(one, message))
            continue
        found = _found_in(one)
        attachment = Attachment(
            message=message,
            content_id=one.content_id[:255],
            is_inline=one.inline and found["width"] is not None,
            **found,
        )
        attachment.file.save(attachment.name, ContentFile(one.content), save=False)
        attachment.save()
        stored.append(attachment)
    show_pictures(message, stored)
    return stored


def _found_in(file: IncomingFile) -> dict[str, Any]:
    """What a row says of a file."""
    picture = look_at(file.content)
    return {
        "name": safe_name(file.name),
        "content_type": (picture.content_type if picture else file.content_type)[:127],
        "size": len(file.content),
        "sha256": hashlib.sha256(file.content).hexdigest(),
        "width": picture.width if picture else None,
        "height": picture.height if picture else None,
    }


_SAME = ("token", "name", "content_type", "size", "sha256", "width", "height")


def keep(file: IncomingFile, *, owner: User, ticket: Ticket | None) -> Upload:
    """Store a file that comes ahead of its message."""
    upload = Upload(owner=owner, ticket=ticket, **_found_in(file))
    upload.file.save(upload.name, ContentFile(file.content), save=False)
    upload.save()
    return upload


def _claim(upload: Upload, message: Message) -> Attachment:
    """`message` takes a file of its author over, under its token; nobody else can any more."""
    own = Upload.objects.filter(owner=message.author_id or 0)
    held = own.select_for_update().filter(pk=upload.pk).first()
    if held is None:
        raise FileRefused(_("“%(name)s” was sent already.") % {"name": upload.name})
    attachment = Attachment.objects.create(
        message=message,
        file=held.file.name,
        is_inline=held.is_picture and held.get_absolute_url() in message.html,
        **{name: getattr(held, name) for name in _SAME},
    )
    held.delete()
    return attachment


def give_back(message: Message, *, owner: User) -> list[Upload]:
    """The files of a message that was taken back are uploads of its author again."""
    given = []
    for one in message.attachments.all():
        same = {name: getattr(one, name) for name in _SAME}
        one.delete()
        given.append(
            Upload.objects.create(owner=owner, ticket=message.ticket, file=one.file.name, **same)
        )
    return given


def drop(uploads: QuerySet[Upload]) -> int:
    """Forget `uploads` and, once that is certain, their files; how many."""
    rows = list(uploads)
    Upload.objects.filter(pk__in=[one.pk for one in rows]).delete()
    for one in rows:
        transaction.on_commit(lambda name=one.file.name: default_storage.delete(name))  # type: ignore[misc]
    return len(rows)


@transaction.atomic
def sweep(before: datetime) -> int:
    """Drop uploads that nobody needed since `before`; how many. One that is being sent now is
    left to its message."""
    old = Upload.objects.filter(kept_at__lt=before)
    return drop(old.select_for_update(skip_locked=True))


def contents_of(message: Message) -> list[IncomingFile]:
    """The files of `message` once more, for another message that carries them as well."""
    files = []
    for one in message.attachments.all():
        with one.file.open("rb") as file:
            files.append(IncomingFile(one.name, file.read(), one.content_type))
    return files


def store_canned(canned: CannedReply, files: Iterable[IncomingFile]) -> list[CannedFile]:
    """Keep `files` with a canned reply; like `store`."""
    kept = []
    for one in files:
        row = CannedFile(canned=canned, **_found_in(one))
        row.file.save(row.name, ContentFile(one.content), save=False)
        row.save()
        kept.append(row)
    return kept


def again(files: Iterable[CannedFile]) -> list[IncomingFile]:
    """Files of canned replies, to go out once more."""
    found = []
    for one in files:
        with one.file.open("rb") as stream:
            found.append(IncomingFile(one.name, stream.read(), one.content_type))
    return found


def show_pictures(message: Message, stored: Iterable[Attachment]) -> None:
    """Let the text of a letter show its own pictures (`cid:`) from where they lie now."""
    own = {one.content_id: one.get_absolute_url() for one in stored if one.is_inline}
    if not own or "cid:" not in message.html + message.quoted_html:
        return
    message.html = replace_cids(message.html, own)
    message.quoted_html = replace_cids(message.quoted_html, own)
    message.save(update_fields=["html", "quoted_html"])
