"""Names in several languages, as an administrator writes them: one JSON column, many inputs."""

from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.utils.translation import get_language


def pick(texts: dict[str, str] | None, language: str | None = None) -> str:
    """The text in `language` (the reader's if not given), else in the desk's, else any there is."""
    texts = texts or {}
    for code in (language or get_language() or "", settings.LANGUAGE_CODE):
        if text := texts.get(code.split("-", maxsplit=1)[0]):
            return text
    return next((text for text in texts.values() if text), "")


class MultilingualWidget(forms.MultiWidget):
    """One input for each language of the interface, labelled with its code."""

    template_name = "partials/multilingual_widget.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, rows: int = 1) -> None:
        one = forms.TextInput if rows == 1 else forms.Textarea
        extra = {} if rows == 1 else {"rows": rows, "cols": 60}
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            code: one(attrs={**extra, "lang": code}) for code, _name in settings.LANGUAGES
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: Any) -> list[str]:
        """{language: text} -> texts in the order of the inputs."""
        return [(value or {}).get(code, "") for code, _name in settings.LANGUAGES]


class MultilingualFormField(forms.MultiValueField):
    """{language: text}, languages left empty are left out."""

    def __init__(self, *, rows: int = 1, **kwargs: Any) -> None:
        for name in ("encoder", "decoder", "max_length"):
            kwargs.pop(name, None)
        fields = [forms.CharField(required=False) for _code in settings.LANGUAGES]
        kwargs.setdefault("widget", MultilingualWidget(rows=rows))
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> dict[str, str]:
        """Texts in the order of the inputs -> {language: text}."""
        codes = (code for code, _name in settings.LANGUAGES)
        return {code: text for code, text in zip(codes, data_list, strict=False) if text}


class MultilingualField(models.JSONField):
    """{language: text}; read it with `pick`. `rows` > 1 gives text areas in forms."""

    def __init__(self, *args: Any, rows: int = 1, **kwargs: Any) -> None:
        self.rows = rows
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        """One input a language."""
        kwargs.pop("widget", None)
        own = {
            "form_class": MultilingualFormField,
            "rows": self.rows,
            # Else forms would carry the former texts along, as Python writes them.
            "show_hidden_initial": False,
        }
        return super().formfield(**{**own, **kwargs})
