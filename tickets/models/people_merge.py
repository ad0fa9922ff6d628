"""Two customers that were one person: what went from one to the other, so that it can go back."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User


class PeopleMerge(models.Model):
    """What `merge_people` moved. Nothing changes it but its undoing, which is noted here too."""

    source = models.ForeignKey(User, on_delete=models.PROTECT, related_name="merges_away")
    into = models.ForeignKey(User, on_delete=models.PROTECT, related_name="merges_here")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    tickets = ArrayField(models.BigIntegerField(), default=list)
    # The source's main address, under which agents know this merge.
    address = models.EmailField(max_length=254)
    # How everything else stood, see tickets/actions/people.py.
    stood = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        verbose_name = _("merge of customers")
        verbose_name_plural = _("merges of customers")
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=models.Q(undone_at__isnull=True),
                name="merged_away_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.address} → {self.into}"
