"""Mailboxes: where the letters of a department are fetched and sent."""

import re
from datetime import date, datetime, timedelta

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models import Department
from helpdesk.lib.sealed import SealedTextField


class Security(models.TextChoices):
    """How a connection is protected."""

    TLS = "tls", _("TLS")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("none (only on this machine)")


class SignIn(models.TextChoices):
    """How a mailbox says who it is, to both servers."""

    PASSWORD = "password", _("with a password")
    OAUTH = "oauth", _("with OAuth 2 (Google, Microsoft)")


class AfterImport(models.TextChoices):
    """What happens to a letter on the mail server once its bytes are committed here."""

    LEAVE = "leave", _("stays as it is")
    SEEN = "seen", _("is marked as read")
    MOVE = "move", _("moves to another folder")
    DELETE = "delete", _("is deleted after some days")


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

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100, unique=True)
    address = models.EmailField(_("address"), max_length=254, unique=True)
    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        related_name="mailboxes",
        verbose_name=_("department"),
        help_text=_("New letters become tickets here; its answers leave from this address."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    sign_in = models.CharField(_("signs in"), max_length=8, choices=SignIn, default=SignIn.PASSWORD)

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
    after_import = models.CharField(
        _("a letter that was fetched"),
        max_length=6,
        choices=AfterImport,
        default=AfterImport.LEAVE,
        help_text=_("What happens to it on the mail server, from now on. Here it is kept anyway."),
    )
    move_to = models.CharField(
        _("move to folder"),
        max_length=200,
        blank=True,
        help_text=_("It is made if it is missing."),
    )
    delete_after_days = models.PositiveSmallIntegerField(_("delete after days"), default=30)
    largest_letter_mb = models.PositiveSmallIntegerField(
        _("largest letter in megabytes"),
        default=50,
        validators=[MinValueValidator(1)],
        help_text=_("Of a larger one only headers and text are fetched; its ticket says so."),
    )
    compare_days = models.PositiveSmallIntegerField(
        _("compare days"),
        default=14,
        help_text=_("Every night the letters of so many days are counted here and on the server."),
    )
    alarm_after_minutes = models.PositiveSmallIntegerField(
        _("alarm after minutes"),
        default=15,
        help_text=_("Administrators get a letter when it could not be read for so long."),
    )
    takes_plus_addresses = models.BooleanField(
        _("receives name+anything@ as well"),
        default=False,
        help_text=_(
            "Then agents can answer our notices from their mail program: a secret in the reply "
            "address proves who they are. Most mail servers can do this."
        ),
    )
    trusted_authserv_ids = models.CharField(
        _("servers whose check of senders is trusted"),
        max_length=500,
        blank=True,
        help_text=_(
            "The first word of Authentication-Results in letters of this mailbox, such as "
            "mx.example.com; several are separated by spaces. Where such a server says that the "
            "sender’s domain is proved (DMARC), an agent may answer without a secret address. "
            "Name only servers of yours that remove such lines from letters of others."
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

    # Where reading stands: letters up to `last_uid` under `uid_validity` are in the ledger, or
    # among those that the server did not hand over. Numbers are worth something in one place only:
    # `place` counts how often server, user or folder were changed.
    place = models.PositiveIntegerField(default=0, editable=False)
    uid_validity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    # Letters below this number were there when the server began to count anew: we may know them.
    relisted_to = models.BigIntegerField(default=0, editable=False)
    # The letter at which reading broke off before, and how often it was begun.
    trying_uid = models.BigIntegerField(null=True, editable=False)
    trying_times = models.PositiveSmallIntegerField(default=0, editable=False)
    next_poll_at = models.DateTimeField(default=timezone.now, editable=False)
    last_success_at = models.DateTimeField(_("last read"), null=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    last_error = models.TextField(_("last error"), blank=True, editable=False)
    filing_error = models.TextField(_("could not tidy up"), blank=True, editable=False)

    # Since when it is silent, and when administrators were told of it; none: all is well.
    silent_since = models.DateTimeField(default=timezone.now, editable=False)
    alarmed_at = models.DateTimeField(null=True, editable=False)

    # The last comparison: letters on the server, and how many of them are in the ledger.
    next_compare_at = models.DateTimeField(default=timezone.now, editable=False)
    compared_at = models.DateTimeField(_("compared"), null=True, editable=False)
    server_count = models.PositiveIntegerField(
        _("letters on the server"), null=True, editable=False
    )
    ledger_count = models.PositiveIntegerField(_("of these here"), null=True, editable=False)

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

    @property
    def largest_letter(self) -> int:
        """Bytes up to which a letter is fetched whole."""
        return self.largest_letter_mb * 1024 * 1024

    def file_at(self, received_at: datetime) -> datetime | None:
        """When something is to be done on the server with a letter received then; None: never."""
        if self.after_import == AfterImport.LEAVE:
            return None
        days = self.delete_after_days if self.after_import == AfterImport.DELETE else 0
        return received_at + timedelta(days=days)

    def is_silent(self, now: datetime) -> bool:
        """Whether it ought to be read, and has not been for too long."""
        patience = timedelta(minutes=self.alarm_after_minutes)
        return self.is_active and bool(self.imap_host) and now - self.silent_since > patience

    @property
    def trusted_servers(self) -> frozenset[str]:
        """Names of servers whose Authentication-Results count, in lower case."""
        return frozenset(re.split(r"[\s,;]+", self.trusted_authserv_ids.lower())) - {""}


class UnfetchedLetter(models.Model):
    """A letter that the server lists and does not hand over: passed by, and tried again later.
    When the server counts anew these are forgotten, for then every letter is looked at again."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="unfetched")
    uid = models.BigIntegerField(_("number on the server"))
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    tries = models.PositiveSmallIntegerField(_("tries"), default=1)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        ordering = ["uid"]
        verbose_name = _("letter not fetched")
        verbose_name_plural = _("letters not fetched")
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uid"], name="each_unfetched_once")
        ]

    def __str__(self) -> str:
        return f"{self.mailbox_id} · {self.uid}"


def our_addresses() -> frozenset[str]:
    """The addresses of all mailboxes of this desk, in lower case."""
    return frozenset(one.lower() for one in Mailbox.objects.values_list("address", flat=True))


def is_ours(address: str, ours: frozenset[str] | None = None) -> bool:
    """Is it a mailbox of this desk, with or without a plus?"""
    known = our_addresses() if ours is None else ours
    return bool({address.lower(), without_plus(address)} & known)


def without_plus(address: str) -> str:
    """`support+x@desk.example` is `support@desk.example`."""
    name, _at, domain = address.lower().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"
