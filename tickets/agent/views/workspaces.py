"""Saved filters: kept, named, ordered, shared, given another filter, forgotten."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from departments.http import SignedInRequest, agent_required
from departments.models import Department, User
from tickets import actions
from tickets.agent.lists import VIEWS
from tickets.agent.nav import nav_of
from tickets.agent.views.queue import query_of
from tickets.filters import Sight, TicketFilter
from tickets.models import Ticket, Workspace
from tickets.permissions import can_stop_sharing

LONGEST_QUERY = 1000


class WorkspaceForm(forms.ModelForm):  # type: ignore[type-arg]
    """The filter one looks at, for a new name or `into` a workspace of one's own; `view` is the
    list it narrows."""

    view = forms.ChoiceField(
        choices=[(slug, slug) for slug in VIEWS], initial="all", widget=forms.HiddenInput
    )
    query = forms.CharField(required=False, max_length=LONGEST_QUERY, widget=forms.HiddenInput)
    into = forms.ModelChoiceField(
        Workspace.objects.none(),
        required=False,
        label=gettext_lazy("Save into"),
        empty_label=gettext_lazy("a new workspace"),
    )

    class Meta:
        model = Workspace
        fields = ["name", "query"]

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["name"].required = False
        self.fields["into"].queryset = by.workspaces.all()  # type: ignore[attr-defined]

    def clean_query(self) -> str:
        """Only what the filter knows."""
        data = QueryDict(self.cleaned_data["query"])
        none = Ticket.objects.none()
        return query_of(TicketFilter(data, queryset=none, sight=Sight(self.by)), data)

    def clean(self) -> None:
        """Remember the list together with the filter; a new workspace needs a name."""
        super().clean()
        data = QueryDict(self.cleaned_data.get("query", ""), mutable=True)
        data["view"] = self.cleaned_data.get("view", "all")
        self.cleaned_data["query"] = data.urlencode()
        if not self.cleaned_data.get("into") and not self.cleaned_data.get("name"):
            self.add_error("name", _("Give the workspace a name."))

    def keep(self) -> Workspace:
        """Save it as was wished."""
        name, query = self.cleaned_data["name"], self.cleaned_data["query"]
        if (into := self.cleaned_data["into"]) is not None:
            return actions.change_workspace(into, by=self.by, name=name or None, query=query)
        return actions.save_workspace(by=self.by, name=name, query=query)


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """The name of a workspace, and who sees it besides."""

    shared_with = forms.ModelChoiceField(
        Department.objects.none(),
        required=False,
        label=gettext_lazy("Shared with"),
        empty_label=pgettext_lazy("shared with", "nobody"),
        help_text=gettext_lazy(
            "All who work there find it in their navigation. Each sees their own tickets in it."
        ),
    )

    class Meta:
        model = Workspace
        fields = ["name", "shared_with"]

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Department.objects.filter(pk__in=[one.pk for one in Sight(by).departments])
        self.fields["shared_with"].queryset = places  # type: ignore[attr-defined]


@agent_required
@require_http_methods(["GET", "POST"])
def workspaces(request: SignedInRequest) -> HttpResponse:
    """One's own and the shared ones; POST keeps a filter."""
    form = WorkspaceForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        workspace = form.keep()
        messages.success(request, _("“%(name)s” is saved.") % {"name": workspace.name})
        return redirect("agent:workspace", workspace.pk)
    nav = nav_of(request.user)
    shared = Workspace.objects.usable_by(request.user).exclude(owner=request.user)
    links = {link.key: link for link in nav.workspaces}
    context = {
        "own": [
            (one, links.get(f"workspace:{one.pk}"))
            for one in request.user.workspaces.select_related("shared_with")
        ],
        "shared": [
            (one, links.get(f"workspace:{one.pk}"), can_stop_sharing(request.user, one))
            for one in shared.distinct().select_related("shared_with", "owner")
        ],
        "form": form,
        "nav": nav,
        "current_view": "workspaces",
    }
    return render(
        request, "agent/workspaces.html", context, status=422 if request.method == "POST" else 200
    )


@agent_required
@require_http_methods(["GET", "POST"])
def settings(request: SignedInRequest, pk: int) -> HttpResponse:
    """Name and sharing of a workspace of one's own."""
    workspace = get_object_or_404(request.user.workspaces, pk=pk)
    # A row of its own, so that a refused form does not change what the page calls it.
    form = SettingsForm(
        request.POST or None, instance=Workspace.objects.get(pk=pk), by=request.user
    )
    if request.method == "POST" and form.is_valid():
        actions.change_workspace(workspace, by=request.user, name=form.cleaned_data["name"])
        if "shared_with" in form.changed_data:
            to = form.cleaned_data["shared_with"]
            actions.share_workspace(workspace, to=to, by=request.user)
        messages.success(request, _("“%(name)s” is saved.") % {"name": form.cleaned_data["name"]})
        return redirect("agent:workspaces")
    context = {
        "workspace": workspace,
        "form": form,
        "nav": nav_of(request.user),
        "current_view": f"workspace:{pk}",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "agent/workspace_settings.html", context, status=status)


@agent_required
@require_POST
def order(request: SignedInRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    workspace = get_object_or_404(request.user.workspaces, pk=pk)
    actions.shift_workspace(workspace, up=request.POST.get("to") == "up", by=request.user)
    return redirect("agent:workspaces")


@agent_required
@require_POST
def sharing_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a workspace out of the department it is shared with."""
    workspace = get_object_or_404(Workspace.objects.usable_by(request.user).distinct(), pk=pk)
    actions.share_workspace(workspace, to=None, by=request.user)
    messages.success(request, _("“%(name)s” is no longer shared.") % {"name": workspace.name})
    return redirect("agent:workspaces")


@agent_required
@require_POST
def deletion(request: SignedInRequest, pk: int) -> HttpResponse:
    """Forget a workspace of one's own; the tickets in it stay."""
    workspace = get_object_or_404(request.user.workspaces, pk=pk)
    actions.delete_workspace(workspace, by=request.user)
    messages.success(request, _("“%(name)s” is gone; its tickets stay.") % {"name": workspace.name})
    return redirect("agent:queue")
