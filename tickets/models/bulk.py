"""One act on many tickets: what was asked for, and how far it came with each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from tickets.models.ticket import Ticket


class BulkJob(models.Model):
    """An act of one agent on chosen tickets. Its waits are columns; a sweep goes on with it."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bulk_jobs")
    act = models.CharField(max_length=12)
    # What the act needs besides the ticket, as keys of rows and plain values.
    arguments = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    # When to go on; empty once there is nothing left to do.
    next_try_at = models.DateTimeField(null=True, default=timezone.now)
    undo_began_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("act on many tickets")
        verbose_name_plural = _("acts on many tickets")
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(next_try_at__isnull=False),
                name="bulk_job_to_go_on",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.act} · {self.owner}"

    @property
    def is_finished(self) -> bool:
        """Is nothing left to do?"""
        return self.next_try_at is None


class BulkItem(models.Model):
    """One ticket of a job, and what became of it."""

    class State(models.TextChoices):
        """How far it came."""

        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        UNCHANGED = "unchanged", _("was so already")
        REFUSED = "refused", _("not possible")
        UNDONE = "undone", _("undone")
        KEPT = "kept", _("not undone")

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="items")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="bulk_items")
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    # Why not, in the owner's language.
    detail = models.CharField(max_length=300, blank=True)
    # The lines of history it made, which undoing takes back from the last to the first.
    events = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["job", "ticket"], name="once_in_a_job")]
        indexes = [models.Index(fields=["job", "state", "id"], name="bulk_item_by_state")]

    def __str__(self) -> str:
        return f"#{self.ticket_id}: {self.state}"
