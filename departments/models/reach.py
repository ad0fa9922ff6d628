"""Addresses that letters come back from."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models.people import User

# RFC 3463: no such mailbox, no such domain, a mailbox that moved or takes nothing any more.
_NOBODY_THERE = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.1")
_FULL = ("5.2.2", "4.2.2")


class ReturnedMail(models.Model):
    """Letters to a person come back: how often in a row, since when, and what their server says.

    Forgotten as soon as they write to us, or when somebody says that their address is well again.
    """

    person = models.OneToOneField(
        User,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="returned",
        verbose_name=_("person"),
    )
    times = models.PositiveIntegerField(_("letters that came back"), default=0)
    first_at = models.DateTimeField(_("first"), default=timezone.now)
    last_at = models.DateTimeField(_("last"), default=timezone.now)
    status = models.CharField(_("status"), max_length=12, blank=True)
    detail = models.CharField(_("what their server says"), max_length=500, blank=True)
    # Agents alone: notices are written again when this row is deleted.
    paused_at = models.DateTimeField(_("notices paused"), null=True, blank=True)

    class Meta:
        ordering = ["-last_at"]
        verbose_name = _("address that letters come back from")
        verbose_name_plural = _("addresses that letters come back from")

    def __str__(self) -> str:
        return self.person.email

    @property
    def nobody_is_there(self) -> bool:
        """Is there no such mailbox (any more)?"""
        return self.status in _NOBODY_THERE

    @property
    def is_full(self) -> bool:
        """Is the mailbox full?"""
        return self.status in _FULL
