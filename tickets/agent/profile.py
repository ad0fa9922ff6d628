"""The sections of an agent's own page, a small form each: one leaves the others alone."""

from typing import Any, ClassVar, Final
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from departments.actions import show_face
from departments.models import LETTERS, Membership, Reason, User, Way, signed
from helpdesk.lib.pictures import NoPicture, face_of

LONGEST_SIGNATURE: Final = 2000
GRACES: Final = (5, 10, 30, 60)
MOST_PICTURE: Final = 10 * 1024 * 1024


def zones() -> list[tuple[str, str]]:
    """Time zones that bear the name of a city, and the desk's own first."""
    cities = sorted(name for name in available_timezones() if "/" in name and name[:3] != "Etc")
    own = str(_("As the desk (%(zone)s)") % {"zone": settings.TIME_ZONE})
    return [("", own), *((name, name.replace("_", " ")) for name in cities)]


def graces() -> list[tuple[str, str]]:
    """How long a reply waits before it leaves, the desk's own choice first."""
    seconds = ngettext_lazy("%(number)d second", "%(number)d seconds", "number")
    desk = _("As the desk (%(seconds)s)") % {
        "seconds": seconds % {"number": settings.DESK_UNDO_SECONDS}
    }
    not_at_all = (0, _("not at all: it leaves at once"))
    own = [(number, seconds % {"number": number}) for number in GRACES]
    return [("", str(desk)), *((str(key), str(name)) for key, name in [not_at_all, *own])]


