"""What the coach wants to know of the tickets of a category, as administrators set it."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.models import Category
from helpdesk.lib import multilingual
from tickets.coach import SHIPPED, Evidence, Number, Topic, Wishes


class CoachRule(models.Model):
    """The rule of one category. Without one, only title and length are looked at."""

    category = models.OneToOneField(
        Category, on_delete=models.CASCADE, related_name="coaching", verbose_name=_("category")
    )
    topic = models.CharField(
        _("what it is about"),
        max_length=10,
        choices=Topic,
        default=Topic.QUESTION,
        help_text=_("A new rule that names nothing below begins with what such a topic needs."),
    )
    is_fault = models.BooleanField(
        _("about faults"),
        default=False,
        help_text=_("Customers are asked when it began, what changed before, what they tried."),
    )
    numbers = ArrayField(
        models.CharField(max_length=10, choices=Number),
        verbose_name=_("numbers and names"),
        default=list,
        blank=True,
        help_text=_("One of these tells us what it is about."),
    )
    masks = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("numbers of your own shape"),
        default=list,
        blank=True,
        help_text=_(
            "They count as such a number, too: # is a digit, ? a letter, a comma between two. "
            "For example: cs?-####, K##/??"
        ),
    )
    each_of = ArrayField(
        models.CharField(max_length=10, choices=Evidence),
        verbose_name=_("each of these helps"),
        default=list,
        blank=True,
        help_text=_("What is not there is asked for."),
    )
    one_of = ArrayField(
        models.CharField(max_length=10, choices=Evidence),
        verbose_name=_("one of these is enough"),
        default=list,
        blank=True,
        help_text=_("If none of them is there, the first one is asked for."),
    )
    good_titles = multilingual.MultilingualField(
        _("good titles"), rows=3, blank=True, help_text=_("Shown beside the title, one a line.")
    )
    bad_titles = multilingual.MultilingualField(
        _("titles that do not help"),
        rows=3,
        blank=True,
        help_text=_("Shown beside the title, one a line."),
    )

    class Meta:
        ordering = ["category__order", "category__slug"]
        verbose_name = _("rule of the coach")
        verbose_name_plural = _("rules of the coach")

    def __str__(self) -> str:
        return str(self.category)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new rule that wants nothing yet takes what is shipped for its topic."""
        if self._state.adding and self.wishes() == Wishes(masks=tuple(self.masks)):
            shipped = SHIPPED[Topic(self.topic)]
            self.is_fault = shipped.is_fault
            self.numbers = list(shipped.numbers)
            self.each_of = [group[0] for group in shipped.evidence if len(group) == 1]
            self.one_of = [one for group in shipped.evidence if len(group) > 1 for one in group]
        super().save(*args, **kwargs)

    def wishes(self) -> Wishes:
        """The rule as the coach takes it."""
        each = tuple((Evidence(one),) for one in self.each_of)
        several = tuple(Evidence(one) for one in self.one_of)
        return Wishes(
            is_fault=self.is_fault,
            numbers=tuple(Number(one) for one in self.numbers),
            masks=tuple(self.masks),
            evidence=(*each, several) if several else each,
        )
