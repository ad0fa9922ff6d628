"""What is not sent yet."""

from datetime import UTC, datetime
from typing import ClassVar

from django.db import models

from departments.models import User
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class Draft(models.Model):
    """What an agent has typed and not sent, per ticket and kind."""

    # When a draft was saved that is not there.
    NEVER: ClassVar[datetime] = datetime.min.replace(tzinfo=UTC)

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    kind = models.CharField(max_length=5, choices=Message.Kind)
    text = models.TextField()
    # As the editor wrote it, clean; empty for plain text.
    html = models.TextField(blank=True)
    # Tokens of files that came ahead.
    uploads = models.JSONField(default=list, blank=True)
    # What else the form held, by the names of its fields.
    fields = models.JSONField(default=dict, blank=True)
    # Also its version: who saves says which one they saw.
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "author", "kind"], name="one_draft_per_kind")
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} · {self.author}"
