"""Mailboxes: where the letters of a department are fetched and sent."""

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import Department
from helpdesk.lib.sealed import SealedTextField


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
    sent_folder = models.CharField(
        _("folder for copies of answers"),
        max_length=200,
        blank=True,
        help_text=_(
            "Answers are put there by IMAP once they are sent. Leave it empty where the mail "
            "provider keeps what it sends by itself, as Gmail and Microsoft 365 do."
        ),
    )

    # Where reading stands: letters up to `last_uid` under `uid_validity` are in the ledger.
    uid_validity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    next_poll_at = models.DateTimeField(default=timezone.now, editable=False)
    last_success_at = models.DateTimeField(_("last read"), null=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)

    # And where sending stands: how often in a row the server wanted no letter at all, and why.
    sending_failures = models.PositiveIntegerField(default=0, editable=False)
    sending_error = models.TextField(_("last error of sending"), blank=True, editable=False)

    objects = MailboxQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return self.address
