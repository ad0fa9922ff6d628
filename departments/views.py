"""One's own page. Signing in and out is django-allauth's."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from departments.forms import ProfileForm
from departments.http import SignedInRequest
from departments.models import User


def profile(request: SignedInRequest) -> HttpResponse:
    """Name, language and time zone; from here to address, password and second factor."""
    # A copy of its own: a form that fails must not rename the person in the page's head.
    person = User.objects.get(pk=request.user.pk)
    language = person.language or translation.get_language()
    form = ProfileForm(
        request.POST if request.method == "POST" else None,
        instance=person,
        initial={"language": language},
    )
    if form.is_valid():
        form.save()
        with translation.override(form.cleaned_data["language"]):
            messages.success(request, _("Saved."))
        return redirect("account_profile")
    status = 422 if form.is_bound else 200
    return render(request, "portal/profile.html", {"form": form}, status=status)
