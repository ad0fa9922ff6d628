"""What administrators decide for the whole desk."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.kinds import USUAL
from helpdesk.lib.shelf import Shelf

RATABLE_DAYS = 30
"""For so many days after a ticket was finished it can be rated."""
LATEST_REMINDER = RATABLE_DAYS - 1


def usual_kinds() -> list[str]:
    """Kinds of files that everybody may send us, unless an administrator says otherwise."""
    return list(USUAL)


class DeskSettings(models.Model):
    """Decisions for the whole desk: one row, and its defaults until somebody saved it."""

    class Writers(models.TextChoices):
        """Who may open tickets."""

        EVERYBODY = "everybody", _("everybody")
        KNOWN = "known", _("only people and organisations we know")

    writers = models.CharField(
        _("who may write to us"), max_length=9, choices=Writers, default=Writers.EVERYBODY
    )
    messages_per_hour = models.PositiveIntegerField(
        _("messages of one customer in an hour"),
        default=60,
        help_text=_(
            "Written in the portal or by a program; further ones are refused with a sentence. "
            "Letters have a limit of their own, among those of automatic mail. 0: no limit."
        ),
    )
    rating_change_days = models.PositiveSmallIntegerField(
        _("days in which a rating may be changed"), default=7
    )
    rating_reminder_days = models.PositiveSmallIntegerField(
        _("days after which we ask once more for a rating"),
        default=3,
        validators=[
            MaxValueValidator(
                LATEST_REMINDER,
                _(
                    "At most %(limit_value)d: a request can be rated for 30 days after it was "
                    "solved, and nobody is asked for what they can no longer do."
                ),
            )
        ],
        help_text=_("One polite letter about a solved ticket that was not rated. 0: none."),
    )

    # Names in helpdesk.lib.kinds.
    file_kinds = ArrayField(models.CharField(max_length=10), default=usual_kinds)

    class Meta:
        verbose_name = _("settings of the desk")
        verbose_name_plural = _("settings of the desk")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_desk")]

    def __str__(self) -> str:
        return str(_("settings of the desk"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """There is one desk."""
        self.pk = 1
        super().save(*args, **kwargs)

    @property
    def is_open(self) -> bool:
        """May everybody write to us?"""
        return self.writers == self.Writers.EVERYBODY

    @classmethod
    def current(cls) -> "DeskSettings":
        """The row, or its defaults, not saved."""
        return shelf.take()


def _row() -> DeskSettings:
    return DeskSettings.objects.first() or DeskSettings()


shelf = Shelf(_row, model=DeskSettings)
