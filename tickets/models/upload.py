"""A file on its way to a message that is not sent yet."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from tickets.models.attachment import StoredFile
from tickets.models.ticket import Ticket


class Upload(StoredFile):
    """A file that came ahead of its message. It is its owner's alone, until the message takes it
    over under the same token, so that a picture in the text keeps its address."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="uploads")
    ticket = models.ForeignKey(
        Ticket, null=True, blank=True, on_delete=models.CASCADE, related_name="uploads"
    )
    # When it came, or a draft last said that it needs it; long after that it is swept away.
    kept_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
