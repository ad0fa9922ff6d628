"""Colleagues who are named in a note."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class Mention(models.Model):
    """An agent named in a note, until they have said something on the ticket themselves. It gives
    nobody access: lists ask for the tickets of one's departments first."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mentions")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="mentions")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(fields=["user", "message"], name="mentioned_once_in_a_note")
        ]
        indexes = [
            models.Index(
                fields=["user", "ticket"],
                condition=models.Q(answered_at__isnull=True),
                name="open_mentions",
            )
        ]

    def __str__(self) -> str:
        return f"@{self.user} · #{self.ticket_id}"
