"""Canned replies written, copied, switched off. They are no ticket's history: no events."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.errors import DeskError
from tickets import attachments
from tickets.attachments import IncomingFile
from tickets.models import CannedFile, CannedReply, Tag
from tickets.permissions import can_change_canned, require


class WasUsed(DeskError):
    """Something that the history speaks of cannot be deleted."""

    status = 409


@transaction.atomic
def save_canned_reply(
    canned: CannedReply,
    *,
    by: User,
    adds_tags: Iterable[str] = (),
    removes_tags: Iterable[str] = (),
    files: Iterable[IncomingFile] = (),
    without: Iterable[CannedFile] = (),
) -> CannedReply:
    """Write down a new canned reply, or how one is from now on: its columns as they stand in
    `canned`, these tags and no others, `files` besides those it has, `without` some of them.

    `by` must be allowed to write in the place where it was and in the one where it goes.
    """
    if canned.pk:
        require(can_change_canned(by, CannedReply.objects.select_for_update().get(pk=canned.pk)))
    require(can_change_canned(by, canned))
    if canned.assigns != CannedReply.Assigns.PERSON:
        canned.assigns_to = None
    canned.save()
    canned.adds_tags.set(_tags(adds_tags))
    canned.removes_tags.set(_tags(removes_tags))
    canned.files.filter(pk__in=[one.pk for one in without]).delete()
    attachments.store_canned(canned, files)
    return canned


def _tags(words: Iterable[str]) -> list[Tag]:
    """Words as `tag_ticket` writes them; new ones become tags."""
    names = {" ".join(word.lower().split())[:60] for word in words} - {""}
    Tag.objects.bulk_create([Tag(name=name) for name in names], ignore_conflicts=True)
    return list(Tag.objects.filter(name__in=names))


@transaction.atomic
def copy_canned_reply(canned: CannedReply, *, by: User) -> CannedReply:
    """A personal copy for `by`, with tags and files, of one that they see."""
    require(CannedReply.objects.seen_by(by).filter(pk=canned.pk).exists())
    copy = CannedReply.objects.get(pk=canned.pk)
    copy.pk, copy.owner, copy.department = None, by, None
    copy.title = gettext("%(title)s (copy)") % {"title": canned.title[:130]}
    copy.is_active, copy.used, copy.last_used_at = True, 0, None
    return save_canned_reply(
        copy,
        by=by,
        adds_tags=canned.adds_tags.values_list("name", flat=True),
        removes_tags=canned.removes_tags.values_list("name", flat=True),
        files=attachments.again(canned.files.all()),
    )


@transaction.atomic
def switch_canned_reply(canned: CannedReply, *, on: bool, by: User) -> CannedReply:
    """Offer it no longer, or again."""
    canned = CannedReply.objects.select_for_update(of=("self",)).get(pk=canned.pk)
    require(can_change_canned(by, canned))
    canned.is_active = on
    canned.save(update_fields=["is_active"])
    return canned


@transaction.atomic
def delete_canned_reply(canned: CannedReply, *, by: User) -> None:
    """Forget one that was never used. Raises WasUsed otherwise: it can be switched off."""
    canned = CannedReply.objects.select_for_update(of=("self",)).get(pk=canned.pk)
    require(can_change_canned(by, canned))
    if canned.used:
        raise WasUsed(_("It was used already, so it is only switched off, not deleted."))
    canned.delete()
