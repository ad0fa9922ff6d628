"""Forms about people."""

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from departments.actions import organisation_for
from departments.models import Notice, User
from helpdesk.lib.namefields import NameInput

_REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Pacific/")


class SignupNameForm(forms.Form):
    """What sign-up asks besides address and password."""

    name = NameInput(label=_("Your name"), max_length=200)

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep it, and the language they read (django-allauth calls this)."""
        user.name = self.cleaned_data["name"]
        user.language = get_language() or ""
        user.organisation = organisation_for(user.email)
        user.save(update_fields=["name", "language", "organisation"])


def time_zones() -> list[tuple[str, object]]:
    """The zones a person may live in; the empty one is the desk's own."""
    names = sorted(name for name in available_timezones() if name.startswith(_REGIONS))
    return [
        ("", _("As the desk has it")),
        ("UTC", "UTC"),
        *((name, name.replace("_", " ")) for name in names),
    ]


class LettersField(forms.MultipleChoiceField):
    """Which of these letters somebody wants; `of` fills it in, `keep` reads it."""

    def __init__(self, notices: Iterable[Notice], **kwargs: Any) -> None:
        self.notices = list(notices)
        super().__init__(
            choices=[(one.value, one.label) for one in self.notices],
            label=_("Letters to me"),
            widget=forms.CheckboxSelectMultiple,
            required=False,
            **kwargs,
        )

    def of(self, person: User) -> list[str]:
        """What is ticked for `person`."""
        return [one for one in self.notices if person.wants(one)]

    def keep(self, person: User, wanted: Iterable[str]) -> None:
        """Let `person` have only `wanted` of these. Saves nothing."""
        for one in self.notices:
            person.choose(one, wanted=one in wanted)


class ProfileForm(forms.ModelForm):
    """What people say about themselves."""

    name = NameInput(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("Of these pages and of our letters to you."),
        choices=settings.LANGUAGES,
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones, required=False)
    letters = LettersField(
        [Notice.RECEIVED, Notice.SOLVED, Notice.REOPENED, Notice.MERGED, Notice.RATING]
    )

    class Meta:
        model = User
        fields = ["name", "language", "time_zone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["letters"] = self.fields["letters"].of(self.instance)  # type: ignore[attr-defined]

    def save(self, commit: bool = True) -> User:  # noqa: FBT002  # Django's own signature
        """Keep it all."""
        self.fields["letters"].keep(self.instance, self.cleaned_data["letters"])  # type: ignore[attr-defined]
        person: User = super().save(commit)
        return person
