"""The form of an act on many tickets."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.models import Department, User
from tickets.lifecycle import Priority
from tickets.models import Ticket

if TYPE_CHECKING:
    from tickets.filters import Sight

NOBODY = "none"
# Which fields an act needs; all others are left alone.
NEEDS = {
    "assign": ("agent",),
    "move": ("department",),
    "priority": ("priority",),
    "tag": ("tags",),
    "untag": ("tags",),
    "hold": ("until",),
    "merge": ("into",),
}


class BulkForm(forms.Form):
    """What to do (`act`) and with what. `arguments` is what tickets.bulk wants to know."""

    act = forms.CharField(max_length=12)
    agent = forms.ChoiceField(required=False, label=_("Assignee"))
    department = forms.ModelChoiceField(
        Department.objects.filter(is_active=True),
        required=False,
        label=_("Department"),
        empty_label=_("Department"),
    )
    priority = forms.TypedChoiceField(
        required=False, choices=Priority.choices, coerce=int, label=_("Priority")
    )
    tags = forms.CharField(required=False, max_length=500, label=_("Tags"))
    until = forms.DateTimeField(
        required=False,
        label=_("Hold until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    into = forms.CharField(required=False, max_length=30, label=_("Into ticket number"))

    def __init__(self, *args: Any, sight: "Sight", **kwargs: Any) -> None:
        kwargs["auto_id"] = "bulk-%s"
        super().__init__(*args, **kwargs)
        self.sight = sight
        people = [(str(one.pk), str(one)) for one in sight.colleagues]
        choices = [("", _("Assignee")), (NOBODY, _("nobody")), *people]
        self.fields["agent"].choices = choices  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        """What the act needs must be there."""
        data = super().clean() or self.cleaned_data
        for name in NEEDS.get(data.get("act", ""), ()):
            if name not in self.errors and not data.get(name):
                self.add_error(name, _("This is missing."))
        return data

    def clean_tags(self) -> list[str]:
        """Words."""
        words = [" ".join(word.lower().split()) for word in self.cleaned_data["tags"].split(",")]
        return [word for word in words if word]

    def clean_into(self) -> int | None:
        """The number of a ticket the agent works on."""
        typed = self.cleaned_data["into"].strip().lstrip("#№ ")
        if not typed:
            return None
        if typed.isascii() and typed.isdigit() and len(typed) < 18:
            found = Ticket.objects.workable_by(self.sight.user).filter(pk=int(typed)).first()
            if found is not None:
                return found.pk
        raise forms.ValidationError(
            _("There is no ticket “%(number)s” in your departments.") % {"number": typed}
        )

    @property
    def arguments(self) -> dict[str, Any]:
        """Plain values under the names of the fields the act needs."""
        data = self.cleaned_data
        return {name: _plain(data[name]) for name in NEEDS.get(data["act"], ())}


def _plain(value: Any) -> Any:
    if isinstance(value, Department | User):
        return value.pk
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, str):
        return None if value == NOBODY else int(value)
    return value
