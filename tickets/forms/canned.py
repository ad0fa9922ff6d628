"""The form of a canned reply, as agents write it, and the filter of their list."""

from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from departments.models import Department, User
from helpdesk.lib.kinds import KINDS
from tickets import placeholders
from tickets.attachments import MAX_FILES
from tickets.forms.base import FilesField
from tickets.forms.fields import inputs
from tickets.lifecycle import Status
from tickets.models import CannedFile, CannedReply, CustomField
from tickets.permissions import can_keep_canned

# Before the short names of custom fields, so that none meets a field of ours.
FIELD: Final = "field-"
MINE: Final = "mine"
SHARED: Final = "shared"
LONGEST_HOLD_DAYS: Final = 365
PLAIN_WIDGETS = (forms.CheckboxInput, forms.CheckboxSelectMultiple, forms.FileInput)


def places_for(by: User) -> list[tuple[str, Any]]:
    """Where `by` may write canned replies: their own, departments, and what all share."""
    departments = [
        (str(one.pk), one.name)
        for one in Department.objects.filter(is_active=True)
        if can_keep_canned(by, owner=None, department=one)
    ]
    shared = [(SHARED, _("all departments"))] if by.is_lead else []
    return [(MINE, _("only for me")), *departments, *shared]


def place_of(canned: CannedReply) -> str:
    """The key of its place among `places_for`."""
    if canned.owner_id:
        return MINE
    return str(canned.department_id) if canned.department_id else SHARED


def namesakes(canned: CannedReply, title: str) -> QuerySet[CannedReply]:
    """Others with this title in its place."""
    there = CannedReply.objects.filter(owner=canned.owner, department=canned.department)
    return there.filter(title__iexact=title).exclude(pk=canned.pk)


def colleagues_of(by: User) -> QuerySet[User]:
    """Agents of the departments `by` works in."""
    agents = User.objects.filter(is_active=True)
    if by.is_superuser:
        found = agents.filter(Q(memberships__isnull=False) | Q(is_superuser=True))
    else:
        found = agents.filter(memberships__department__in=by.department_roles)
    return found.distinct().order_by("name", "email")


