"""What is asked for. The names of these fields are documented: other sites send them."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.models import Category
from helpdesk.lib.namefields import NameInput
from tickets.actions import opening
from tickets.forms import BodyField, FilesField
from tickets.models import EmbeddedForm

_OF_LINKS = ("://", "www.")


class WritingForm(forms.Form):
    """`open_by_form` in the words of a visitor."""

    name = NameInput(
        label=_("Your name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("We answer there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    category = forms.ModelChoiceField(
        label=_("Topic"),
        queryset=Category.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label=_("I am not sure"),
    )
    subject = forms.CharField(
        label=_("In a few words: what is it about?"), max_length=opening.SUBJECT_LENGTH
    )
    body = BodyField(label=_("What happened?"), widget=forms.Textarea(attrs={"rows": 7}))
    files = FilesField()  # type: ignore[assignment]

    def __init__(self, *args: Any, place: EmbeddedForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = place.categories.filter(is_active=True, department__is_active=True)
        if topics:
            cast("forms.ModelChoiceField[Any]", self.fields["category"]).queryset = topics
        else:
            del self.fields["category"]
        if not place.takes_files:
            del self.fields["files"]

    def clean_name(self) -> str:
        """Our letters greet by name, and would carry a link there."""
        name: str = self.cleaned_data["name"]
        if _has_link(name):
            raise forms.ValidationError(_("Write your name without addresses of web pages."))
        return name

    def clean_body(self) -> str:
        """Links alone are what bots leave."""
        body = str(self.cleaned_data["body"])
        if all(map(_has_link, body.split())):
            raise forms.ValidationError(_("Say in a sentence what these links are about."))
        return body

    def clean_email(self) -> str:
        """Addresses are compared in lower case."""
        return str(self.cleaned_data["email"]).lower()


def _has_link(text: str) -> bool:
    return any(one in text.lower() for one in _OF_LINKS)
