"""The ledger: every letter that came, as bytes, what became of it and who had a hand in it."""

import uuid
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib.namefields import NameField
from mailgateway.models.mailbox import Mailbox
from mailgateway.verdicts import Kind
from tickets.models import Ticket

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


class LetterQuerySet(models.QuerySet["InboundEmail"]):
    """Questions about many letters."""

    def visible_to(self, user: User | AnonymousUser) -> "LetterQuerySet":
        """The letters `user` answers for, to look at and to handle: all for whoever sets mailboxes
        up, those of their departments' mailboxes for leads, none for everybody else."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        if user.is_superuser or (user.is_staff and user.has_perm("mailgateway.change_mailbox")):
            return self
        led = [key for key, role in user.department_roles.items() if role == "lead"]
        return self.filter(mailbox__in=Mailbox.objects.filter(department__in=led).values("pk"))

    def waiting(self) -> "LetterQuerySet":
        """In quarantine or held back: somebody has to decide."""
        return self.filter(state__in=WAITING)

    def light(self) -> "LetterQuerySet":
        """Without the letters themselves, which are large."""
        return self.defer("raw")

    def behind(self, message: int) -> "LetterQuerySet":
        """The letter that the message with this key was made of."""
        found = self.filter(message_pk=message).exclude(state=InboundEmail.State.DUPLICATE)
        return found.order_by("id")[:1]


def whole_path(letter: "InboundEmail", name: str) -> str:
    """Where a letter that is too large for the database lies: under a name nobody guesses."""
    token = uuid.uuid4().hex
    return f"letters/{token[:2]}/{token}.eml"


class InboundEmail(models.Model):
    """One letter of the ledger: its bytes as they came, and what became of it."""

    class State(models.TextChoices):
        """What became of it."""

        RECEIVED = "received", _("received")
        TICKET = "ticket", _("became a ticket")
        REPLY = "reply", _("joined a ticket")
        SIDE = "side", _("joined a side conversation")
        AUTOMATIC = "automatic", _("automatic, kept on its ticket")
        BOUNCE = "bounce", _("bounce")
        DUPLICATE = "duplicate", _("seen before")
        OWN = "own", _("own letter came back")
        IGNORED = "ignored", _("ignored")
        HELD = "held", _("held back")
        FAILED = "failed", _("in quarantine")

    mailbox = models.ForeignKey(
        Mailbox,
        on_delete=models.PROTECT,
        related_name="letters",
        verbose_name=_("mailbox"),
        db_index=False,  # see letter_by_mailbox
    )
    # Where it lies on the server: the mailbox's `place`, and its numbers there.
    place = models.PositiveIntegerField(default=0)
    uid_validity = models.BigIntegerField(null=True)
    uid = models.BigIntegerField(null=True)
    arrived_at = models.DateTimeField(null=True)  # INTERNALDATE
    raw = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    # In bytes, as the letter is on the server; of a partial one `raw` is only the beginning.
    size = models.PositiveBigIntegerField()
    is_partial = models.BooleanField(_("too large, cut"), default=False)
    # All of a letter that was too large and that no server keeps: a mail server handed it over.
    whole = models.FileField(upload_to=whole_path, max_length=200, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    state = models.CharField(_("state"), max_length=9, choices=State, default=State.RECEIVED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now, null=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    # What happens to it on the server (see Mailbox.after_import); None: nothing is to be done.
    next_file_at = models.DateTimeField(null=True)
    file_tries = models.PositiveSmallIntegerField(default=0)
    filed_at = models.DateTimeField(null=True)

    # Read from the letter; empty until it was understood.
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, blank=True)
    letter_id = models.CharField("Message-ID", max_length=998, blank=True)
    sender = models.CharField(_("sender"), max_length=254, blank=True)
    # Everybody in To and Cc and where it was delivered, in lower case, separated by spaces.
    recipients = models.TextField(_("recipients"), blank=True)
    subject = NameField(_("subject"), max_length=500, blank=True)
    # Message-IDs of earlier letters that it names: two that name the same belong together, also
    # where nobody sent us the one they name.
    parents = ArrayField(models.CharField(max_length=998), default=list, blank=True)
    # Says whether two rows are one letter: SHA-256 of its Message-ID, date, sender and content,
    # without the trace that servers add on the way.
    fingerprint = models.CharField(max_length=64, blank=True)

    ticket = models.ForeignKey(
        Ticket,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="letters_in",
        verbose_name=_("ticket"),
    )
    # A bounce or auto-reply may be kept as any message; only its key matters here.
    message_pk = models.BigIntegerField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    if TYPE_CHECKING:
        steps: "RelatedManager[LetterStep]"

    class Meta:
        ordering = ["-id"]
        verbose_name = _("letter received")
        verbose_name_plural = _("ledger of letters received")
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "place", "uid_validity", "uid"], name="each_letter_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(handled_at__isnull=True),
                name="letter_to_handle",
            ),
            models.Index(
                fields=["mailbox", "next_file_at"],
                condition=models.Q(next_file_at__isnull=False),
                name="letter_to_file",
            ),
            models.Index(fields=["letter_id"], name="letter_by_letter_id"),
            models.Index(fields=["sha256"], name="letter_by_content"),
            models.Index(fields=["fingerprint"], name="letter_by_fingerprint"),
            models.Index(fields=["sender", "received_at"], name="letter_by_sender"),
            # A page of the ledger starts from one of these, however it is filtered.
            models.Index(fields=["received_at", "id"], name="letter_by_time"),
            models.Index(fields=["state", "received_at", "id"], name="letter_by_state"),
            models.Index(fields=["mailbox", "received_at", "id"], name="letter_by_mailbox"),
            models.Index(
                fields=["mailbox"],
                condition=models.Q(state__in=["failed", "held"]),
                name="letter_waiting",
            ),
            models.Index(
                fields=["message_pk"],
                condition=models.Q(message_pk__isnull=False),
                name="letter_by_message",
            ),
            GinIndex(
                OpClass(Upper("sender"), name="gin_trgm_ops"),
                OpClass(Upper("recipients"), name="gin_trgm_ops"),
                OpClass(Upper("subject"), name="gin_trgm_ops"),
                name="letter_by_part",
            ),
            GinIndex(fields=["parents"], name="letter_by_parents"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} · {self.sender} · {self.subject}"

    @property
    def is_waiting(self) -> bool:
        """Has somebody to decide what becomes of it?"""
        return self.state in WAITING

    @property
    def can_be_decided(self) -> bool:
        """Is it open what becomes of it: waiting, or not handled yet?"""
        return self.is_waiting or self.handled_at is None

    @property
    def was_broken_off(self) -> bool:
        """Did a try end without a word, as if it had killed whoever read it?"""
        if self.handled_at is not None:
            return False
        silent = self.tries > 0 and not self.error
        return silent or self.steps.filter(what=LetterStep.What.BROKEN_OFF).exists()


WAITING = (InboundEmail.State.FAILED, InboundEmail.State.HELD)


class LetterStep(models.Model):
    """One line of a letter's history, after that it came, which its row says. Append-only."""

    class What(models.TextChoices):
        """What happened. Each has its sentence in templates/letters/_step.html."""

        UNDERSTOOD = "understood", _("understood")
        BROKE = "broke", _("not understood")
        BROKEN_OFF = "broken_off", _("broken off")
        AGAIN = "again", _("run again")
        RELEASED = "released", _("released")
        BY_HAND = "by_hand", _("ticket made by hand")
        IGNORED = "ignored", _("ignored")
        REREAD = "reread", _("read in another charset")

    letter = models.ForeignKey(InboundEmail, on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=10, choices=What)
    # Empty: the house itself.
    actor = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="letter_steps"
    )
    # The state it led to, where it decided one.
    state = models.CharField(max_length=9, choices=InboundEmail.State, blank=True)
    # A reason, an error, a charset.
    detail = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("step of a letter")
        verbose_name_plural = _("steps of letters")

    def __str__(self) -> str:
        return f"{self.letter_id} {self.what}"
