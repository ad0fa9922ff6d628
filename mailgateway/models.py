"""Mailboxes, the ledger of letters that came, and the tray of letters that go."""

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import Department
from helpdesk.lib.sealed import SealedTextField
from tickets.models import PublicMessage, Ticket


class Security(models.TextChoices):
    """How a connection is protected."""

    TLS = "tls", _("TLS")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("none (only on this machine)")


def today() -> date:
    """The desk's date: letters that lay in a mailbox before it was set up are left alone."""
    return timezone.localdate()


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    """Questions about mailboxes."""

    def unopened(self) -> "MailboxQuerySet":
        """Without their passwords: a lost key must not stop those who need none of them."""
        return self.defer("imap_password", "smtp_password")


class Mailbox(models.Model):
    """An address of a department: where its letters are fetched and sent."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    address = models.EmailField(_("address"), max_length=254, unique=True)
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        related_name="mailboxes",
        verbose_name=_("department"),
        help_text=_("New letters become tickets here; its answers leave from this address."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    imap_host = models.CharField(_("IMAP server"), max_length=253, blank=True)
    imap_port = models.PositiveIntegerField(_("IMAP port"), default=993)
    imap_security = models.CharField(
        _("IMAP security"), max_length=8, choices=Security, default=Security.TLS
    )
    imap_user = models.CharField(_("IMAP user"), max_length=254, blank=True)
    imap_password = SealedTextField(_("IMAP password"), blank=True)
    imap_folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    letters_since = models.DateField(
        _("letters since"),
        default=today,
        null=True,
        blank=True,
        help_text=_(
            "What lay in the folder before this day is left alone when it is first read. "
            "Empty: everything becomes tickets."
        ),
    )
    takes_plus_addresses = models.BooleanField(
        _("receives name+anything@ as well"),
        default=False,
        help_text=_(
            "Then agents can answer our notices from their mail program: a secret in the reply "
            "address proves who they are. Most mail servers can do this."
        ),
    )

    smtp_host = models.CharField(_("SMTP server"), max_length=253, blank=True)
    smtp_port = models.PositiveIntegerField(_("SMTP port"), default=587)
    smtp_security = models.CharField(
        _("SMTP security"), max_length=8, choices=Security, default=Security.STARTTLS
    )
    smtp_user = models.CharField(_("SMTP user"), max_length=254, blank=True)
    smtp_password = SealedTextField(_("SMTP password"), blank=True)

    # Where reading stands: letters up to `last_uid` under `uid_validity` are in the ledger.
    uid_validity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    next_poll_at = models.DateTimeField(default=timezone.now, editable=False)
    last_success_at = models.DateTimeField(_("last read"), null=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return self.address


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
        IGNORED = "ignored", _("ignored")
        FAILED = "failed", _("not understood")

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
        Ticket, null=True, blank=True, on_delete=models.PROTECT, related_name="letters_out"
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
    next_try_at = models.DateTimeField(default=timezone.now, null=True)
    last_error = models.TextField(_("last error"), blank=True)
    # {address: what its server said for good}: "" where it was taken. Others are still to be tried.
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

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
            models.Index(fields=["recipient", "created_at"], name="letter_by_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.kind} → {self.recipient}"

    @property
    def addresses(self) -> list[str]:
        """Everybody it goes to, each once, in lower case."""
        return list(dict.fromkeys(one.lower() for one in [self.recipient, *self.copies]))
