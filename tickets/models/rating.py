"""What customers thought of it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.models import User
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class Rating(models.Model):
    """Of one answer (`message` set: 1 bad, 5 good), or of the solved ticket (1 to 5)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="ratings")
    message = models.ForeignKey(
        Message, null=True, blank=True, on_delete=models.CASCADE, related_name="ratings"
    )
    customer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="ratings")
    # Whose work it was: the author of the answer, or the assignee when the ticket was solved.
    agent = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="ratings_received"
    )
    score = models.PositiveSmallIntegerField(
        _("score"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    comment = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "message", "customer"],
                nulls_distinct=False,
                name="one_rating_each",
            ),
            models.CheckConstraint(
                condition=models.Q(score__gte=1, score__lte=5), name="score_from_1_to_5"
            ),
        ]
        indexes = [
            models.Index(fields=["agent", "created_at"], name="rating_by_agent"),
            models.Index(fields=["customer", "-id"], name="rating_by_customer"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.score}"
