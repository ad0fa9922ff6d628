"""How an agent wants to see lists: columns, density, rows a page."""

from typing import ClassVar

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from departments.http import SignedInRequest, agent_required
from departments.models import User
from tickets.agent.places import own_page


class ArrangementForm(forms.ModelForm):  # type: ignore[type-arg]
    """The menu "View" of every list."""

    list_columns = forms.MultipleChoiceField(
        label=_("Beside subject, customer and time"),
        choices=User.Column.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = User
        fields = ["list_columns", "list_density", "list_size"]
        widgets: ClassVar = {"list_density": forms.RadioSelect, "list_size": forms.RadioSelect}


@agent_required
@require_POST
def arrangement(request: SignedInRequest) -> HttpResponse:
    """Keep it for this agent, and show the list again. What no menu can send changes nothing."""
    form = ArrangementForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        form.save()
    return redirect(own_page(request.POST.get("back", "")))