class TagWordsField(forms.CharField):
    """Words, separated by commas; cleaned to a list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=500, **kwargs)

    def clean(self, value: Any) -> list[str]:
        """Each word once, as tags are written."""
        words = [" ".join(word.lower().split()) for word in super().clean(value).split(",")]
        return [word for word in dict.fromkeys(words) if word]


class CannedReplyForm(forms.ModelForm):  # type: ignore[type-arg]
    """save_canned_reply: `instance` as it is to stand, and the verb's other arguments."""

    place = forms.ChoiceField(label=_("For whom"))
    adds_tags = TagWordsField(label=_("Add tags"), help_text=_("Separated by commas."))
    removes_tags = TagWordsField(label=_("Take tags off"), help_text=_("Separated by commas."))
    files = FilesField(label=_("Files sent with it"), kinds=KINDS)  # type: ignore[assignment]
    without = forms.ModelMultipleChoiceField(
        CannedFile.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Take these files off"),
    )

    class Meta:
        model = CannedReply
        fields = (
            *("title", "body", "sets_status", "holds_for_days", "sets_priority"),
            *("assigns", "assigns_to", "moves_to", "adds_note"),
        )
        error_messages = {"title": {"required": _("Give it a title.")}}

    field_order = (
        *("title", "place", "body", "files", "without", "sets_status", "holds_for_days"),
        *("sets_priority", "moves_to", "assigns", "assigns_to", "adds_tags", "removes_tags"),
        "adds_note",
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        canned = kwargs.get("instance")
        initial = dict(kwargs.pop("initial", None) or {})
        if canned is not None and canned.pk:
            initial["place"] = place_of(canned)
            for name in ("adds_tags", "removes_tags"):
                words = getattr(canned, name).values_list("name", flat=True)
                initial[name] = ", ".join(words)
        super().__init__(*args, **{**kwargs, "initial": initial, "auto_id": "canned-%s"})
        self.by = by
        self.fields["place"].choices = places_for(by)  # type: ignore[attr-defined]
        self.fields["moves_to"].queryset = Department.objects.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["assigns_to"].queryset = colleagues_of(by)  # type: ignore[attr-defined]
        if self.instance.pk and self.instance.files.exists():
            self.fields["without"].queryset = self.instance.files.all()  # type: ignore[attr-defined]
        else:
            del self.fields["without"]
        definitions = CustomField.objects.filter(is_active=True).definitions()
        self.custom = inputs(definitions, self.instance.sets_fields)
        for slug, custom in self.custom.items():
            self.fields[f"{FIELD}{slug}"] = custom
        for name, empty in (("sets_status", _("stays")), ("sets_priority", _("stays"))):
            choices = self.fields[name].choices[1:]  # type: ignore[attr-defined]
            self.fields[name].choices = [("", empty), *choices]  # type: ignore[attr-defined]
        self.fields["assigns"].choices = [("", _("stays")), *CannedReply.Assigns.choices]  # type: ignore[attr-defined]
        self.fields["moves_to"].empty_label = _("stays")  # type: ignore[attr-defined]
        for field in self.fields.values():
            if not isinstance(field.widget, PLAIN_WIDGETS):
                field.widget.attrs.setdefault("class", "input")

    def clean(self) -> dict[str, Any]:
        """One place, known placeholders, acts that fit together, and something to say or do."""
        data = super().clean() or self.cleaned_data
        place = data.get("place", MINE)
        self.instance.owner = self.by if place == MINE else None
        departments = Department.objects.filter(pk=int(place)) if place.isdigit() else []
        self.instance.department = next(iter(departments), None)
        if data.get("title") and namesakes(self.instance, data["title"]).exists():
            self.add_error("title", _("Another one here has this title already."))
        for name, texts in (
            ("body", (data.get("body") or {}).values()),
            ("adds_note", [data.get("adds_note", "")]),
        ):
            try:
                placeholders.refuse_unknown(texts)
            except forms.ValidationError as refusal:
                self.add_error(name, refusal)
        self._clean_acts(data)
        values = {slug: data.get(f"{FIELD}{slug}") for slug in self.custom}
        kept = {slug: one for slug, one in values.items() if one is not None}
        self.instance.sets_fields = kept
        acts = ("sets_status", "sets_priority", "assigns", "moves_to", "adds_tags", "removes_tags")
        does = bool(kept) or any(data.get(name) for name in (*acts, "adds_note"))
        if not self.errors and not data.get("body") and not does:
            self.add_error("body", _("Write a text, or choose what it does."))
        return data

    def _clean_acts(self, data: dict[str, Any]) -> None:
        days = data.get("holds_for_days")
        if data.get("sets_status") != Status.ON_HOLD:
            data["holds_for_days"] = None
        elif not days or days > LONGEST_HOLD_DAYS:
            sentence = _("Say for how many days, 1 to %(most)d.") % {"most": LONGEST_HOLD_DAYS}
            self.add_error("holds_for_days", sentence)
        if data.get("assigns") != CannedReply.Assigns.PERSON:
            data["assigns_to"] = None
        elif not data.get("assigns_to") and "assigns_to" not in self.errors:
            self.add_error("assigns_to", _("Choose whom."))
        if data.get("assigns") and data.get("moves_to"):
            self.add_error("assigns", _("The other department decides who answers there."))
        both = set(data.get("adds_tags") or ()) & set(data.get("removes_tags") or ())
        if both:
            sentence = _("Added and taken off at once: %(tags)s.") % {"tags": ", ".join(both)}
            self.add_error("removes_tags", sentence)

    def clean_files(self) -> list[Any]:
        """Not more than fit on one message, together with those it has."""
        files: list[Any] = self.cleaned_data["files"]
        kept = self.instance.files.count() if self.instance.pk else 0
        if kept + len(files) > MAX_FILES:
            raise forms.ValidationError(
                _("At most %(count)d files fit on one message."), params={"count": MAX_FILES}
            )
        return files

    @property
    def arguments(self) -> dict[str, Any]:
        """What the verb takes besides the canned reply itself."""
        names = ("adds_tags", "removes_tags", "files", "without")
        return {name: self.cleaned_data.get(name, ()) for name in names}


class CannedFilterForm(forms.Form):
    """What the list of canned replies shows. Wrong choices show everything."""

    WHOSE = (
        ("", _("all I see")),
        ("mine", _("my own")),
        ("department", _("of a department")),
        ("shared", _("for all departments")),
    )
    STATE = (("", _("switched on")), ("off", _("switched off")), ("all", _("on and off")))
    SORT = (
        ("", _("by title")),
        ("own", _("most used by me")),
        ("used", _("most used")),
        ("recent", _("last used")),
    )

    q = forms.CharField(required=False, max_length=100, label=_("Words"))
    whose = forms.ChoiceField(required=False, choices=WHOSE, label=_("Whose"))
    department = forms.ModelChoiceField(
        Department.objects.none(),
        required=False,
        label=_("Department"),
        empty_label=_("every department"),
    )
    state = forms.ChoiceField(required=False, choices=STATE, label=_("State"))
    sort = forms.ChoiceField(required=False, choices=SORT, label=_("Order"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        places = Department.objects.all()
        if not by.is_superuser:
            places = places.filter(pk__in=by.department_roles)
        self.fields["department"].queryset = places  # type: ignore[attr-defined]

    @property
    def is_used(self) -> bool:
        """Does it leave anything out?"""
        return any(self.cleaned_data.get(name) for name in ("q", "whose", "department", "state"))

    def found(self) -> QuerySet[CannedReply]:
        """Those that `by` sees and that fit, in order."""
        self.is_valid()
        data = self.cleaned_data
        rows = CannedReply.objects.seen_by(self.by).with_own_use(self.by)
        for word in data.get("q", "").split():
            rows = rows.filter(Q(title__icontains=word) | Q(body__icontains=word))
        if whose := data.get("whose"):
            rows = rows.filter(
                {
                    "mine": Q(owner=self.by),
                    "department": Q(owner__isnull=True, department__isnull=False),
                    "shared": Q(owner__isnull=True, department__isnull=True),
                }[whose]
            )
        if place := data.get("department"):
            rows = rows.filter(department=place)
        if (state := data.get("state")) != "all":
            rows = rows.filter(is_active=not state)
        order = {
            "own": ("-own_times", "title"),
            "used": ("-used", "title"),
            "recent": ("-last_used_at", "title"),
        }
        return rows.order_by(*order.get(data.get("sort", ""), ("title",)), "pk")
