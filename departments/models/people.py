"""Everyone with an address: one table for customers, agents and administrators."""

import hashlib
import secrets
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Lower, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models.wishes import NEEDS_BELL, ON_BY_DEFAULT, REASON_OF, Notice, Reason, Way
from helpdesk.lib.namefields import NameField

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from departments.models.places import Membership


FACES = "faces"


class Organisation(models.Model):
    """A company our customers belong to, found by the domains of their addresses."""

    name = NameField(pgettext_lazy("of a thing", "name"), max_length=200, unique=True)
    domains = ArrayField(
        models.CharField(max_length=253),
        verbose_name=_("mail domains"),
        default=list,
        blank=True,
        help_text=_(
            "A person who first writes from one of these domains belongs to this organisation. "
            "Lower case, separated by commas: example.org, example.com"
        ),
    )
    shares_tickets = models.BooleanField(
        _("colleagues see each other's tickets"),
        default=False,
        help_text=_("In the portal. Agents see them together in any case."),
    )
    notes = models.TextField(_("notes for agents"), blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes people; addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person; without a password they can sign in by a mailed code only."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """By address, whatever its case."""
        return self.get(email=(username or "").strip().lower())


LIST_SIZES = [(size, str(size)) for size in (25, 50, 100)]


def usual_columns() -> list[str]:
    """What rows of lists show to somebody who has chosen nothing."""
    return [one.value for one in User.Column if one != User.Column.CATEGORY]


class User(AbstractBaseUser, PermissionsMixin):
    """A person. A customer exists from the first letter; an agent is a member of a department.

    People are disabled (`is_active`), never deleted: what they wrote keeps their name.
    """

    class Theme(models.TextChoices):
        """Which colours the pages have."""

        SYSTEM = "system", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class AfterSending(models.TextChoices):
        """Where an agent goes on after an answer."""

        STAY = "stay", _("Stay on the ticket")
        NEXT = "next", _("To the next ticket in the list")
        LIST = "list", _("Back to the list")

    class Column(models.TextChoices):
        """What a row of an agent's lists says beside subject, customer and time."""

        NUMBER = "number", _("Number")
        FIRST_LINE = "first_line", _("Beginning of the last message")
        TAGS = "tags", _("Tags")
        PRIORITY = "priority", _("Priority")
        ORGANISATION = "organisation", _("Organisation")
        CATEGORY = "category", _("Category")
        DEPARTMENT = "department", _("Department")
        ASSIGNEE = "assignee", _("Assignee")

    class Density(models.TextChoices):
        """How much room a row of a list takes."""

        COMFORTABLE = "comfortable", _("Two lines")
        COMPACT = "compact", _("One line")

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = NameField(_("name"), max_length=200, blank=True)
    shown_name = NameField(
        _("name shown to customers"),
        max_length=200,
        blank=True,
        help_text=_("Agents only. Empty: the name above."),
    )
    # A small square, made by pictures.face_of; its name is its address and cannot be guessed.
    picture = models.FileField(upload_to=FACES, max_length=60, blank=True, editable=False)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("organisation"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="people",
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, blank=True
    )
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    theme = models.CharField(_("colours"), max_length=6, choices=Theme, default=Theme.SYSTEM)
    after_sending = models.CharField(
        _("after sending"), max_length=4, choices=AfterSending, default=AfterSending.STAY
    )
    newest_first = models.BooleanField(
        _("newest message on top"),
        default=False,
        help_text=_("On the page of a ticket; what you write stands above it then."),
    )
    hides_events = models.BooleanField(
        _("messages only"),
        default=False,
        help_text=_("On the page of a ticket: nothing of what was done between them."),
    )
    undo_seconds = models.PositiveSmallIntegerField(
        _("seconds to take a reply back"), null=True, blank=True
    )
    list_columns = ArrayField(
        models.CharField(max_length=12, choices=Column),
        default=usual_columns,
        blank=True,
    )
    list_density = models.CharField(
        _("rows"), max_length=11, choices=Density, default=Density.COMFORTABLE
    )
    list_size = models.PositiveSmallIntegerField(_("rows a page"), choices=LIST_SIZES, default=25)
    unwanted_letters = ArrayField(
        models.CharField(max_length=9, choices=Notice), default=list, blank=True, editable=False
    )
    # When we last reminded them to rate us; see tickets.actions.ask_for_rating.
    asked_to_rate_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What an agent wants to hear otherwise than by default: "reason:way".
    turned = ArrayField(models.CharField(max_length=24), default=list, blank=True, editable=False)
    writes_plain = models.BooleanField(_("write plain text, without formatting"), default=False)
    uses_shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)
    notes = models.TextField(_("notes for agents"), blank=True)
    phone = models.CharField(_("phone number"), max_length=40, blank=True)
    # The same person under another address, found out later (tickets.actions.merge_people).
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="merged_people",
        verbose_name=_("merged into"),
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Switch off instead of deleting: the history keeps this person's name."),
    )
    is_staff = models.BooleanField(_("may enter the administration"), default=False)
    is_known = models.BooleanField(
        _("known to us"),
        default=False,
        help_text=_("May write to us also where the desk hears only people it knows."),
    )
    created_at = models.DateTimeField(_("known since"), default=timezone.now, editable=False)

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    if TYPE_CHECKING:
        memberships: "RelatedManager[Membership]"

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_person_per_address"),
        ]
        indexes = [
            GinIndex(
                OpClass(Upper("name"), name="gin_trgm_ops"),
                OpClass(Upper("email"), name="gin_trgm_ops"),
                name="person_by_part",
            ),
            models.Index(
                fields=["id"], condition=models.Q(is_superuser=True), name="administrators"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        """Addresses are compared in lower case."""
        super().clean()
        self.email = self.email.lower()

    def get_full_name(self) -> str:
        """What Django asks for."""
        return str(self)

    def get_short_name(self) -> str:
        """What Django asks for."""
        return str(self)

    def wants(self, letter: str) -> bool:
        """Do they want letters of this kind?"""
        reason = REASON_OF.get(letter)  # type: ignore[call-overload]
        if reason is not None:
            return self.hears(reason, Way.LETTER)
        return letter not in self.unwanted_letters

    def hears(self, reason: Reason, way: Way) -> bool:
        """Do they, as an agent, want to be told for this reason in this way?"""
        if way in NEEDS_BELL and not self.hears(reason, Way.BELL):
            return False
        return (f"{reason}:{way}" in self.turned) != ((reason, way) in ON_BY_DEFAULT)

    @property
    def wants_signs(self) -> bool:
        """Is there anything for which they want a sound or a notification of the browser?"""
        return any(self.hears(reason, way) for reason in Reason for way in NEEDS_BELL)

    def choose(self, notice: Notice, *, wanted: bool) -> None:
        """Let them have letters of one kind or not. Saves nothing."""
        reason = REASON_OF.get(notice)
        if reason is not None:
            self.turn(reason, Way.LETTER, on=wanted)
        else:
            others = [one for one in self.unwanted_letters if one != notice]
            self.unwanted_letters = others if wanted else [*others, notice]

    def turn(self, reason: Reason, way: Way, *, on: bool) -> None:
        """Tell them, as an agent, for this reason in this way or not. Saves nothing."""
        name = f"{reason}:{way}"
        others = [one for one in self.turned if one != name]
        as_by_default = on == ((reason, way) in ON_BY_DEFAULT)
        self.turned = others if as_by_default else [*others, name]

    @property
    def now(self) -> "User":
        """They themselves, or whom they were merged into."""
        person = self
        while person.merged_into is not None:
            person = person.merged_into
        return person

    @property
    def grace(self) -> timedelta:
        """How long their replies wait, so that they can take them back."""
        own = self.undo_seconds
        return timedelta(seconds=settings.DESK_UNDO_SECONDS if own is None else own)

    @property
    def face_url(self) -> str:
        """Where their picture is; empty if they have none."""
        if not self.picture:
            return ""
        return reverse("face", args=[PurePosixPath(str(self.picture.name)).stem])

    @property
    def public_name(self) -> str:
        """The name customers see."""
        return self.shown_name or self.name or self.email.partition("@")[0]

    @cached_property
    def department_roles(self) -> dict[int, str]:
        """{department id: role} of an active agent, else empty. Asked once a request."""
        if not self.is_active:
            return {}
        return dict(self.memberships.values_list("department_id", "role"))

    @property
    def is_agent(self) -> bool:
        """Works in a department (or is an administrator, who may work in all)."""
        return self.is_active and (self.is_superuser or bool(self.department_roles))

    @property
    def is_lead(self) -> bool:
        """Leads at least one department."""
        return self.is_active and (self.is_superuser or "lead" in self.department_roles.values())


class AgentManager(models.Manager["Agent"]):
    """People who work in a department."""

    def get_queryset(self) -> models.QuerySet["Agent"]:
        """Members of any department, each once."""
        return super().get_queryset().filter(memberships__isnull=False).distinct()


class Agent(User):
    """A person who works here: the same row, with an admin page of its own."""

    agents = AgentManager()

    class Meta:
        proxy = True
        verbose_name = _("agent")
        verbose_name_plural = _("agents")


class ApiToken(models.Model):
    """A key with which a program acts as its owner. Only its SHA-256 is stored."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="api_tokens", verbose_name=_("person")
    )
    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(_("begins with"), max_length=12, editable=False)
    created_at = models.DateTimeField(_("made on"), default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    @staticmethod
    def digest_of(secret: str) -> str:
        """What is stored of `secret`."""
        return hashlib.sha256(secret.encode()).hexdigest()

    @classmethod
    def issue(cls, user: User, name: str) -> tuple["ApiToken", str]:
        """A new token and its secret, which is shown once and never again."""
        secret = f"desk_{secrets.token_urlsafe(32)}"
        token = cls.objects.create(
            user=user, name=name, digest=cls.digest_of(secret), hint=secret[:9]
        )
        return token, secret
