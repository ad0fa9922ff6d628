"""Fields and the base that several forms share."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from departments.models import User
from tickets import attachments
from tickets.attachments import FileRefused, IncomingFile
from tickets.models import Ticket

BODY_LENGTH = 200_000
"""Characters that fit into one message."""


class FilesInput(forms.FileInput):
    """An input for several files at once."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        accepted = "image/png,image/gif,image/jpeg,application/pdf,text/*,.log"
        limit = settings.DESK_MAX_FILE_MB * 1024 * 1024
        super().__init__(
            {"multiple": True, "accept": accepted, "data-max-bytes": limit, **(attrs or {})}
        )


class FilesField(forms.Field):
    """Several files, checked by content; cleaned to a list of IncomingFile."""

    widget = FilesInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", _("Files"))
        super().__init__(**kwargs)

    def to_python(self, value: "list[UploadedFile[Any]] | None") -> list[IncomingFile]:
        """Uploads -> what the verbs take. A refused file is an error of this field."""
        try:
            return attachments.accept(value or [])
        except FileRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None

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
