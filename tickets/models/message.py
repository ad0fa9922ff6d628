"""What somebody said: a reply that the customer reads, a note that only we see, or a word to or
from a third party, which the customer never sees."""

import re
from dataclasses import dataclass, field
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from departments.models import User
from helpdesk.lib import html as html_door
from tickets.models.side import SideConversation
from tickets.models.ticket import Ticket

# Cleaned HTML that holds more than what we make of plain text ourselves.
FORMATTED = re.compile(r"<(?!/?(?:p|br|a)\b)|<(?:p|br)\s", re.IGNORECASE)
# What our editor makes of a text in which nothing was formatted holds less than this.
WRITTEN = re.compile(r"<(?!/?(?:p|br|div)\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Body:
    """A text as it is stored: `html` is clean, the quoted halves are what is folded away.

    `reading` says how a letter was read: `charset` (what was used), `label` (what it claimed),
    `certain` (whether the bytes say so) and `problems` (codes for what was cut or guessed).
    """

    text: str
    html: str
    quoted_text: str = ""
    quoted_html: str = ""
    reading: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def plain(cls, text: str) -> Self:
        """From what somebody typed."""
        return cls(text=text, html=html_door.from_text(text))

    @classmethod
    def written(cls, html: str) -> Self:
        """From what somebody wrote in our editor, cleaned by `html.clean_written`."""
        text = html_door.to_text(html)
        if not WRITTEN.search(html):
            return cls.plain(text)
        return cls(text=text, html=html_door.with_links(html))


class MessageQuerySet(models.QuerySet["Message"]):
    """Questions about many messages."""

    def public(self) -> "MessageQuerySet":
        """What customers may read now: replies, not taken back, no longer to be taken back."""
        return self.filter(_is_public())

    def waiting(self) -> "MessageQuerySet":
        """Replies that are to leave later."""
        return self.filter(kind=Message.Kind.LATER, withdrawn_at__isnull=True)

    def kept(self) -> "MessageQuerySet":
        """What agents see: not what was taken back, but what was replaced."""
        return self.filter(
            models.Q(withdrawn_at__isnull=True) | models.Q(replaced_by__isnull=False)
        )

    def readable_by(self, user: User | AnonymousUser) -> "MessageQuerySet":
        """Everything on the tickets `user` works on; on their own as a customer, public ones."""
        # The ticket of each is looked at: lists of all tickets would be as long as the desk is old.
        here = models.OuterRef("ticket")
        worked = models.Exists(Ticket.objects.workable_by(user).filter(pk=here))
        owned = models.Exists(Ticket.objects.of_customer(user).filter(pk=here))
        return self.filter(models.Q(worked) | (models.Q(owned) & _is_public()))


def _is_public() -> models.Q:
    return models.Q(
        models.Q(undo_until__isnull=True) | models.Q(undo_until__lte=timezone.now()),
        kind=Message.Kind.REPLY,
        withdrawn_at__isnull=True,
    )


class Message(models.Model):
    """One thing said on a ticket."""

    class Kind(models.TextChoices):
        """Who may read it."""

        REPLY = "reply", _("Reply")
        NOTE = "note", _("Note")
        SIDE = "side", _("Side conversation")
        LATER = "later", _("Reply that leaves later")

    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, related_name="messages", verbose_name=_("ticket")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=Kind, default=Kind.REPLY)
    # With whom, for the kind `side` and for no other.
    side = models.ForeignKey(
        SideConversation, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    # Empty: the help desk itself, or a mail server (a bounce).
    author = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="messages",
        verbose_name=_("author"),
    )
    from_customer = models.BooleanField(_("from the customer"), default=False)
    channel = models.CharField(
        _("came by"), max_length=6, choices=Ticket.Channel, default=Ticket.Channel.WEB
    )
    # An auto-reply or a bounce: kept and shown, but nothing follows from it (RFC 3834).
    is_automatic = models.BooleanField(_("automatic"), default=False)

    text = models.TextField(_("text"))
    html = models.TextField()
    quoted_text = models.TextField(_("quoted text"), blank=True)
    quoted_html = models.TextField(blank=True)
    # How the letter was read, see Body; empty for what was typed here.
    reading = models.JSONField(default=dict, blank=True)
    # Why it stands on this ticket, and what the reader should know: machine words, see composing
    # sentences in templates/partials/_why.html.
    why = models.CharField(_("why it stands here"), max_length=40, blank=True)
    warning = models.CharField(_("warning"), max_length=40, blank=True)

    created_at = models.DateTimeField(_("written"), default=timezone.now)
    undo_until = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    # The corrected reply that was sent instead of this one, which reached nobody.
    replaced_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )
    minutes_spent = models.PositiveIntegerField(_("minutes spent"), default=0)
    words = SearchVectorField(null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["ticket", "created_at", "id"], name="message_by_ticket"),
            models.Index(fields=["author", "created_at"], name="message_by_author"),
            GinIndex(fields=["words"], name="message_by_words"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="side", side__isnull=False)
                | (~models.Q(kind="side") & models.Q(side__isnull=True)),
                name="side_messages_have_a_side",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} · {self.author or '—'} · {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_note(self) -> bool:
        """Only we see it."""
        return self.kind == self.Kind.NOTE

    @property
    def is_side(self) -> bool:
        """Said to or by a third party."""
        return self.kind == self.Kind.SIDE

    @property
    def is_later(self) -> bool:
        """A reply that is to leave later; until then only we see it."""
        return self.kind == self.Kind.LATER

    @property
    def is_foreign(self) -> bool:
        """Was it formatted by somebody else's mail program? Such a letter is shown in a frame.

        A letter whose clean HTML is only bare paragraphs, line breaks and links looks the same on
        our own page, whether it came as text or as HTML.
        """
        by_mail = self.channel == Ticket.Channel.MAIL
        return by_mail and bool(FORMATTED.search(self.html) or FORMATTED.search(self.quoted_html))

    @property
    def has_outside_pictures(self) -> bool:
        """Would showing it whole tell a stranger's server that it was read?"""
        return 'data-remote-src="' in self.html

    @property
    def quoted_lines(self) -> int:
        """How many lines are folded away."""
        # A letter may quote in its HTML alone.
        text = self.quoted_text.strip() or html_door.to_text(self.quoted_html).strip()
        return sum(bool(line.strip(" >")) for line in text.splitlines())

    @property
    def missed_by(self) -> list[str]:
        """Addresses it did not reach, or perhaps not."""
        lost = self.deliveries.filter(state__in=Delivery.MISSED).order_by("pk")
        return list(lost.values_list("address", flat=True))

    @property
    def reached_nobody(self) -> bool:
        """An answer of ours that was refused for everybody it went to."""
        if self.kind != self.Kind.REPLY or self.from_customer or self.withdrawn_at is not None:
            return False
        return set(self.deliveries.values_list("state", flat=True)) == Delivery.REFUSED

    @property
    def can_still_be_taken_back(self) -> bool:
        """Its seconds of grace have not passed."""
        return bool(
            self.undo_until and self.undo_until > timezone.now() and self.withdrawn_at is None
        )


class PublicMessageManager(models.Manager["PublicMessage"]):
    """The only messages that letters to customers may be made of."""

    def get_queryset(self) -> models.QuerySet["PublicMessage"]:
        """Replies that were not taken back; notes cannot be reached from here [S20]."""
        return super().get_queryset().filter(kind=Message.Kind.REPLY, withdrawn_at__isnull=True)


class PublicMessage(Message):
    """A reply, seen by the mail gateway, which never imports `Message` (tests/house holds that)."""

    objects = PublicMessageManager()  # type: ignore[assignment,misc]

    class Meta:
        proxy = True


class SideMessageManager(models.Manager["SideMessage"]):
    """The only messages that letters to third parties may be made of."""

    def get_queryset(self) -> models.QuerySet["SideMessage"]:
        """Messages of side conversations that were not taken back."""
        return super().get_queryset().filter(kind=Message.Kind.SIDE, withdrawn_at__isnull=True)


class SideMessage(Message):
    """A message of a side conversation, as the mail gateway sees it."""

    objects = SideMessageManager()  # type: ignore[assignment,misc]

    class Meta:
        proxy = True


class Delivery(models.Model):
    """What became of a reply on its way to one address; the mail gateway reports it."""

    class State(models.TextChoices):
        """How far it came."""

        QUEUED = "queued", _("queued")
        SENT = "sent", _("sent")
        RETRYING = "retrying", _("not accepted yet, we try again")
        UNCERTAIN = "uncertain", _("perhaps sent, the answer of the mail server was lost")
        FAILED = "failed", _("not delivered")
        WITHDRAWN = "withdrawn", _("taken back")

    MISSED = frozenset({State.FAILED, State.UNCERTAIN})
    REFUSED = frozenset({State.FAILED})

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    address = models.EmailField(max_length=254)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    detail = models.CharField(max_length=500, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(fields=["message", "address"], name="one_delivery_per_address")
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.state}"
