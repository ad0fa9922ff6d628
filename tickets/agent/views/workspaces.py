"""Saved filters."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from departments.http import SignedInRequest, agent_required
from tickets.agent.lists import VIEWS
from tickets.agent.nav import nav_of
from tickets.agent.views.queue import query_of
from tickets.filters import Sight, TicketFilter
from tickets.models import Ticket, Workspace

LONGEST_QUERY = 1000


class WorkspaceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A name for the filter one looks at; `view` is the list it narrows."""

    view = forms.ChoiceField(
        choices=[(slug, slug) for slug in VIEWS], initial="all", widget=forms.HiddenInput
    )
    query = forms.CharField(required=False, max_length=LONGEST_QUERY, widget=forms.HiddenInput)

    class Meta:
        model = Workspace
        fields = ["name", "query"]
        error_messages = {"name": {"required": gettext_lazy("Give the workspace a name.")}}

    def clean_query(self) -> str:
        """Only what the filter knows."""
        data = QueryDict(self.cleaned_data["query"])
        none = Ticket.objects.none()
        return query_of(TicketFilter(data, queryset=none, sight=Sight(self.instance.owner)), data)

    def clean(self) -> None:
        """Remember the list together with the filter."""
        super().clean()
        data = QueryDict(self.cleaned_data.get("query", ""), mutable=True)
        data["view"] = self.cleaned_data.get("view", "all")
        self.cleaned_data["query"] = data.urlencode()


@agent_required
@require_http_methods(["GET", "POST"])
def workspaces(request: SignedInRequest) -> HttpResponse:
    """One's own workspaces; POST saves a new one."""
    form = WorkspaceForm(request.POST or None, instance=Workspace(owner=request.user))
    if request.method == "POST" and form.is_valid():
        workspace = form.save()
        messages.success(request, _("“%(name)s” is saved.") % {"name": workspace.name})
        return redirect("agent:workspace", workspace.pk)
    context = {
        "own": request.user.workspaces.all(),
        "form": form,
        "nav": nav_of(request.user),
        "current_view": "workspaces",
    }
    return render(
        request, "agent/workspaces.html", context, status=422 if request.method == "POST" else 200
    )


@agent_required
@require_POST
def deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forget a workspace of one's own; the tickets in it stay."""
    workspace = get_object_or_404(request.user.workspaces, pk=pk)
    workspace.delete()
    messages.success(request, _("“%(name)s” is gone; its tickets stay.") % {"name": workspace.name})
    return redirect("agent:queue")
