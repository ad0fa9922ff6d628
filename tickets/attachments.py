"""Files: accepted, checked by content, stored.

A file is believed for what it contains, not for its name (product.md 4). Letters bring whatever
they bring: it is kept, and handed out as a download; only what Pillow opened counts as a picture.
"""

import hashlib
from collections.abc import Collection, Iterable
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

from departments.models import DeskSettings, User
from helpdesk.lib.errors import DeskError
from helpdesk.lib.html import replace_cids
from helpdesk.lib.kinds import KINDS, begun_as, kind_of, words_for
from helpdesk.lib.pictures import MAX_PIXELS, has_too_many_pixels, is_whole, look_at, small_of
from helpdesk.lib.uploading import FILES_AT_ONCE, TurnedAway
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


def small_picture(picture: Attachment | Upload) -> bytes | None:
    """A picture at most `SMALL` points wide and high, as WebP; None if none can be drawn of it.
    Drawn at the first look, kept beside the files, and drawn again if that is lost."""
    if not picture.shows_small:
        return None
    storage = picture.file.storage
    name = _small_name(picture)
    if storage.exists(name):
        with storage.open(name) as kept:
            return bytes(kept.read())
    with picture.file.open("rb") as source:
        drawn = small_of(source.read(), SMALL, most=picture.SMALL_PIXELS)
    if drawn is not None:
        saved = storage.save(name, ContentFile(drawn))
        if saved != name:  # somebody else was as quick
            storage.delete(saved)
    return drawn


def _small_name(picture: Attachment | Upload) -> str:
    return f"small/{picture.token.hex[:2]}/{picture.token.hex}"


def sort_out(
    uploads: Iterable["UploadedFile[bytes]"], kinds: Collection[str]
) -> tuple[list[IncomingFile], list[str]]:
    """What a person uploads, checked: files that are taken, and for each other one a sentence that
    names it and says why. `kinds` are names in `helpdesk.lib.kinds`."""
    taken: list[IncomingFile] = []
    refused: list[str] = []
    for upload in uploads:
        try:
            if len(taken) == MAX_FILES:
                refused.append(
                    _("At most %(count)d files fit on one message.") % {"count": MAX_FILES}
                )
                break
            taken.append(_checked(upload, kinds))
        except FileRefused as refusal:
            refused.append(str(refusal))
    return taken, refused


def accept(
    uploads: Iterable["UploadedFile[bytes]"], kinds: Collection[str] | None = None
) -> list[IncomingFile]:
    """What a person uploads, checked. If no `kinds` are named, it is those that customers may send.
    Raises FileRefused with a sentence that names the file."""
    if kinds is None:
        kinds = DeskSettings.current().file_kinds
    taken, refused = sort_out(uploads, kinds)
    if refused:
        raise FileRefused(refused[0])
    return taken


def _checked(upload: "UploadedFile[bytes]", allowed: Collection[str]) -> IncomingFile:
    name = safe_name(upload.name or "")
    limit = settings.DESK_MAX_FILE_MB
    if (upload.size or 0) > limit * 1024 * 1024:
        raise FileRefused(
            _("“%(name)s” is larger than %(limit)d MB.") % {"name": name, "limit": limit}
        )
    if isinstance(upload, TurnedAway):
        raise FileRefused(
            _("“%(name)s” was not taken: all files together are larger than %(limit)d MB.")
            % {"name": name, "limit": limit * FILES_AT_ONCE}
        )
    content = upload.read()
    if not content:
        raise FileRefused(_("“%(name)s” is empty.") % {"name": name})
    kind = kind_of(content)
    if kind not in allowed or not kind:
        raise FileRefused(_why_not(name, content, allowed))
    if KINDS[kind].is_picture and not is_whole(content):
        raise FileRefused(_damaged(name))
    return IncomingFile(name, content, KINDS[kind].media_type)


def _why_not(name: str, content: bytes, allowed: Collection[str]) -> str:
    if begun_as(content) in allowed:
        if not has_too_many_pixels(content):
            return _damaged(name)
        sentence = _("“%(name)s” has more than %(count)d million points. Make it smaller, please.")
        return sentence % {"name": name, "count": MAX_PIXELS // 1_000_000}
    sentence = _(
        "“%(name)s” was not taken: by its content it is something else. We accept: %(kinds)s."
    )
    return sentence % {"name": name, "kinds": words_for(allowed)}


def _damaged(name: str) -> str:
    return _("“%(name)s” is damaged or cut off. Save it once more, then choose it again.") % {
        "name": name
    }


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
    for name in (name for one in rows for name in (one.file.name, _small_name(one))):
        transaction.on_commit(lambda name=name: default_storage.delete(name))  # type: ignore[misc]
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
