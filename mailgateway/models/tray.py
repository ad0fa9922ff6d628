"""The tray: every letter that goes, and how far it came."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailgateway.models.mailbox import Mailbox
from tickets.models import PublicMessage, Ticket


class OutboundEmail(models.Model):
    """One letter of the tray: written in the transaction that caused it, sent afterwards."""

    class State(models.TextChoices):
        """How far it came."""

        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        UNCERTAIN = "uncertain", _("perhaps sent")
        FAILED = "failed", _("not delivered")
        WITHDRAWN = "withdrawn", _("taken back")

    mailbox = models.ForeignKey(
        Mailbox,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letters_out",
        verbose_name=_("mailbox"),
    )
    ticket = models.ForeignKey(
        Ticket,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letters_out",
        verbose_name=_("ticket"),
    )
    message = models.ForeignKey(
        PublicMessage, null=True, blank=True, on_delete=models.PROTECT, related_name="letters_out"
    )
    kind = models.CharField(_("kind"), max_length=30)
    recipient = models.EmailField(_("recipient"), max_length=254)
    copies = models.JSONField(_("copies"), default=list)
    # The name before the mailbox's address in From; empty: the address alone.
    sender_name = models.CharField(_("sender"), max_length=200, blank=True)
    letter_id = models.CharField("Message-ID", max_length=255, unique=True)
    subject = models.CharField(_("subject"), max_length=998)
    text = models.TextField()
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict)

    state = models.CharField(_("state"), max_length=9, choices=State, default=State.QUEUED)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now, null=True)
    last_error = models.TextField(_("last error"), blank=True)
    # {address: what its server said for good}: "" where it was taken.
    answers = models.JSONField(default=dict)
    # Addresses whose server had the whole letter when its answer was lost.
    doubtful = models.JSONField(default=list)
    # Set just before the dot that ends the letter, emptied by the answer. Whoever finds it set
    # follows somebody who died behind that dot: the letter may be on its way.
    handed_over_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    trying_since = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    # When its copy is to be put into the mailbox's folder of sent letters; empty: no more to do.
    copy_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("letter sent")
        verbose_name_plural = _("tray of letters to send")
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(state="queued"),
                name="letter_to_send",
            ),
            models.Index(
                fields=["copy_at"],
                condition=models.Q(copy_at__isnull=False),
                name="letter_to_copy",
            ),
            models.Index(fields=["recipient", "created_at"], name="letter_by_recipient"),
            # What machines of ours wrote lately, for the breaker.
            models.Index(
                fields=["created_at"],
                condition=~models.Q(kind__in=["replied", "side", "account"]),
                name="automatic_letter_by_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.kind} → {self.recipient}"

    @property
    def open_addresses(self) -> list[str]:
        """Those it is still to be handed over for."""
        return [one for one in self.addresses if one not in {*self.answers, *self.doubtful}]

    @property
    def addresses(self) -> list[str]:
        """Everybody it goes to, each once, in lower case."""
        return list(dict.fromkeys(one.lower() for one in [self.recipient, *self.copies]))
