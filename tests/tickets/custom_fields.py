"""Custom fields for stories."""

from typing import Any

from departments.models import Category, Department
from tickets.models import CustomField, FieldOption


def make(
    slug: str,
    kind: str = "text",
    *,
    options: tuple[str, ...] = (),
    departments: tuple[Department, ...] = (),
    categories: tuple[Category, ...] = (),
    **more: Any,
) -> CustomField:
    """The field `slug`, called as it is; an option is called as its key, in Ukrainian after «»."""
    name = more.pop("name", {"en": slug.capitalize()})
    field = CustomField.objects.create(slug=slug, kind=kind, name=name, **more)
    field.departments.set(departments)
    field.categories.set(categories)
    for key in options:
        label = {"en": key.capitalize(), "uk": f"«{key}»"}
        FieldOption.objects.create(field=field, key=key, label=label)
    return field
