"""Replies that leave later."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.lifecycle import Status
from tickets.models.canned_reply import CannedReply
from tickets.models.message import Message


class LaterReply(models.Model):
    """When a written reply leaves, and what it does then. The row goes when the reply has left or
    was called off."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="later")
    leaves_at = models.DateTimeField(_("leaves"), db_index=True)
    # What `reply_to_ticket` is told when it leaves.
    then = models.CharField(max_length=8, choices=Status, blank=True)
    hold_until = models.DateTimeField(null=True, blank=True)
    canned = models.ManyToManyField(CannedReply, related_name="+")
    # Addresses of people in copy who are left out.
    without = models.JSONField(default=list)

    class Meta:
        ordering = ["leaves_at", "id"]
        verbose_name = _("reply that leaves later")
        verbose_name_plural = _("replies that leave later")

    def __str__(self) -> str:
        return f"#{self.message.ticket_id} · {self.leaves_at:%Y-%m-%d %H:%M}"
