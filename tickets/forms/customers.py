"""Forms about a customer."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from departments.models import Organisation, User


class CustomerForm(forms.Form):
    """edit_customer. The organisation is asked for where the reader `decides` about it."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    organisation = forms.CharField(
        label=_("Organisation"),
        max_length=Organisation._meta.get_field("name").max_length,
        required=False,
        help_text=_("A new name makes a new organisation."),
    )
    language = forms.ChoiceField(
        label=_("Language of our letters"),
        choices=[("", _("not known")), *settings.LANGUAGES],
        required=False,
    )
    phone = forms.CharField(
        label=_("Phone number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    notes = forms.CharField(
        label=_("Notes about the customer"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For everybody here who works on a ticket of theirs; never for the customer."),
    )

    def __init__(self, *args: Any, person: User, decides: bool, **kwargs: Any) -> None:
        initial = {name: getattr(person, name) for name in ("name", "language", "phone", "notes")}
        initial["organisation"] = person.organisation.name if person.organisation else ""
        kwargs.setdefault("initial", initial)
        super().__init__(*args, **kwargs)
        if not decides:
            del self.fields["organisation"]


class AddressForm(forms.Form):
    """add_address."""

    address = forms.EmailField(label=_("Another address"), max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "address-%s")
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs["class"] = "input"


class MergeCustomerForm(forms.Form):
    """merge_people: the address of the other one."""

    other = forms.EmailField(label=_("Address of the other customer"), max_length=254)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "merge-%s")
        super().__init__(*args, **kwargs)
        self.fields["other"].widget.attrs["class"] = "input"
