"""Forms about people."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from departments.models import User


class SignupNameForm(forms.Form):
    """What sign-up asks besides address and password."""

    name = forms.CharField(label=_("Your name"), max_length=200)

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep it (django-allauth calls this)."""
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
