"""The history: one line for everything that was done, and who was told of it."""

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from departments.models import Reason, User
from helpdesk.lib import multilingual
from tickets.lifecycle import Priority, Status
from tickets.models.definition import said
from tickets.models.message import Message
from tickets.models.ticket import Ticket


class Event(models.Model):
    """One line of history. Append-only: nothing changes or deletes it."""

    class Kind(models.TextChoices):
        """What happened. Each has a sentence in templates/partials/events/."""

        OPENED = "opened", _("opened")
        REPLIED = "replied", _("replied")
        NOTED = "noted", _("noted")
        TAKEN_BACK = "taken_back", _("reply taken back")
        ASSIGNED = "assigned", _("assigned")
        MOVED = "moved", _("moved")
        PRIORITISED = "prioritised", _("priority changed")
        TAGGED = "tagged", _("tags changed")
        CATEGORISED = "categorised", _("category changed")
        FOLLOWED = "followed", _("followed")
        UNFOLLOWED = "unfollowed", _("no longer followed")
        SOLVED = "solved", _("solved")
        AWAITED = "awaited", _("customer waited for")
        HELD = "held", _("put on hold")
        WOKEN = "woken", _("hold ended")
        REOPENED = "reopened", _("reopened")
        CLOSED = "closed", _("closed")
        MARKED_SPAM = "marked_spam", _("marked as spam")
        ESCALATED = "escalated", _("escalated")
        MERGED = "merged", _("merged")
        SPLIT = "split", _("split")
        LINKED = "linked", _("linked")
        UNLINKED = "unlinked", _("link removed")
        RATED = "rated", _("rated")
        RATING_ASKED = "rating_asked", _("asked for a rating")
        UNDELIVERED = "undelivered", _("not delivered")
        UNDONE = "undone", _("undone")
        REREAD = "reread", _("read again")
        RESENT = "resent", _("sent once more")
        CORRECTED = "corrected", _("corrected and sent again")
        ADMITTED = "admitted", _("sender let in")
        MOVED_OUT = "moved_out", _("message moved")
        COPIED = "copied", _("sent to another mailbox as well")
        FIELDS_SET = "fields_set", _("fields changed")
        RENAMED = "renamed", _("renamed")
        UNITED = "united", _("customers merged")
        FORWARDED = "forwarded", _("forwarded")
        ASIDE = "aside", _("said in a side conversation")
        CALL_ASKED = "call_asked", _("call asked for")
        CALL_DUE = "call_due", _("call due")
        CALLED = "called", _("called")
        SCHEDULED = "scheduled", _("reply leaves later")
        CALLED_OFF = "called_off", _("reply called off")
        MACRO = "macro", _("macro applied")
        ARTICLE = "article", _("article begun")

    ticket = models.ForeignKey(
        Ticket, on_delete=models.PROTECT, related_name="events", verbose_name=_("ticket")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    # Empty: the house itself (the clock, a rule, a mail server).
    actor = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="events",
        verbose_name=_("by"),
    )
    message = models.ForeignKey(
        Message,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="events",
        verbose_name=_("message"),
    )
    # Before and after, as names and keys: what the sentence needs, even when rows change later.
    details = models.JSONField(_("details"), default=dict)
    at = models.DateTimeField(_("date"), default=timezone.now)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["ticket", "at", "id"], name="event_by_ticket"),
            models.Index(fields=["actor", "kind", "at"], name="event_by_actor"),
        ]

    def __str__(self) -> str:
        return f"#{self.ticket_id} {self.kind}"

    @property
    def template(self) -> str:
        """The part that says it in a sentence."""
        return f"partials/events/_{self.kind}.html"

    @property
    def who(self) -> str:
        """The name of who did it; the house itself is the help desk."""
        return str(self.actor) if self.actor else gettext("Help desk")

    @property
    def words(self) -> dict[str, Any]:
        """`details` as the sentence says them: names of statuses and priorities in the reader's
        language, lists as text, times as times."""
        return {
            key: _said(self.kind, key, value)
            for key, value in self.details.items()
            if not (key in STANDINGS and isinstance(value, dict))
        }


# How things stood before, whole: for putting it back, not for a sentence.
STANDINGS = {"was", "stood", "now", "link"}
STATUS_NAMES = {str(status): status.label for status in Status}
PRIORITY_NAMES = {int(priority): priority.label for priority in Priority}


# Kinds whose `before` and `after` are names, not statuses.
NAMED_BY_WORDS = {
    Event.Kind.ASSIGNED,
    Event.Kind.MOVED,
    Event.Kind.CORRECTED,
    Event.Kind.RENAMED,
    Event.Kind.UNITED,
}


def _said(kind: str, key: str, value: Any) -> Any:
    if key == "changes":
        return [
            {
                "name": multilingual.pick(one["name"]) or one["slug"],
                **{side: said(one["kind"], one[side]) for side in ("before", "after")},
            }
            for one in value
        ]
    if isinstance(value, dict):
        return multilingual.pick(value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if key == "what" and kind == Event.Kind.UNDONE:
        return Event.Kind(value).label
    if key in {"before", "after"} and kind == Event.Kind.PRIORITISED:
        return PRIORITY_NAMES.get(value, value)
    if key in {"before", "after"} and kind not in NAMED_BY_WORDS:
        return STATUS_NAMES.get(value, value)
    if key in {"until", "hold_until", "due_at", "call_at", "leaves_at"} and value:
        return datetime.fromisoformat(value)
    return value


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Questions about lines behind bells."""

    def forget(self, before: datetime, *, at_most: int) -> int:
        """Delete lines about events `before` then; how many. Only the `at_most` oldest lines are
        looked at, so a sweep costs the same whatever there is."""
        oldest = self.order_by("pk").values("pk")[:at_most]
        count, _by_model = self.filter(pk__in=oldest, event__at__lt=before).delete()
        return count


class Notification(models.Model):
    """A line behind somebody's bell."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="notifications")
    # Why they are told; empty for lines from before reasons were kept.
    reason = models.CharField(max_length=11, choices=Reason, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="told_once")]
        indexes = [
            models.Index(
                fields=["user", "-id"],
                condition=models.Q(read_at__isnull=True),
                name="unread_notifications",
            ),
            models.Index(fields=["user", "-id"], name="notifications_of"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.event}"
