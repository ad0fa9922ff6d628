"""OAuth 2 of a mailbox: the app's facts, and the way to the provider and back."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.errors import DeskError
from mailgateway import oauth
from mailgateway.models import Mailbox, OAuthAccess
from mailgateway.problems import LOOPBACK

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

# What a stored secret and stored tokens belong to.
APP = frozenset({"provider", "grant", "tenant", "client_id", "token_url"})
ANY_TENANT = frozenset({"organizations", "common", "consumers"})
SESSION = "oauth_of_mailbox"


class OAuthForm(forms.ModelForm):
    """Keeps the secret that is not typed anew, and sends it to no other app's server."""

    client_secret = forms.CharField(
        label=_("client secret"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "Of a Google service account: its key file (JSON). "
            "Stored encrypted and never shown. Empty keeps the stored one."
        ),
    )

    class Meta:
        model = OAuthAccess
        fields = ("provider", "grant", "tenant", "client_id", "client_secret", "authorize_url",
                  "token_url")  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["client_secret"] = ""

    def clean(self) -> dict[str, Any]:
        """Refuse what obviously cannot work."""
        data = super().clean() or self.cleaned_data
        stored = self.instance.client_secret
        if not data.get("client_secret"):
            data["client_secret"] = stored
            if stored and APP & set(self.changed_data):
                self.add_error("client_secret", _("Enter the secret again: the app is another."))
        for name in ("authorize_url", "token_url"):
            address = urlsplit(data.get(name) or "")
            if address.scheme == "http" and address.hostname not in LOOPBACK:
                self.add_error(name, _("Only an address that begins with https:// is safe."))
        if data.get("grant") == OAuthAccess.Grant.APP:
            self._check_app(data)
        return data

    def _check_app(self, data: dict[str, Any]) -> None:
        if data.get("provider") == OAuthAccess.Provider.MICROSOFT:
            if data.get("tenant") in ANY_TENANT:
                self.add_error("tenant", _("App-only access needs the ID of your directory."))
        elif not _is_key(data["client_secret"]):
            self.add_error("client_secret", _("This is no key of a service account."))

    def save(self, commit: bool = True) -> Any:  # noqa: FBT002 (Django's signature)
        """Tokens of another app are of no use; what was refused is tried again."""
        access = self.instance
        if APP & set(self.changed_data):
            access.refresh_token = ""
        access.access_token, access.expires_at = "", None
        access.lost_at, access.error = None, ""
        return super().save(commit)


class OAuthInline(admin.StackedInline):
    """Below the mailbox; with the way to the provider once it is saved."""

    model = OAuthAccess
    form = OAuthForm
    extra = max_num = 1
    verbose_name = _("OAuth 2, instead of passwords")
    classes = ("collapse",)
    readonly_fields = ("redirect_uri", "state")
    fields = (
        ("provider", "grant", "tenant"),
        *("client_id", "client_secret", "redirect_uri", "state"),
        ("authorize_url", "token_url"),
    )

    @admin.display(description=_("redirect URI"))
    def redirect_uri(self, access: OAuthAccess) -> str:
        """What is to be entered at the provider."""
        return way_back()

    @admin.display(description=_("access"))
    def state(self, access: OAuthAccess) -> str:
        """Whether we are let in, and what can be done about it."""
        if not access.pk:
            return gettext("Save first, then sign in here.")
        if access.error:
            said = access.error
        elif access.expires_at:
            until = date_format(timezone.localtime(access.expires_at), "SHORT_DATETIME_FORMAT")
            said = gettext("Let in; the present token is valid until %(time)s.") % {"time": until}
        else:
            said = gettext("No token was asked for yet.")
        if access.grant != OAuthAccess.Grant.PERSON:
            return said
        start = reverse("admin:mailgateway_mailbox_oauth", args=[access.mailbox_id])
        sign_in = gettext("Sign in at %(provider)s") % {"provider": access.get_provider_display()}
        return format_html('{} <a href="{}">{}</a>', said, start, sign_in)


def way_back() -> str:
    """The address to which providers send people back, one for all mailboxes."""
    return f"{settings.DESK_URL}{reverse('admin:mailgateway_mailbox_oauth_back')}"


def go(doors: "ModelAdmin[Mailbox]", request: HttpRequest, pk: int) -> HttpResponse:
    """Send the administrator to the provider; what must match on return waits in the session."""
    access = get_object_or_404(OAuthAccess.objects.select_related("mailbox"), mailbox=pk)
    if not doors.has_change_permission(request, access.mailbox):
        raise PermissionDenied
    consent = oauth.ask_consent(access, way_back())
    request.session[SESSION] = {
        "mailbox": pk, "state": consent.state, "verifier": consent.verifier
    }  # fmt: skip
    return redirect(consent.url)


def come_back(doors: "ModelAdmin[Mailbox]", request: HttpRequest) -> HttpResponse:
    """The provider sent somebody back, with a code or with a refusal."""
    asked = request.session.pop(SESSION, None)
    if not asked or not constant_time_compare(asked["state"], request.GET.get("state", "")):
        doors.message_user(request, _("This sign-in was not begun here. Begin anew."), "error")
        return redirect("admin:mailgateway_mailbox_changelist")
    access = get_object_or_404(
        OAuthAccess.objects.select_related("mailbox"), mailbox=asked["mailbox"]
    )
    if not doors.has_change_permission(request, access.mailbox):
        raise PermissionDenied
    back = redirect("admin:mailgateway_mailbox_change", access.mailbox_id)
    if refusal := request.GET.get("error"):
        why = request.GET.get("error_description") or refusal
        said = gettext("%(provider)s did not let us in: %(why)s")
        facts = {"provider": access.get_provider_display(), "why": why[:300]}
        doors.message_user(request, said % facts, messages.ERROR)
        return back
    try:
        oauth.take_consent(
            access,
            code=request.GET.get("code", ""),
            verifier=asked["verifier"],
            redirect_uri=way_back(),
        )
    except DeskError as problem:
        doors.message_user(request, str(problem), messages.ERROR)
        return back
    now = timezone.now()
    Mailbox.objects.filter(pk=access.mailbox_id).update(
        next_poll_at=now, silent_since=now, failures=0, alarmed_at=None
    )
    said = gettext("%(provider)s lets this mailbox in.")
    facts = {"provider": access.get_provider_display()}
    doors.message_user(request, said % facts, messages.SUCCESS)
    return back


def _is_key(secret: str) -> bool:
    try:
        load_pem_private_key(oauth.private_key(secret).encode(), None)
    except (ValueError, TypeError):
        return False
    return True
