"""Answers kept ready, what they do besides, their files, and who uses them."""

import uuid
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import get_language_info, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from departments.models import Department, User
from helpdesk.lib import multilingual
from tickets.lifecycle import Priority, Status
from tickets.models.custom_field import CustomField, understood
from tickets.models.ticket import Ticket

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

SETTABLE: Final = (Status.OPEN, Status.PENDING, Status.ON_HOLD, Status.SOLVED)


class CannedReplyQuerySet(models.QuerySet["CannedReply"]):
    """Questions about canned replies."""

    def seen_by(self, user: User) -> "CannedReplyQuerySet":
        """Shared ones, those of the user's departments, and their own; also switched off."""
        mine = models.Q(owner=user)
        shared = models.Q(owner__isnull=True, department__isnull=True)
        if user.is_superuser:
            ours = models.Q(owner__isnull=True)
        else:
            ours = models.Q(owner__isnull=True, department__in=user.department_roles.keys())
        return self.filter(mine | shared | ours)

    def usable_by(self, user: User) -> "CannedReplyQuerySet":
        """Those they see and that are switched on."""
        return self.seen_by(user).filter(is_active=True)

    def fitting(self, ticket: Ticket) -> "CannedReplyQuerySet":
        """Without those of other departments than the ticket's."""
        here = models.Q(department=ticket.department_id)
        return self.filter(here | models.Q(department__isnull=True))

    def with_own_use(self, user: User) -> "CannedReplyQuerySet":
        """With `own_times` (how often `user` took it) and `own_last` (when last, or None), those
        taken most often first."""
        own = CannedUse.objects.filter(canned=models.OuterRef("pk"), user=user)
        return self.annotate(
            own_times=Coalesce(models.Subquery(own.values("times")), 0),
            own_last=models.Subquery(own.values("last_at")),
        ).order_by("-own_times", "title", "pk")