class Section(forms.ModelForm):  # type: ignore[type-arg]
    """One section. Its `slug` is its anchor and says which form comes back."""

    slug: ClassVar[str]
    title: ClassVar[Any]
    template: ClassVar[str] = "agent/profile/_fields.html"
    also: ClassVar[tuple[str, ...]] = ()
    """Columns it changes besides those of its fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "auto_id": f"{self.slug}-%s"})

    def save(self, commit: bool = True) -> Any:  # noqa: FBT002  # Django's own signature
        """Keep the columns of this section and no others."""
        if columns := [*(self._meta.fields or ()), *self.also]:
            self.instance.save(update_fields=columns)
        return self.instance


class AboutSection(Section):
    """Who one is."""

    slug, title = "about", _("About you")
    template = "agent/profile/_about.html"

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=_("As colleagues see it; they mention you by it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, required=False)
    face = forms.FileField(
        label=_("Picture"),
        help_text=_("PNG, GIF, JPEG or WebP, up to 10 MB; we keep a small square of its middle."),
        required=False,
        widget=forms.FileInput(
            attrs={
                "accept": "image/png,image/gif,image/jpeg,image/webp",
                "data-max-bytes": MOST_PICTURE,
            }
        ),
    )
    no_face = forms.BooleanField(label=_("Take the picture away"), required=False)

    class Meta:
        model = User
        fields = ["name", "shown_name", "language", "time_zone"]
        help_texts = {"shown_name": _("Empty: the name above.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.picture:
            del self.fields["no_face"]

    def clean_face(self) -> Any:
        """The small square in the picture; None if there is none."""
        upload = self.cleaned_data["face"]
        if upload is None:
            return None
        if upload.size > MOST_PICTURE:
            raise forms.ValidationError(_("This file is larger than 10 MB."))
        try:
            return face_of(upload.read())
        except NoPicture as error:
            sentence = _("We cannot read this file as a picture.")
            raise forms.ValidationError(sentence) from error

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:  # noqa: FBT002  # Django's own signature
        """Keep it, and the picture."""
        person = super().save(commit)
        face = self.cleaned_data["face"]
        if face is not None or self.cleaned_data.get("no_face"):
            show_face(person, face)
        return person


class PageSection(Section):
    """How pages look and what sending does."""

    slug, title = "page", _("List and page")

    undo_seconds = forms.TypedChoiceField(
        label=_("A reply can be taken back for"),
        choices=graces,
        coerce=int,
        empty_value=None,
        required=False,
    )

    class Meta:
        model = User
        fields = [
            "theme",
            "newest_first",
            "hides_events",
            "after_sending",
            "writes_plain",
            "undo_seconds",
        ]


class NotificationsSection(Section):
    """For which reasons one is told, and how: a table."""

    slug, title = "notifications", _("Notifications")
    template = "agent/profile/_notifications.html"
    also = ("turned",)

    hears = forms.MultipleChoiceField(
        choices=[
            (f"{reason}:{way}", f"{reason.label}: {way.label}")
            for reason in Reason
            for way in Way
            if way != Way.LETTER or reason in LETTERS
        ],
        required=False,
    )

    class Meta:
        model = User
        fields: ClassVar[list[str]] = []

    @property
    def ways(self) -> list[Way]:
        """The columns of the table."""
        return list(Way)

    @property
    def rows(self) -> list[tuple[Reason, list[tuple[Way, str, bool]]]]:
        """Each reason with (way, value, ticked) for every way; an empty value where a way is not
        to be had."""
        offered = dict(self.fields["hears"].choices)  # type: ignore[attr-defined]
        chosen = self["hears"].value() if self.is_bound else None

        def box(reason: Reason, way: Way) -> tuple[Way, str, bool]:
            value = f"{reason}:{way}"
            ticked = self.instance.hears(reason, way) if chosen is None else value in chosen
            return way, value if value in offered else "", ticked

        return [(reason, [box(reason, way) for way in Way]) for reason in Reason]

    def save(self, commit: bool = True) -> Any:  # noqa: FBT002  # Django's own signature
        """Keep what is ticked."""
        for value, _label in self.fields["hears"].choices:  # type: ignore[attr-defined]
            reason, _colon, way = value.partition(":")
            self.instance.turn(Reason(reason), Way(way), on=value in self.cleaned_data["hears"])
        return super().save(commit)


class KeyboardSection(Section):
    """Single keys as shortcuts, or not."""

    slug, title = "keyboard", _("Keyboard")
    template = "agent/profile/_keyboard.html"

    class Meta:
        model = User
        fields = ["uses_shortcuts"]


class SignaturesSection(Section):
    """A signature for each department one works in, and what it looks like in a letter."""

    slug, title = "signatures", _("Signatures")
    template = "agent/profile/_signatures.html"

    class Meta:
        model = User
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.memberships = list(
            self.instance.memberships.select_related("department").order_by(
                "department__order", "department__name"
            )
        )
        for membership in self.memberships:
            self.fields[name_of(membership)] = forms.CharField(
                label=_("Signature in %(department)s") % {"department": membership.department.name},
                help_text=_(
                    "Empty: the department's signature. {agent} is your name, {department} ours."
                ),
                initial=membership.signature,
                required=False,
                max_length=LONGEST_SIGNATURE,
                widget=forms.Textarea(
                    attrs={"rows": 3, "placeholder": membership.department.signature}
                ),
            )

    @property
    def previews(self) -> list[tuple[forms.BoundField, str, str]]:
        """Each field with the slug of its department and the signature as it goes out."""
        found = []
        for membership in self.memberships:
            field = self[name_of(membership)]
            text = signed(str(field.value() or ""), self.instance, membership.department)
            found.append((field, membership.department.slug, text))
        return found

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:  # noqa: FBT002  # Django's own signature
        """Keep them."""
        for membership in self.memberships:
            membership.signature = self.cleaned_data[name_of(membership)]
            membership.save(update_fields=["signature"])
        return self.instance


def name_of(membership: Membership) -> str:
    """The name of the field for the signature there."""
    return f"signature_{membership.department.slug}"


SECTIONS: Final[tuple[type[Section], ...]] = (
    AboutSection,
    PageSection,
    NotificationsSection,
    KeyboardSection,
    SignaturesSection,
)
