"""Departments and who works in them."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments import hours
from departments.models.brands import Brand
from departments.models.calendar import OpeningHours
from departments.models.people import User
from helpdesk.lib import multilingual


class Department(models.Model):
    """A place where tickets are answered. It is switched off, never deleted."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=100, unique=True)
    slug = models.SlugField(_("short name in addresses"), max_length=60, unique=True)
    public_name = multilingual.MultilingualField(
        _("name shown to customers"), blank=True, help_text=_("Empty: the name above.")
    )
    opening_hours = models.ForeignKey(
        OpeningHours,
        verbose_name=_("opening hours"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        help_text=_("Targets are counted in these hours. Empty: around the clock."),
    )
    signature = models.TextField(
        _("signature"),
        blank=True,
        help_text=_(
            "Stands below answers of agents who have no signature of their own here. "
            "{agent} is their name, {department} ours."
        ),
    )
    is_triage = models.BooleanField(
        _("receives what belongs nowhere else"),
        default=False,
        help_text=_("Tickets written without a category arrive here. One department has this."),
    )
    close_after_days = models.PositiveSmallIntegerField(
        _("close solved tickets after days"),
        default=7,
        help_text=_("Until then an answer of the customer reopens the ticket."),
    )
    follow_up_after_days = models.PositiveSmallIntegerField(
        _("open follow-ups after days"),
        default=14,
        help_text=_(
            "An answer to a ticket that has been closed for longer opens a new, linked ticket."
        ),
    )
    members_keep_canned = models.BooleanField(
        _("all members write canned replies"),
        default=False,
        help_text=_("Otherwise only leads write those of the department."),
    )
    # Chosen on the page of the brand; None: the whole desk's.
    brand = models.ForeignKey(
        Brand,
        verbose_name=_("brand"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="departments",
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    is_active = models.BooleanField(_("active"), default=True)
    members = models.ManyToManyField(
        User, through="Membership", related_name="departments", verbose_name=_("members")
    )

    class Meta:
        ordering = ["order", "name"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [
            models.UniqueConstraint(
                fields=["is_triage"],
                condition=models.Q(is_triage=True),
                name="one_triage_department",
                violation_error_message=_("Another department receives these tickets already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name customers see, in the reader's language."""
        return multilingual.pick(self.public_name) or self.name

    @property
    def company(self) -> Brand:
        """The brand that its customers see."""
        return Brand.of(self)

    def calendar(self) -> hours.WorkingCalendar:
        """When this department works."""
        if self.opening_hours:
            return self.opening_hours.calendar()
        return hours.always(ZoneInfo(settings.TIME_ZONE))

    @classmethod
    def triage(cls, brand: Brand | None = None) -> "Department":
        """Where tickets go that name no category, of the departments of `brand` if it has any.
        Raises DoesNotExist if there is no department."""
        places = cls.objects.filter(is_active=True).order_by("-is_triage", "order", "name")
        found = (places.filter(brand.own()).first() if brand else None) or places.first()
        if found is None:
            raise cls.DoesNotExist(_("There is no active department yet."))
        return found


class Membership(models.Model):
    """An agent in a department, with their role and signature there."""

    class Role(models.TextChoices):
        """What somebody is in a department."""

        AGENT = "agent", _("Agent")
        LEAD = "lead", _("Lead")

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("person")
    )
    department = models.ForeignKey(
        Department,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("department"),
    )
    role = models.CharField(_("role"), max_length=5, choices=Role, default=Role.AGENT)
    signature = models.TextField(
        _("signature"), blank=True, help_text=_("Empty: the department's signature.")
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["user", "department"], name="one_membership_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.department}"


def signature_of(agent: User, department: Department) -> str:
    """Below `agent`'s answers from `department`: their own signature there, else the place's."""
    membership = Membership.objects.filter(user=agent, department=department).first()
    return signed(membership.signature if membership else "", agent, department)


def signed(own: str, agent: User, department: Department) -> str:
    """`own` signature of `agent` in `department` as it goes out; the place's if it is empty."""
    text = own or department.signature
    filled = text.replace("{agent}", agent.public_name)
    return filled.replace("{department}", department.label).strip()
