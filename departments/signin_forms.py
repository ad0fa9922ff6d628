"""django-allauth's forms that ask for an address and mail a code there.

Left to itself, allauth takes any row with that address, also one that was put down as somebody
else's and never proved: whoever reads letters there would come in as them.
"""

from typing import Any

from allauth.account.forms import RequestLoginCodeForm, ResetPasswordForm, SignupForm
from django import forms
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from departments.actions import may_begin
from departments.models import User, person_at


class SignInByCodeForm(RequestLoginCodeForm):  # type: ignore[misc]
    """The code is for whoever has the address, or for nobody."""

    def clean_email(self) -> str:
        """The address; `_user` is where allauth's flow looks for whose it is."""
        email: str = super().clean_email()
        self._user = _whose(email)
        return email


class ForgottenPasswordForm(ResetPasswordForm):  # type: ignore[misc]
    """The code is for whoever has the address, or for nobody."""

    def clean_email(self) -> str:
        """The address; `users` is where allauth's flow looks for whose it is."""
        email: str = super().clean_email()
        person = _whose(email)
        self.users = [person] if person is not None else []
        return email


class NewAccountForm(SignupForm):  # type: ignore[misc]
    """An account for whoever may write to us; the page says the same to all others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What AUTH_PASSWORD_VALIDATORS ask for, in one sentence instead of four.
        self.fields["password1"].help_text = _(
            "%(count)d characters or more; not your name, not digits alone, nothing common."
        ) % {"count": MinimumLengthValidator().min_length}

    def clean_email(self) -> str:
        """The address. `account_already_exists` is how allauth's flow makes no account and mails no
        code; which letter goes there instead, the adapter knows."""
        email: str = super().clean_email()
        if not may_begin(email):
            self.account_already_exists = True
        return email

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """What allauth's does, in the same time whether an account is made or not: most of it goes
        into the password. Of two presses of the button at once the second finds the address taken,
        as it would a moment later."""
        made: tuple[User | None, HttpResponse | None]
        if self.account_already_exists:
            User().set_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                made = super().try_save(request)
        except IntegrityError:
            self.account_already_exists = True
            made = super().try_save(request)
        return made


class CodeForm(forms.Form):
    """A code out of a letter, typed as it stands there or without its dash."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )


def _whose(email: str) -> User | None:
    """An active person whom the address finds; nobody by an address that was not proved."""
    person = person_at(email)
    return person if person is not None and person.is_active else None