class CannedReply(models.Model):
    """A text with placeholders, in one or more languages; it may also change the ticket. Without a
    text it only does that."""

    class Assigns(models.TextChoices):
        """Whose the ticket becomes."""

        ME = "me", _("whoever uses it")
        NOBODY = "nobody", _("nobody")
        PERSON = "person", _("a certain person")

    title = models.CharField(_("title"), max_length=150)
    body = multilingual.MultilingualField(
        _("text"),
        rows=6,
        blank=True,
        help_text=_("The customer gets the text in their language, else in the desk's."),
    )
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="canned_replies",
        verbose_name=_("department"),
        help_text=_("Empty: for all departments."),
    )
    owner = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="canned_replies",
        verbose_name=_("personal, of"),
        help_text=_("Empty: shared."),
    )
    sets_status = models.CharField(
        _("set status"),
        max_length=8,
        blank=True,
        choices=[(s.value, s.label) for s in SETTABLE],
    )
    holds_for_days = models.PositiveSmallIntegerField(
        _("days on hold"), null=True, blank=True, help_text=_("For the status “On hold”.")
    )
    sets_priority = models.PositiveSmallIntegerField(
        _("set priority"), choices=Priority, null=True, blank=True
    )
    assigns = models.CharField(_("assign to"), max_length=6, choices=Assigns, blank=True)
    assigns_to = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("the certain person"),
    )
    moves_to = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("move to department"),
    )
    adds_tags = models.ManyToManyField(
        "tickets.Tag", blank=True, related_name="+", verbose_name=_("add tags")
    )
    sets_fields = models.JSONField(
        _("set fields"),
        default=dict,
        blank=True,
        help_text=_("Values of custom fields by their short names. Fields of other places stay."),
    )
    removes_tags = models.ManyToManyField(
        "tickets.Tag", blank=True, related_name="+", verbose_name=_("take tags off")
    )
    adds_note = models.TextField(
        _("write a note"),
        blank=True,
        help_text=_("Only we see it. Placeholders are filled."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    used = models.PositiveIntegerField(_("times used"), default=0, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    objects = CannedReplyQuerySet.as_manager()

    if TYPE_CHECKING:
        files: "RelatedManager[CannedFile]"
        uses: "RelatedManager[CannedUse]"

    class Meta:
        ordering = ["title"]
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """The fields it sets must be there, and take what it writes into them."""
        super().clean()
        if not isinstance(self.sets_fields, dict):
            raise ValidationError({"sets_fields": _("Name fields and their values.")})
        if self.sets_fields:
            clean, refused = understood(self.sets_fields, CustomField.objects.definitions())
            if refused:
                sentences = [f"{slug}: {sentence}" for slug, sentence in refused.items()]
                raise ValidationError({"sets_fields": sentences})
            self.sets_fields = clean

    @property
    def has_text(self) -> bool:
        """Does it say something, in any language?"""
        return any(self.body.values())

    @property
    def languages(self) -> list[str]:
        """Codes of the languages it has, in the desk's order."""
        return [code for code, _name in settings.LANGUAGES if self.body.get(code)]

    @property
    def missing_languages(self) -> list[str]:
        """Names of the languages it lacks, each in the reader's language; none for a macro without
        text."""
        return [
            str(get_language_info(code)["name_translated"])
            for code, _name in settings.LANGUAGES
            if self.has_text and not self.body.get(code)
        ]

    @property
    def acts(self) -> list[str]:
        """What it does besides its text, in sentences of the reader's language, as it is done."""
        return acts_of(
            self,
            adds=[one.name for one in self.adds_tags.all()] if self.pk else [],
            removes=[one.name for one in self.removes_tags.all()] if self.pk else [],
        )


def acts_of(canned: CannedReply, *, adds: list[str], removes: list[str]) -> list[str]:
    """What `canned` does with these tags, in sentences; it need not be saved yet."""
    found = []
    if canned.adds_note:
        found.append(gettext("writes a note: “%(note)s”") % {"note": canned.adds_note[:200]})
    if canned.sets_priority:
        found.append(
            gettext("sets the priority to “%(priority)s”")
            % {"priority": Priority(canned.sets_priority).label}
        )
    definitions = CustomField.objects.definitions() if canned.sets_fields else []
    for one in definitions:
        if one.slug in canned.sets_fields:
            value = one.words(canned.sets_fields[one.slug])
            found.append(
                gettext("sets “%(field)s” to “%(value)s”") % {"field": one, "value": value}
            )
    if adds:
        found.append(gettext("adds the tags %(tags)s") % {"tags": ", ".join(adds)})
    if removes:
        found.append(gettext("takes the tags %(tags)s off") % {"tags": ", ".join(removes)})
    if canned.sets_status == Status.ON_HOLD:
        days = canned.holds_for_days or 1
        found.append(
            ngettext("puts it on hold for %(days)d day", "puts it on hold for %(days)d days", days)
            % {"days": days}
        )
    elif canned.sets_status:
        found.append(
            gettext("sets the status to “%(status)s”")
            % {"status": Status(canned.sets_status).label}
        )
    if canned.assigns == canned.Assigns.ME:
        found.append(gettext("assigns it to you"))
    elif canned.assigns == canned.Assigns.NOBODY:
        found.append(gettext("assigns it to nobody"))
    elif canned.assigns_to:
        found.append(gettext("assigns it to %(name)s") % {"name": canned.assigns_to})
    if canned.moves_to:
        found.append(gettext("moves it to %(department)s") % {"department": canned.moves_to})
    return found


def canned_file_path(file: "CannedFile", name: str) -> str:
    """Where a file lies: by its token, so that no foreign name ever touches the disk."""
    token = file.token.hex
    return f"canned/{token[:2]}/{token}"


class CannedFile(models.Model):
    """A file that goes out with a canned reply; each message gets a copy of its own."""

    canned = models.ForeignKey(CannedReply, on_delete=models.CASCADE, related_name="files")
    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(upload_to=canned_file_path, max_length=200)
    name = models.CharField(_("file name"), max_length=255)
    content_type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("file of a canned reply")
        verbose_name_plural = _("files of canned replies")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where whoever sees its canned reply can fetch it."""
        return f"/files/canned/{self.token}/"

    @property
    def is_picture(self) -> bool:
        """Was it opened as a picture when it came?"""
        return self.width is not None


class CannedUse(models.Model):
    """How often one agent used one canned reply, and when last."""

    canned = models.ForeignKey(CannedReply, on_delete=models.CASCADE, related_name="uses")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    times = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-times", "-last_at"]
        verbose_name = _("use of a canned reply")
        verbose_name_plural = _("uses of canned replies")
        constraints = [
            models.UniqueConstraint(fields=["canned", "user"], name="one_count_per_agent")
        ]

    def __str__(self) -> str:
        return f"{self.canned} · {self.user}: {self.times}"
