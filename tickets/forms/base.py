"""Fields and the base that several forms share."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from departments.models import DeskSettings, User
from helpdesk.lib.kinds import accept_for, words_for
from tickets import attachments
from tickets.attachments import IncomingFile
from tickets.models import Ticket

BODY_LENGTH = 200_000
"""Characters that fit into one message."""


class FilesInput(forms.FileInput):
    """An input for several files at once."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        limit = settings.DESK_MAX_FILE_MB * 1024 * 1024
        super().__init__({"multiple": True, "data-max-bytes": limit, **(attrs or {})})


class FilesField(forms.Field):
    """Several files, checked by content; cleaned to a list of IncomingFile.

    `kinds` are names in `helpdesk.lib.kinds`; if none are given, those that customers may send.
    The good files of a field with errors are in `taken`.
    """

    widget = FilesInput

    def __init__(self, *, kinds: Collection[str] | None = None, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", _("Files"))
        super().__init__(**kwargs)
        if kinds is not None:
            self.kinds = kinds
        self.taken: list[IncomingFile] = []

    @cached_property
    def kinds(self) -> Collection[str]:
        """The kinds that are taken. Each form has a field of its own, so that it asks once."""
        return DeskSettings.current().file_kinds

    @property
    def kinds_in_words(self) -> str:
        """The kinds that are taken, for people."""
        return words_for(self.kinds)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """With what browsers and people should know of the kinds."""
        self.widget.attrs["accept"] = accept_for(self.kinds)
        bound = super().get_bound_field(form, field_name)
        bound.help_text = _("%(kinds)s; each up to %(limit)d MB.") % {
            "kinds": self.kinds_in_words,
            "limit": settings.DESK_MAX_FILE_MB,
        }
        return bound

    def to_python(self, value: "list[UploadedFile[Any]] | None") -> list[IncomingFile]:
        """Uploads -> what the verbs take. Refused files are errors of this field."""
        if not value:
            return []
        self.taken, refused = attachments.sort_out(value, self.kinds)
        if refused:
            raise forms.ValidationError(refused)
        return self.taken

    def has_changed(self, initial: Any, data: "list[UploadedFile[Any]] | None") -> bool:
        """Something was chosen; to look at it here would read it to its end."""
        return bool(data)


class BodyField(forms.CharField):
    """What somebody says; its line breaks become plain ones."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 8}))
        kwargs.setdefault("max_length", BODY_LENGTH)
        kwargs.setdefault("label", _("Message"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Browsers send CRLF; we keep LF."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


class TicketForm(forms.Form):
    """What the verbs' forms share: the ticket, the agent, and input ids of their own.

    `choices` ({field: [(value, label)]}) are choices that the page knows already, so that drawing
    a form asks the database nothing.
    """

    slug = ""

    def __init__(
        self,
        *args: Any,
        ticket: Ticket,
        by: User,
        choices: dict[str, list[tuple[Any, Any]]] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("auto_id", f"{self.slug}-%s")
        super().__init__(*args, **kwargs)
        self.ticket, self.by = ticket, by
        for field in self.fields.values():
            if not isinstance(field.widget, forms.CheckboxInput | FilesInput):
                field.widget.attrs.setdefault("class", "input")
        for name, known in (choices or {}).items():
            self.fields[name].choices = known  # type: ignore[attr-defined]
