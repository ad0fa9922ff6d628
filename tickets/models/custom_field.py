"""Fields that administrators add to tickets.

Their values stand in one JSONB column of the ticket, `Ticket.fields`, {slug: value}, and not in a
row a value. Queues, the page of a ticket, letters and programs read them with the ticket, without
another question; one lock and one UPDATE hold a change, and undoing puts the old values back.
What a filter asks for lies in the row that the queue reads anyway. Whether something is equal (a
choice, yes or no, a number, a day) is answered by a GIN index that holds unfinished tickets only,
however many closed ones there are; "more than", "until" and parts of a text are compared row by row
within the list. Rows with typed columns would also give an index for ranges, but over the values of
all tickets ever closed, and at the price of a join in every list and a row in every change.

Numbers are JSON numbers and days ISO 8601 strings, which sort as days do; a definition never
changes its short name and its kind, so that what is stored stays what was meant.
"""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from departments.models import Category, Department
from helpdesk.lib import multilingual
from helpdesk.lib.errors import DeskError
from tickets.models.definition import Definition, FieldKind

SHORT_NAME = RegexValidator(
    r"\A[a-z](?:_?[a-z0-9])*\Z",
    _("Latin lower-case letters and digits, with single underscores between them."),
)


class CustomFieldQuerySet(models.QuerySet["CustomField"]):
    """Questions about custom fields."""

    def as_json(self) -> models.QuerySet["CustomField", Any]:
        """What `Definition.of` takes, in their order, also as a part of another question."""
        here = OuterRef("pk")
        options = FieldOption.objects.filter(field=here).order_by("order", "pk")
        places = CustomField.departments.through.objects.filter(customfield=here)
        topics = CustomField.categories.through.objects.filter(customfield=here)
        return self.order_by("order", "slug").values(
            data=JSONObject(
                slug="slug",
                kind="kind",
                name="name",
                help="help",
                options=ArraySubquery(
                    options.values(data=JSONObject(key="key", label="label", is_active="is_active"))
                ),
                departments=ArraySubquery(places.values("department")),
                categories=ArraySubquery(topics.values("category")),
                required="required",
                asked_in_portal="asked_in_portal",
                is_active="is_active",
            )
        )

    def definitions(self) -> list[Definition]:
        """All of them, in their order, by one question."""
        return [Definition.of(one["data"]) for one in self.as_json()]

    def fitting(self, department: int | None, category: int | None) -> list[Definition]:
        """The active ones that belong to tickets of this department and category, by their keys."""
        active = self.filter(is_active=True).definitions()
        return [one for one in active if one.fits(department, category)]


class CustomField(models.Model):
    """Something that is known of tickets here. It is switched off, never deleted."""

    Kind = FieldKind

    slug = models.CharField(
        _("short name"),
        max_length=40,
        unique=True,
        validators=[SHORT_NAME],
        help_text=_(
            "For programs, filters and placeholders: “contract” is {field.contract}. "
            "It cannot be changed later."
        ),
    )
    kind = models.CharField(
        _("kind"),
        max_length=6,
        choices=FieldKind,
        default=FieldKind.TEXT,
        help_text=_("It cannot be changed later."),
    )
    name = multilingual.MultilingualField(pgettext_lazy("of a thing", "name"))
    help = multilingual.MultilingualField(
        _("help"), blank=True, help_text=_("A sentence below the input, for whoever fills it.")
    )
    departments = models.ManyToManyField(
        Department,
        blank=True,
        related_name="custom_fields",
        verbose_name=_("departments"),
        help_text=_("Only for tickets of these departments. Empty: of all."),
    )
    categories = models.ManyToManyField(
        Category,
        blank=True,
        related_name="custom_fields",
        verbose_name=_("categories"),
        help_text=_("Only for tickets of these categories. Empty: of all."),
    )
    required = models.BooleanField(
        _("required"),
        default=False,
        help_text=_("Whoever opens a ticket fills it, and without it no agent solves a ticket."),
    )
    asked_in_portal = models.BooleanField(
        _("asked from customers"),
        default=False,
        help_text=_("Customers fill it when they write to us in the portal, and see it there."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Switched off, it is no longer asked for; what stands in tickets stays."),
    )

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        ordering = ["order", "slug"]
        verbose_name = _("custom field")
        verbose_name_plural = _("custom fields")

    def __str__(self) -> str:
        return multilingual.pick(self.name) or self.slug

    def clean(self) -> None:
        """What is stored under its short name was checked for its kind, so both stay."""
        super().clean()
        _unchanged(self, "slug", "kind")


class FieldOption(models.Model):
    """One answer of a field that is a choice. It is switched off, never renamed in its key."""

    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="options")
    key = models.CharField(
        _("key"),
        max_length=40,
        validators=[SHORT_NAME],
        help_text=_("What is kept and what programs say. The name may change, the key stays."),
    )
    label = multilingual.MultilingualField(pgettext_lazy("of a thing", "name"))
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["order", "id"]
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["field", "key"], name="one_answer_per_key"),
        ]

    def __str__(self) -> str:
        return multilingual.pick(self.label) or self.key

    def clean(self) -> None:
        """Tickets say its key."""
        super().clean()
        _unchanged(self, "key")


def _unchanged(row: models.Model, *names: str) -> None:
    stored = type(row)._default_manager.filter(pk=row.pk).first()
    for name in names:
        if stored is not None and getattr(stored, name) != getattr(row, name):
            raise ValidationError({name: _("It cannot be changed later.")})


def understood(
    values: dict[str, Any], definitions: list[Definition]
) -> tuple[dict[str, Any], dict[str, str]]:
    """`values` as they are kept, None for emptied ones, and a sentence for each that is refused:
    by its short name, for what is none of `definitions` and what does not fit its kind."""
    known = {one.slug: one for one in definitions if one.is_active}
    clean: dict[str, Any] = {}
    refused: dict[str, str] = {}
    for slug, value in values.items():
        if slug not in known:
            refused[slug] = str(_("There is no such field for this ticket."))
            continue
        try:
            clean[slug] = known[slug].clean(value)
        except DeskError as refusal:
            refused[slug] = str(refusal)
    return clean, refused


class FieldsRefused(DeskError):
    """Fields that are none of the ticket's, or values that do not fit them. `problems` has a
    sentence for each, by its short name."""

    def __init__(self, problems: dict[str, str], definitions: list[Definition]) -> None:
        names = {one.slug: str(one) for one in definitions}
        super().__init__(
            " ".join(f"{names.get(slug, slug)}: {said}" for slug, said in problems.items())
        )
        self.problems = problems


def checked(values: dict[str, Any], definitions: list[Definition]) -> dict[str, Any]:
    """`values` as they are kept; raises FieldsRefused if one of them is not `understood`."""
    clean, refused = understood(values, definitions)
    if refused:
        raise FieldsRefused(refused, definitions)
    return clean
