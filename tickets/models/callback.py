"""Calls that customers asked for."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import Ticket


class Callback(models.Model):
    """A customer wants to be called: where and when. The last one of a ticket; the history has
    those before."""

    ticket = models.OneToOneField(
        Ticket, on_delete=models.CASCADE, primary_key=True, related_name="callback"
    )
    number = models.CharField(_("phone number"), max_length=40)
    at = models.DateTimeField(_("when to call"))
    # When to ring the bells; empty once they rang, or somebody called before.
    next_ring_at = models.DateTimeField(null=True, blank=True)
    called_at = models.DateTimeField(_("called"), null=True, blank=True)

    class Meta:
        verbose_name = _("call back")
        verbose_name_plural = _("calls back")
        indexes = [
            models.Index(
                fields=["next_ring_at"],
                condition=models.Q(next_ring_at__isnull=False),
                name="callback_to_ring",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.number}"

    @property
    def is_due(self) -> bool:
        """Should somebody call now?"""
        return self.called_at is None and self.at <= timezone.now()
