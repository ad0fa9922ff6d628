"""Answers kept ready."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.models import Department, User
from helpdesk.lib import multilingual
from tickets.lifecycle import Priority, Status
from tickets.models.custom_field import CustomField, understood


class CannedReplyQuerySet(models.QuerySet["CannedReply"]):
    """Questions about canned replies."""

    def usable_by(self, user: User) -> "CannedReplyQuerySet":
        """Shared ones, those of the user's departments, and their own."""
        mine = models.Q(owner=user)
        shared = models.Q(owner__isnull=True, department__isnull=True)
        if user.is_superuser:
            ours = models.Q(owner__isnull=True)
        else:
            ours = models.Q(owner__isnull=True, department__in=user.department_roles.keys())
        return self.filter(mine | shared | ours, is_active=True)


class CannedReply(models.Model):
    """A text with placeholders, in one or more languages; it may also change the ticket."""

    title = models.CharField(_("title"), max_length=150)
    body = multilingual.MultilingualField(
        _("text"),
        rows=6,
        help_text=_(
            "Placeholders: {customer.name}, {ticket.number}, {ticket.subject}, {agent.name}, "
            "{department.name}, and {field.…} with the short name of a custom field"
        ),
    )
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="canned_replies",
        verbose_name=_("department"),
        help_text=_("Empty: for all departments."),
    )
    owner = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="canned_replies",
        verbose_name=_("personal, of"),
        help_text=_("Empty: shared."),
    )
    sets_status = models.CharField(
        _("set status"),
        max_length=8,
        blank=True,
        choices=[(s.value, s.label) for s in (Status.OPEN, Status.PENDING, Status.SOLVED)],
    )
    sets_priority = models.PositiveSmallIntegerField(
        _("set priority"), choices=Priority, null=True, blank=True
    )
    adds_tags = models.ManyToManyField("tickets.Tag", blank=True, verbose_name=_("add tags"))
    sets_fields = models.JSONField(
        _("set fields"),
        default=dict,
        blank=True,
        help_text=_("Values of custom fields by their short names. Fields of other places stay."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    used = models.PositiveIntegerField(_("times used"), default=0, editable=False)

    objects = CannedReplyQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """The fields it sets must be there, and take what it writes into them."""
        super().clean()
        if not isinstance(self.sets_fields, dict):
            raise ValidationError({"sets_fields": _("Name fields and their values.")})
        if self.sets_fields:
            clean, refused = understood(self.sets_fields, CustomField.objects.definitions())
            if refused:
                sentences = [f"{slug}: {sentence}" for slug, sentence in refused.items()]
                raise ValidationError({"sets_fields": sentences})
            self.sets_fields = clean
