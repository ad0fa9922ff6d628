"""One form a verb: its fields are the verb's arguments."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tickets import attachments
from tickets.attachments import FileRefused, IncomingFile

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

    def to_python(self, value: list[UploadedFile] | None) -> list[IncomingFile]:
        """Uploads -> what the verbs take. A refused file is an error of this field."""
        try:
            return attachments.accept(value or [])
        except FileRefused as refusal:
            raise forms.ValidationError(str(refusal)) from None


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


class ReplyForm(forms.Form):
    """reply_to_ticket, as customers say it: text, files, or both."""

    body = BodyField(required=False)
    files = FilesField()

    def clean(self) -> dict[str, Any]:
        """Something must be said; a file alone will do."""
        super().clean()
        said = self.cleaned_data.get("body", "").strip() or self.cleaned_data.get("files")
        if not said and not self.errors:
            self.add_error("body", _("Write something first."))
        return self.cleaned_data
