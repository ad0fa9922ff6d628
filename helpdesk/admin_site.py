"""The administration: the desk's own sign-in before it, its index in our words."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from departments.http import brand_of

GROUPS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("The desk"), ("DeskSettings", "Brand", "EmbeddedForm")),
    (
        _("Departments and agents"),
        ("Department", "Agent", "OpeningHours", "Category", "Service"),
    ),
    (
        _("Mail"),
        (
            *("Mailbox", "LetterText", "InboundEmail", "OutboundEmail"),
            *("AutomaticMail", "Breaker", "ReturnedMail"),
        ),
    ),
    (_("What customers are asked for"), ("CoachRule", "CustomField")),
    (_("Promises and answers"), ("Target", "EscalationRule", "CannedReply", "Tag", "Workspace")),
    (_("Help pages"), ("Section", "Article", "Vote")),
    (
        _("People and access"),
        ("User", "Organisation", "EmailAddress", "Authenticator", "ApiToken", "Group"),
    ),
    (_("Tickets, only to look at"), ("Ticket", "Message", "Event", "Rating")),
)
"""The index: titles and the models below them. What stands in no group comes last, by app."""


class DeskAdminSite(AdminSite):
    """The administration, for people who may enter it (`is_staff`)."""

    index_title = _("Administration")

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Sign-in is the desk's own, so that its limits and second factor hold here too."""
        wanted = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}):
            wanted = reverse("admin:index", current_app=self.name)
        if self.has_permission(request):
            return HttpResponseRedirect(wanted)
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(wanted, resolve_url(settings.LOGIN_URL))

    def password_change(  # type: ignore[override]  # Django's answers with a page of its own
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        """One's own password is changed where everybody changes it."""
        return redirect("account_change_password")

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Its pages are called as the desk is called."""
        name = brand_of(request).shown_name
        return {**super().each_context(request), "site_header": name, "site_title": name}

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Models by what they are for, instead of by app."""
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        known = {model["object_name"]: (app, model) for app in apps for model in app["models"]}
        groups = []
        for title, names in GROUPS:
            found = [known.pop(name) for name in names if name in known]
            if found:
                groups.append(
                    {**found[0][0], "name": title, "models": [model for _app, model in found]}
                )
        for app in apps:
            left = [model for model in app["models"] if model["object_name"] in known]
            if left:
                groups.append({**app, "models": left})
        return groups
