"""A file on its way to a message that is not sent yet."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from tickets.models.attachment import file_path
from tickets.models.ticket import Ticket


class Upload(models.Model):
    """A file that came ahead of its message. It is its owner's alone, until the message takes it
    over under the same token, so that a picture in the text keeps its address."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="uploads")
    ticket = models.ForeignKey(
        Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="uploads"
    )
    file = models.FileField(upload_to=file_path, max_length=200)
    name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    # When it came, or a draft last said that it needs it; long after that it is swept away.
    kept_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where its owner, and later whoever may read its message, can fetch it."""
        return f"/files/{self.token}/"

    @property
    def is_picture(self) -> bool:
        """Was it opened as a picture when it came?"""
        return self.width is not None
