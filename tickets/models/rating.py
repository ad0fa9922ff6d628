"""What customers thought of it."""

from datetime import datetime, timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import RATABLE_DAYS, DeskSettings, User
from tickets.models.message import Message
from tickets.models.ticket import Ticket

MOST_BAD = 2  # up to here leads hear of it


class RatingQuerySet(models.QuerySet["Rating"]):
    """Questions about ratings."""

    def of(self, customer: User, ticket: Ticket, message: Message | None) -> "Rating | None":
        """What `customer` said of `message`, wherever it went since; without one, of `ticket`."""
        given = self.filter(customer=customer, message=message)
        return (given if message else given.filter(ticket=ticket)).first()

    def bad(self) -> Self:
        """Those that leads hear of."""
        return self.filter(score__lte=MOST_BAD)


class Rating(models.Model):
    """Of one answer (`message` set: 1 bad, 5 good), or of the solved ticket (1 to 5)."""

    BAD, GOOD = 1, 5
    COMMENT_LENGTH = 2000
    POSSIBLE_FOR = timedelta(days=RATABLE_DAYS)  # after the ticket was finished

    ticket = models.ForeignKey(
        Ticket, on_delete=models.CASCADE, related_name="ratings", verbose_name=_("ticket")
    )
    message = models.ForeignKey(
        Message,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="ratings",
        verbose_name=_("message"),
    )
    customer = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="ratings", verbose_name=_("customer")
    )
    # Whose work it was: the author of the answer, or the assignee when the ticket was solved.
    agent = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ratings_received",
        verbose_name=_("agent"),
    )
    score = models.PositiveSmallIntegerField(
        _("score"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    comment = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(_("date"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RatingQuerySet.as_manager()

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
            models.Index(
                fields=["ticket"], condition=models.Q(score__lte=MOST_BAD), name="bad_rating"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.score}"

    @property
    def can_change(self) -> bool:
        """May its customer still say otherwise?"""
        until = self.open_until(self.ticket, self)
        return until is None or until > timezone.now()

    @classmethod
    def open_until(cls, ticket: Ticket, given: "Rating | None") -> datetime | None:
        """Until when something of `ticket` may be rated, or the rating that was `given` be changed;
        None: for as long as the ticket is at work."""
        if given is not None:
            return given.created_at + timedelta(days=DeskSettings.current().rating_change_days)
        finished_at = ticket.closed_at or ticket.solved_at
        return finished_at + cls.POSSIBLE_FOR if finished_at else None
