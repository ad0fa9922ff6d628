"""Where names are stored and typed: only harmless ones come in, and only such ones come out."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models

from helpdesk.lib.names import harmless

if TYPE_CHECKING:
    _Line = models.CharField[str, str]
else:
    _Line = models.CharField


class NameField(_Line):
    """A line that strangers choose: cleaned on its way in, by whatever door, and on its way out,
    for an earlier version of the desk may have stored it."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """What is stored; the row in memory says the same from then on."""
        value = self.get_prep_value(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        """Also for an UPDATE without a row in memory, and for questions about the whole name."""
        value = super().get_prep_value(value)
        return harmless(value)[: self.max_length] if isinstance(value, str) else value

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """What was stored, whoever stored it."""
        return harmless(value) if value else value


class NameInput(forms.CharField):
    """Where people type their names; one of which nothing is left is none."""

    def to_python(self, value: Any) -> Any:
        """The harmless name."""
        return harmless(super().to_python(value) or "")
