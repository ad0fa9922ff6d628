"""Side conversations: what we ask others about a ticket, apart from its customer."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from tickets.models.ticket import Ticket


class SideConversation(models.Model):
    """Letters between us and third parties about a ticket. Its customer never hears of them: its
    messages are of a kind of their own, and their letters go to `people` alone."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="side_conversations")
    people = models.ManyToManyField(User, related_name="side_conversations")
    subject = models.CharField(_("subject"), max_length=500)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["opened_by", "-id"], name="side_by_opener")]
        verbose_name = _("side conversation")
        verbose_name_plural = _("side conversations")

    def __str__(self) -> str:
        return f"#{self.ticket_id} · {self.subject}"

    @staticmethod
    def usual_subject(ticket: Ticket) -> str:
        """What it is called if nobody says otherwise, with the sign that mail programs know."""
        return f"Fwd: {ticket.subject}"

    @property
    def addresses(self) -> list[str]:
        """Where its letters go."""
        reached = self.people.filter(is_active=True).order_by("pk")
        return list(reached.values_list("email", flat=True))
