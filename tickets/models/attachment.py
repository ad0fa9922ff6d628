"""Files of messages."""

import re
import uuid
from typing import ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from tickets.models.message import Message


def file_path(file: "StoredFile", name: str) -> str:
    """Where a file lies: by its token, so that no foreign name ever touches the disk."""
    token = file.token.hex
    return f"attachments/{token[:2]}/{token[2:4]}/{token}"


class StoredFile(models.Model):
    """A file whose token is its address."""

    # Pictures with more points are not shown small, except JPEG, which is decoded small.
    SMALL_PIXELS: ClassVar[int] = 16_000_000

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(upload_to=file_path, max_length=200)
    name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where its owner, or whoever may read its message, can fetch it."""
        return f"/files/{self.token}/"

    @property
    def is_picture(self) -> bool:
        """Was it opened as a picture when it came?"""
        return self.width is not None

    @property
    def shows_small(self) -> bool:
        """Is it a picture that can be drawn small within bounds?"""
        if not self.width or not self.height:
            return False
        return self.content_type == "image/jpeg" or self.width * self.height <= self.SMALL_PIXELS


TEXTS = re.compile(
    r"\.(?:te?xt|log|csv|tsv|md|ini|conf|cfg|json|xml|ya?ml|eml|ics|sql|diff|patch)$", re.IGNORECASE
)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Questions about files."""

    def readable_by(self, user: User | AnonymousUser) -> "AttachmentQuerySet":
        """Files of the messages `user` may read."""
        return self.filter(message__in=Message.objects.readable_by(user).values("pk"))


class Attachment(StoredFile):
    """A file that came or went with a message."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="attachments")
    # A picture that stands in the text, by its Content-ID (RFC 2392).
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    @property
    def is_pdf(self) -> bool:
        """Does it say that it is a PDF? Whoever opens it looks again."""
        return self.content_type == "application/pdf"

    @property
    def is_text(self) -> bool:
        """Does it say that it is text that people read? Whoever opens it looks again."""
        return self.content_type == "text/plain" or bool(TEXTS.search(self.name))
