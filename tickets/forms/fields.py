"""Inputs for custom fields, wherever somebody fills them."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from helpdesk.lib import multilingual
from helpdesk.lib.errors import DeskError
from tickets.forms.base import TicketForm
from tickets.models import CustomField, Definition, Ticket
from tickets.models.definition import FieldKind

NOT_SET = _("not set")
PREFIX = "field"


class ValueField(forms.CharField):
    """An input of a custom field, cleaned to the value as it is kept, None for nothing. What stands
    there already (`present`) may stay, also where it is no longer offered."""

    def __init__(self, definition: Definition, *, present: Any = None, **kwargs: Any) -> None:
        self.definition, self.present = definition, present
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", str(definition))
        super().__init__(widget=_widget(definition, present), **kwargs)

    def clean(self, value: Any) -> Any:
        """The value as it is kept."""
        typed = super().clean(value)
        if self.present is not None and typed == self.definition.typed(self.present):
            return self.present
        try:
            return self.definition.clean(typed)
        except DeskError as refusal:
            raise forms.ValidationError(str(refusal)) from None


def _widget(definition: Definition, present: Any) -> forms.Widget:
    if definition.kind == FieldKind.DATE:
        return forms.TextInput(attrs={"type": "date"})
    if definition.kind == FieldKind.NUMBER:
        return forms.TextInput(attrs={"inputmode": "decimal"})
    if definition.kind in {FieldKind.CHOICE, FieldKind.YES_NO}:
        return forms.Select(choices=[("", NOT_SET), *definition.choices(present)])
    return forms.TextInput()


def inputs(
    definitions: Iterable[Definition],
    values: dict[str, Any],
    *,
    requires: bool = False,
) -> dict[str, ValueField]:
    """{short name: input} with what `values` say now; required ones insist if `requires`."""
    return {
        one.slug: ValueField(
            one,
            present=values.get(one.slug),
            initial=one.typed(values.get(one.slug)),
            required=requires and one.required,
            help_text=escape(multilingual.pick(one.help)),
        )
        for one in definitions
    }


class FieldsForm(TicketForm):
    """set_fields: those of the ticket's department and category. What the page showed comes back
    with the form, so that a page opened long ago empties nothing that a colleague has written."""

    slug = "fields"

    def __init__(
        self,
        *args: Any,
        ticket: Ticket,
        definitions: Iterable[Definition] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["prefix"] = PREFIX
        super().__init__(*args, ticket=ticket, **kwargs)
        if definitions is None:
            definitions = CustomField.objects.fitting(ticket.department_id, ticket.category_id)
        for slug, field in inputs(definitions, ticket.fields).items():
            field.show_hidden_initial = True
            field.widget.attrs["class"] = "input"
            self.fields[slug] = field

    def clean(self) -> dict[str, Any]:
        """The values that were changed."""
        super().clean()
        said = self.cleaned_data
        return {"values": {slug: said[slug] for slug in self.changed_data if slug in said}}


class NewFieldsForm(forms.Form):
    """The custom fields of a ticket that is being written; `values` is what they say."""

    def __init__(self, *args: Any, definitions: Iterable[Definition], **kwargs: Any) -> None:
        kwargs["prefix"] = PREFIX
        super().__init__(*args, **kwargs)
        for slug, field in inputs(definitions, {}, requires=True).items():
            self.fields[slug] = field

    @classmethod
    def of(
        cls, definitions: Iterable[Definition], data: Mapping[str, Any], *, is_sent: bool
    ) -> Self:
        """What `data` says of `definitions`: sent, or only typed so far."""
        if is_sent:
            return cls(data, definitions=definitions)
        typed = {one.slug: str(data.get(f"{PREFIX}-{one.slug}") or "") for one in definitions}
        return cls(initial=typed, definitions=definitions)

    @property
    def values(self) -> dict[str, Any]:
        """What was filled, once the form is valid."""
        return {slug: one for slug, one in self.cleaned_data.items() if one is not None}
