"""What a custom field is to whoever fills, shows or asks for it: pure, without rows."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Self

from django.db.models import TextChoices
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from helpdesk.lib import multilingual
from helpdesk.lib.errors import DeskError

TEXT_LENGTH: Final = 500
# Fifteen digits are what a JSON number keeps to the last of them.
NUMBER: Final = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,6})?", re.ASCII)
MOST_DIGITS: Final = 15
YES: Final = frozenset({"yes", "true", "1"})
NO: Final = frozenset({"no", "false", "0"})

Value = str | int | float | bool
"""A value as it is kept: text, a number, an ISO day, the key of a choice, or yes and no."""


class FieldKind(TextChoices):
    """What can be written into a field."""

    TEXT = "text", _("text")
    NUMBER = "number", _("number")
    DATE = "date", _("date")
    CHOICE = "choice", _("choice")
    YES_NO = "yes_no", _("yes or no")


@dataclass(frozen=True)
class Option:
    """One of the answers of a choice; `key` is what is kept, whatever it is called later."""

    key: str
    label: dict[str, str]
    is_active: bool = True

    def __str__(self) -> str:
        return multilingual.pick(self.label) or self.key


@dataclass(frozen=True)
class Definition:
    """A custom field. `departments` and `categories` are keys of those it belongs to; where one of
    the two is empty, it says nothing."""

    slug: str
    kind: FieldKind
    name: dict[str, str]
    help: dict[str, str]
    options: tuple[Option, ...] = ()
    departments: frozenset[int] = frozenset()
    categories: frozenset[int] = frozenset()
    required: bool = False
    asked_in_portal: bool = False
    is_active: bool = True

    @classmethod
    def of(cls, data: dict[str, Any]) -> Self:
        """From what `CustomField.objects.as_json` gives."""
        return cls(
            **{
                **data,
                "kind": FieldKind(data["kind"]),
                "options": tuple(Option(**one) for one in data["options"]),
                "departments": frozenset(data["departments"]),
                "categories": frozenset(data["categories"]),
            }
        )

    def __str__(self) -> str:
        return multilingual.pick(self.name) or self.slug

    def fits(self, department: int | None, category: int | None) -> bool:
        """Does it belong to tickets of this department and category, by their keys?"""
        return self.is_of(department) and (not self.categories or category in self.categories)

    def is_of(self, department: int | None) -> bool:
        """Can it belong to tickets of this department at all?"""
        return not self.departments or department in self.departments

    def clean(self, value: Any) -> Value | None:
        """`value`, typed or said by a program, as it is kept; None for nothing. Raises DeskError
        with a sentence for what does not fit the kind."""
        if isinstance(value, str):
            # PostgreSQL keeps neither NUL nor halves of characters.
            value = value.encode("utf-8", "ignore").decode().replace("\0", "").strip()
        if value is None or value == "":
            return None
        return CLEANERS[self.kind](self, value)

    def typed(self, value: Value | None) -> str:
        """`value` as an input shows it and `clean` takes it."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return f"{Decimal(str(value)):f}" if isinstance(value, int | float) else value

    def choices(self, present: Value | None = None) -> list[tuple[str, str]]:
        """(what is typed, its name) of what can be chosen; with `present` though it is switched
        off."""
        if self.kind == FieldKind.YES_NO:
            return [("yes", str(_("yes"))), ("no", str(_("no")))]
        offered = [one for one in self.options if one.is_active or one.key == present]
        return [(one.key, str(one)) for one in offered]

    def told(self, value: Value | None) -> Any:
        """`value` for a line of history: it must be readable when the choice is gone."""
        if self.kind == FieldKind.CHOICE and value is not None:
            labels = {one.key: one.label for one in self.options}
            return labels.get(str(value)) or str(value)
        return value

    def words(self, value: Value | None) -> str:
        """`value` in the reader's language; "" for nothing."""
        return said(self.kind, self.told(value))


def said(kind: str, told: Any) -> str:
    """What `Definition.told` gave, in the reader's language."""
    if told is None:
        return ""
    if isinstance(told, dict):
        return multilingual.pick(told)
    if isinstance(told, bool):
        return str(_("yes") if told else _("no"))
    if kind == FieldKind.DATE:
        return str(formats.date_format(date.fromisoformat(told), "DATE_FORMAT"))
    if kind == FieldKind.NUMBER:
        return str(formats.localize(told))
    return str(told)


def _text(definition: Definition, value: Any) -> str:
    if not isinstance(value, str):
        raise DeskError(_("Write a text."))
    if len(value) > TEXT_LENGTH:
        raise DeskError(_("At most %(most)d characters fit here.") % {"most": TEXT_LENGTH})
    return value


def _number(definition: Definition, value: Any) -> int | float:
    typed = "" if isinstance(value, bool) else str(value)[:40]
    typed = "".join(typed.split()).replace(",", ".").replace("−", "-")
    if not NUMBER.fullmatch(typed) or sum(map(str.isdigit, typed)) > MOST_DIGITS:
        raise DeskError(_("Write a number with at most 15 digits, for example 12.5."))
    number = Decimal(typed)
    return int(number) if number == number.to_integral_value() else float(number)


def _date(definition: Definition, value: Any) -> str:
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise DeskError(_("Write a day as year-month-day, for example 2026-11-25.")) from None


def _choice(definition: Definition, value: Any) -> str:
    if value not in [one.key for one in definition.options if one.is_active]:
        raise DeskError(_("Choose one of what is offered."))
    return str(value)


def _yes_no(definition: Definition, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value)[:10].lower()
    if word not in YES | NO:
        raise DeskError(_("Say yes or no."))
    return word in YES


CLEANERS: Final = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
    FieldKind.CHOICE: _choice,
    FieldKind.YES_NO: _yes_no,
}
