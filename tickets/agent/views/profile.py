"""An agent's own page: name, language, time, colours, sound, keys and signatures."""

from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_http_methods

from departments.forms import LettersField
from departments.http import SignedInRequest, agent_required
from departments.models import Membership, Notice, User
from tickets.agent.nav import nav_context

LONGEST_SIGNATURE = 2000
GRACES = (5, 10, 30, 60)


def zones() -> list[tuple[str, str]]:
    """Time zones that bear the name of a city, and the desk's own first."""
    cities = sorted(name for name in available_timezones() if "/" in name and name[:3] != "Etc")
    own = str(gettext_lazy("As the desk (%(zone)s)") % {"zone": settings.TIME_ZONE})
    return [("", own), *((name, name.replace("_", " ")) for name in cities)]


def graces() -> list[tuple[str, str]]:
    """How long a reply waits before it leaves, the desk's own choice first."""
    seconds = ngettext_lazy("%(number)d second", "%(number)d seconds", "number")
    desk = gettext_lazy("As the desk (%(seconds)s)") % {
        "seconds": seconds % {"number": settings.DESK_UNDO_SECONDS}
    }
    not_at_all = (0, gettext_lazy("not at all: it leaves at once"))
    own = [(number, seconds % {"number": number}) for number in GRACES]
    return [("", str(desk)), *((str(key), str(name)) for key, name in [not_at_all, *own])]


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """What an agent decides about themselves, with a signature for each of their departments."""

    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones, required=False)
    undo_seconds = forms.TypedChoiceField(
        label=gettext_lazy("A reply can be taken back for"),
        choices=graces,
        coerce=int,
        empty_value=None,
        required=False,
    )
    letters = LettersField([Notice.TO_AGENT, Notice.ASSIGNED, Notice.ESCALATED])

    class Meta:
        model = User
        fields = [
            "shown_name",
            "language",
            "time_zone",
            "theme",
            "undo_seconds",
            "after_sending",
            "newest_first",
            "hides_events",
            "plays_sound",
            "uses_shortcuts",
        ]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.initial["letters"] = self.fields["letters"].of(self.instance)  # type: ignore[attr-defined]
        self.memberships = list(
            self.instance.memberships.select_related("department").order_by(
                "department__order", "department__name"
            )
        )
        for membership in self.memberships:
            self.fields[self._name(membership)] = forms.CharField(
                label=gettext_lazy("Signature in %(department)s")
                % {"department": membership.department.name},
                help_text=gettext_lazy(
                    "Empty: the department's signature. {agent} is your name, {department} ours."
                ),
                initial=membership.signature,
                required=False,
                max_length=LONGEST_SIGNATURE,
                widget=forms.Textarea(
                    attrs={"rows": 3, "placeholder": membership.department.signature}
                ),
            )

    @staticmethod
    def _name(membership: Membership) -> str:
        return f"signature_{membership.department.slug}"

    @transaction.atomic
    def save(self, commit: bool = True) -> User:  # noqa: FBT002  # Django's own signature
        """Keep the person and their signatures."""
        self.fields["letters"].keep(self.instance, self.cleaned_data["letters"])  # type: ignore[attr-defined]
        user: User = super().save(commit)
        for membership in self.memberships:
            membership.signature = self.cleaned_data[self._name(membership)]
            membership.save(update_fields=["signature"])
        return user


@agent_required
@require_http_methods(["GET", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """See and change it."""
    # A person of its own, so that a refused form does not change who the page is shown to.
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        with translation.override(person.language or translation.get_language()):
            messages.success(request, _("Your page is saved."))
        return redirect("agent:profile")
    context = {"form": form, "person": person, **nav_context(request.user, "profile")}
    status = 422 if request.method == "POST" else 200
    return render(request, "agent/profile.html", context, status=status)
