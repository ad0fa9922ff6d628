"""How an agent wants to see lists: columns, density, rows a page."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from departments.http import SignedInRequest, agent_required
from departments.models import User
from helpdesk.lib.htmx import is_part, render_page
from tickets.agent.nav import nav_context
from tickets.agent.paging import asked
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
@require_http_methods(["GET", "POST"])
def arrangement(request: SignedInRequest) -> HttpResponse:
    """The menu, as a page for those without JavaScript; POST keeps it for this agent, and shows the
    list again. What no menu can send changes nothing."""
    if request.method == "GET":
        context: dict[str, Any] = {
            "form": ArrangementForm(instance=request.user, auto_id=False),
            "key": asked(request.GET, "key"),
            "back": asked(request.GET, "back"),
        }
        if not is_part(request):
            context |= nav_context(request.user, context["key"])
        return render_page(
            request, "agent/arrangement.html", context, part="agent/_arrangement_form.html"
        )
    form = ArrangementForm(request.POST, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        form.save()
    return redirect(own_page(request.POST.get("back", "")))
