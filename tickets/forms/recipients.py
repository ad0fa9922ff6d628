"""Addresses that an agent types: whom a letter goes to."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

MOST_ADDRESSES = 20


class AddressesField(forms.CharField):
    """Addresses in a line, separated by commas, semicolons or spaces; cleaned to a list of them in
    lower case, each once."""

    default_error_messages = {
        "address": _("“%(address)s” is no e-mail address."),
        "many": _("At most %(count)d addresses."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 4000)
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[str]:
        """Raises ValidationError that names the first that is none."""
        typed = super().clean(value).replace(";", " ").replace(",", " ").split()
        addresses = list(dict.fromkeys(one.strip("<>").lower() for one in typed))
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError:
                raise ValidationError(
                    self.error_messages["address"], params={"address": address}
                ) from None
        if len(addresses) > MOST_ADDRESSES:
            raise ValidationError(self.error_messages["many"], params={"count": MOST_ADDRESSES})
        return addresses
