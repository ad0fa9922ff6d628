"""What customers choose from when they write."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.models.brands import Brand
from departments.models.places import Department
from helpdesk.lib import multilingual


class CategoryQuerySet(models.QuerySet["Category"]):
    """Questions about categories."""

    def offered_by(self, brand: Brand) -> "CategoryQuerySet":
        """What the customers of `brand` choose from."""
        return self.filter(brand.own("department__"), is_active=True, department__is_active=True)


class Category(models.Model):
    """What a ticket is about, worded for customers; it knows its department."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = multilingual.MultilingualField(_("name shown to customers"))
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="categories",
        help_text=_("Tickets of this category arrive here."),
    )
    wanted_evidence = multilingual.MultilingualField(
        _("what helps us to help"),
        rows=3,
        blank=True,
        help_text=_("Shown beside the form: ping and traceroute, screenshot, log lines…"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    is_active = models.BooleanField(_("active"), default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["order", "slug"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return multilingual.pick(self.name) or self.slug


class Service(models.Model):
    """A product or service that a ticket may concern."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = multilingual.MultilingualField(_("name shown to customers"))
    order = models.PositiveSmallIntegerField(_("order"), default=100)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["order", "slug"]
        verbose_name = _("service")
        verbose_name_plural = _("services")

    def __str__(self) -> str:
        return multilingual.pick(self.name) or self.slug
