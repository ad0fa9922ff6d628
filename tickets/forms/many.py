"""The form of an act on many tickets."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from departments.models import Department, User
from helpdesk.lib.errors import DeskError
from tickets.lifecycle import Priority
from tickets.models import CannedReply, Ticket
from tickets.models.definition import TEXT_LENGTH

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
    "field": ("field",),
    "macro": ("macro",),
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
    # Chosen on a page of its own, which says what each does.
    macro = forms.ModelChoiceField(CannedReply.objects.none(), required=False, label=_("Macro"))
    into = forms.CharField(required=False, max_length=30, label=_("Into ticket number"))
    field = forms.ChoiceField(required=False, label=_("Field"))
    value = forms.CharField(
        required=False, max_length=TEXT_LENGTH, label=_("Text, number or day (year-month-day)")
    )

    def __init__(self, *args: Any, sight: "Sight", **kwargs: Any) -> None:
        kwargs["auto_id"] = "bulk-%s"
        super().__init__(*args, **kwargs)
        self.sight = sight
        usable = CannedReply.objects.usable_by(sight.user)
        self.fields["macro"].queryset = usable  # type: ignore[attr-defined]
        people = [(str(one.pk), str(one)) for one in sight.colleagues]
        choices = [("", _("Assignee")), (NOBODY, _("nobody")), *people]
        self.fields["agent"].choices = choices  # type: ignore[attr-defined]
        self.fields["field"].choices = [("", _("Field")), *self._answers()]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    def _answers(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Custom fields with what can be set at a click: `plan=small`, `plan=` for nothing; `plan`
        alone takes what is typed beside it."""
        found = []
        for one in self.sight.fields:
            said = [(f"{one.slug}={key}", label) for key, label in one.choices()]
            typed = [] if said else [(one.slug, str(_("as typed below")))]
            found.append((str(one), [*said, *typed, (f"{one.slug}=", str(_("not set")))]))
        return found

    def clean(self) -> dict[str, Any]:
        """What the act needs must be there."""
        data = super().clean() or self.cleaned_data
        for name in NEEDS.get(data.get("act", ""), ()):
            if name not in self.errors and not data.get(name):
                self.add_error(name, _("This is missing."))
        if data.get("act") == "field" and data.get("field"):
            self._understand_field(data)
        return data

    def _understand_field(self, data: dict[str, Any]) -> None:
        slug, at_a_click, key = data["field"].partition("=")
        definition = next(one for one in self.sight.fields if one.slug == slug)
        try:
            value = definition.clean(key if at_a_click else data.get("value"))
        except DeskError as refusal:
            self.add_error("value", str(refusal))
            return
        if value is None and not at_a_click:
            self.add_error("value", _("This is missing."))
        data["field"], data["value"] = slug, value

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
        if data["act"] == "field":
            return {"field": data["field"], "value": data["value"]}
        return {name: _plain(data[name]) for name in NEEDS.get(data["act"], ())}


def _plain(value: Any) -> Any:
    if isinstance(value, Department | User | CannedReply):
        return value.pk
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, str):
        return None if value == NOBODY else int(value)
    return value
