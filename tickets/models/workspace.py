"""Saved views, and the feeds by which programs read lists."""

import secrets

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models import Department, User


def feed_token() -> str:
    """An address nobody guesses."""
    return secrets.token_urlsafe(24)


class WorkspaceQuerySet(models.QuerySet["Workspace"]):
    """Questions about workspaces."""

    def usable_by(self, user: User) -> "WorkspaceQuerySet":
        """The user's own, and those shared with their departments."""
        shared = models.Q(shared_with__in=user.department_roles.keys())
        return self.filter(models.Q(owner=user) | shared)


class Workspace(models.Model):
    """A filter with a name: `query` is the query string of the queue page."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=60)
    owner = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="workspaces", verbose_name=_("owner")
    )
    shared_with = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="workspaces",
        verbose_name=_("shared with"),
    )
    query = models.CharField(_("filter"), max_length=1000, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=100)

    objects = WorkspaceQuerySet.as_manager()

    class Meta:
        ordering = ["order", "name", "id"]
        verbose_name = _("workspace")
        verbose_name_plural = _("workspaces")

    def __str__(self) -> str:
        return self.name


class Feed(models.Model):
    """An address at which a program reads a list as its owner sees it at that moment, without
    signing in. `key` names the list as the navigation does: `waiting`, `workspace:7`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="feeds")
    key = models.CharField(max_length=100)
    token = models.CharField(max_length=40, default=feed_token, unique=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_feed_a_list")]

    def __str__(self) -> str:
        return f"{self.user}: {self.key}"
