"""The ledger: every letter that came, as bytes, and what became of it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mailgateway.models.mailbox import Mailbox
from tickets.models import Ticket


class InboundEmail(models.Model):
    """One letter of the ledger: its bytes as they came, and what became of it."""

    class State(models.TextChoices):
        """What became of it."""

        RECEIVED = "received", _("received")
        TICKET = "ticket", _("became a ticket")
        REPLY = "reply", _("joined a ticket")
        AUTOMATIC = "automatic", _("automatic, kept on its ticket")
        BOUNCE = "bounce", _("bounce")
        DUPLICATE = "duplicate", _("seen before")
        OWN = "own", _("own letter came back")
        IGNORED = "ignored", _("ignored")
        HELD = "held", _("held back")
        FAILED = "failed", _("in quarantine")

    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.PROTECT, related_name="letters", verbose_name=_("mailbox")
    )
    uid_validity = models.BigIntegerField(null=True)
    uid = models.BigIntegerField(null=True)
    raw = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    state = models.CharField(_("state"), max_length=9, choices=State, default=State.RECEIVED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now, null=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    # Read from the letter; empty until it was understood.
    letter_id = models.CharField("Message-ID", max_length=998, blank=True)
    sender = models.CharField(_("sender"), max_length=254, blank=True)
    subject = models.CharField(_("subject"), max_length=500, blank=True)
    # Says whether two rows are one letter: SHA-256 of its Message-ID, date, sender and content,
    # without the trace that servers add on the way.
    fingerprint = models.CharField(max_length=64, blank=True)

    ticket = models.ForeignKey(
        Ticket, null=True, blank=True, on_delete=models.PROTECT, related_name="letters_in"
    )
    # A bounce or auto-reply may be kept as any message; only its key matters here.
    message_pk = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("letter received")
        verbose_name_plural = _("ledger of letters received")
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "uid_validity", "uid"], name="each_letter_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(handled_at__isnull=True),
                name="letter_to_handle",
            ),
            models.Index(fields=["letter_id"], name="letter_by_letter_id"),
            models.Index(fields=["sha256"], name="letter_by_content"),
            models.Index(fields=["fingerprint"], name="letter_by_fingerprint"),
            models.Index(fields=["sender", "received_at"], name="letter_by_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.sender} · {self.subject}"
