"""The breaker: stops automatic mail before it becomes a flood. Never what people write."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User


class AutomaticMail(models.Model):
    """How much our machines may write by themselves. One row; without it the defaults hold."""

    confirmations_per_day = models.PositiveIntegerField(
        _("confirmations to one address in a day"),
        default=3,
        help_text=_(
            "New tickets by mail are confirmed to the customer. Whoever opens more in a day sees "
            "no further confirmation from the same mailbox, and never two within ten minutes or "
            "about one subject: an answering machine could be the writer. 0: none at all."
        ),
    )
    to_customer_per_hour = models.PositiveIntegerField(
        _("automatic letters to one customer in an hour"),
        default=5,
        help_text=_("Then nothing automatic goes to this address for a day. 0: no limit."),
    )
    to_agent_per_hour = models.PositiveIntegerField(
        _("notices to one agent in an hour"),
        default=100,
        help_text=_("Then no notices go to this agent for a day; the bell rings on. 0: no limit."),
    )
    per_mailbox_per_hour = models.PositiveIntegerField(
        _("automatic letters from one mailbox in an hour"),
        default=300,
        help_text=_("Then it sends nothing automatic until you let it through. 0: no limit."),
    )
    in_all_per_hour = models.PositiveIntegerField(
        _("automatic letters of the whole desk in an hour"),
        default=1_000,
        help_text=_("Then nothing automatic is sent until you let it through. 0: no limit."),
    )
    letters_per_hour = models.PositiveIntegerField(
        _("letters of one sender in an hour that may open tickets"),
        default=60,
        help_text=_(
            "Further ones with a known subject join the last ticket as notes; others wait in the "
            "ledger, held back, until somebody lets them through. Answers on tickets are never "
            "held back. 0: no limit."
        ),
    )
    pause_after = models.PositiveIntegerField(
        _("notices to an agent that may come back in a row"),
        default=3,
        help_text=_("Then no notices are written to this agent by mail. 0: never paused."),
    )

    class Meta:
        verbose_name = _("limits of automatic mail")
        verbose_name_plural = _("limits of automatic mail")

    def __str__(self) -> str:
        return str(_("Limits of automatic mail"))

    @classmethod
    def limits(cls) -> "AutomaticMail":
        """The limits that hold."""
        return cls.objects.first() or cls()


class Scope(models.TextChoices):
    """For whom automatic mail is stopped."""

    ADDRESS = "address", _("one address")
    MAILBOX = "mailbox", _("one mailbox")
    ALL = "all", _("the whole desk")


class BreakerQuerySet(models.QuerySet["Breaker"]):
    """Questions about breakers."""

    def open(self) -> "BreakerQuerySet":
        """Those that stop mail now."""
        now = timezone.now()
        return self.filter(closed_at__isnull=True).exclude(closes_at__lte=now)


class Breaker(models.Model):
    """Automatic mail is stopped, or was: for whom, since when, why, and how much it held back.

    What is held back is counted and never sent later: nobody wants yesterday's notices. One address
    is let through again by itself after a day; a mailbox and the desk wait for an administrator.
    """

    scope = models.CharField(_("for"), max_length=7, choices=Scope)
    key = models.CharField(_("address"), max_length=254, blank=True)
    opened_at = models.DateTimeField(_("stopped"), default=timezone.now)
    sent = models.PositiveIntegerField(_("sent in the hour before"), default=0)
    held = models.PositiveIntegerField(_("held back"), default=0)
    last_held_at = models.DateTimeField(_("last held back"), null=True, blank=True)
    closes_at = models.DateTimeField(_("lets through by itself"), null=True, blank=True)
    closed_at = models.DateTimeField(_("let through"), null=True, blank=True)
    closed_by = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )

    objects = BreakerQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        verbose_name = _("stop of automatic mail")
        verbose_name_plural = _("stops of automatic mail")
        constraints = [
            models.UniqueConstraint(
                fields=["scope", "key"],
                condition=models.Q(closed_at__isnull=True),
                name="one_open_breaker",
            )
        ]
        indexes = [models.Index(fields=["scope", "key", "-closed_at"], name="breaker_by_key")]

    def __str__(self) -> str:
        return self.key or str(Scope(self.scope).label)

    @property
    def is_open(self) -> bool:
        """Does it stop mail now?"""
        waits = self.closes_at is None or self.closes_at > timezone.now()
        return self.closed_at is None and waits
