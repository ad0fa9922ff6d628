"""Mailboxes to set up and to try out."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.errors import DeskError
from mailgateway import imap, problems, smtp
from mailgateway.models import Mailbox, Security

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Ports that speak only one way, and what to say to somebody who chose another.
TLS_PORTS = {993: "IMAP", 465: "SMTP"}
PLAIN_PORTS = {143: "IMAP", 25: "SMTP", 587: "SMTP"}
READING_PLACE = frozenset({"imap_host", "imap_user", "imap_folder"})


def _secret(label: "_StrPromise") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        strip=False,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=_("Stored encrypted and never shown. Empty keeps the stored one."),
    )


class MailboxForm(forms.ModelForm):
    """Refuses what obviously cannot work, and keeps passwords that are not typed anew."""

    imap_password = _secret(_("IMAP password"))
    smtp_password = _secret(_("SMTP password"))

    class Meta:
        model = Mailbox
        fields = "__all__"  # noqa: DJ007 (the admin's fieldsets choose)

    def clean(self) -> dict[str, Any]:
        """Both servers, one like the other; a mailbox that does nothing is no mailbox."""
        data = super().clean() or self.cleaned_data
        for kind in ("imap", "smtp"):
            self._check_server(kind, data)
        if data.get("is_active") and not (data.get("imap_host") or data.get("smtp_host")):
            self.add_error("imap_host", _("An active mailbox needs a server to read or send by."))
        return data

    def _check_server(self, kind: str, data: dict[str, Any]) -> None:
        host, port = data.get(f"{kind}_host") or "", data.get(f"{kind}_port")
        security = data.get(f"{kind}_security")
        stored = getattr(self.instance, f"{kind}_password")
        if not data.get(f"{kind}_password"):
            data[f"{kind}_password"] = stored
            # Or whoever may edit mailboxes could have the password sent to a server of theirs.
            if stored and f"{kind}_host" in self.changed_data:
                self.add_error(
                    f"{kind}_password",
                    _("Enter the password again: the stored one belongs to another server."),
                )
        if not host:
            return
        if port in TLS_PORTS and security != Security.TLS:
            self.add_error(
                f"{kind}_security", _("Port %(port)d speaks TLS. Choose TLS.") % {"port": port}
            )
        elif port in PLAIN_PORTS and security == Security.TLS:
            self.add_error(
                f"{kind}_security",
                _("Port %(port)d does not begin with TLS. Choose STARTTLS.") % {"port": port},
            )
        elif security == Security.NONE:
            try:
                problems.refuse_open_lines(host)
            except DeskError as problem:
                self.add_error(f"{kind}_security", str(problem))
        if kind == "imap" and not data.get("imap_user"):
            self.add_error("imap_user", _("Reading needs a user name: often the whole address."))


@admin.register(Mailbox)
class MailboxAdmin(admin.ModelAdmin):
    """Addresses of departments; both servers can be tried out before customers do."""

    form = MailboxForm
    fieldsets = (
        (None, {"fields": ("name", "address", "department", "is_active")}),
        (
            _("Reading (IMAP)"),
            {
                "fields": (
                    ("imap_host", "imap_port", "imap_security"),
                    ("imap_user", "imap_password"),
                    "imap_folder",
                    "letters_since",
                ),
                "description": _(
                    "Letters are fetched and left where they are; only new ones are looked at."
                ),
            },
        ),
        (
            _("Sending (SMTP)"),
            {
                "fields": (
                    ("smtp_host", "smtp_port", "smtp_security"),
                    ("smtp_user", "smtp_password"),
                    "takes_plus_addresses",
                    "sent_folder",
                ),
            },
        ),
        (_("State"), {"fields": ("last_success_at", "failures", "last_error", "sending_error")}),
    )
    readonly_fields = ("last_success_at", "failures", "last_error", "sending_error")
    list_display = ("address", "department", "is_active", "last_success_at", "failures", "trouble")
    list_filter = ("is_active", "department")
    list_select_related = ("department",)
    search_fields = ("address", "name")
    actions = ("test_reading", "test_sending")

    @admin.display(description=_("last error"))
    def trouble(self, mailbox: Mailbox) -> str:
        """The beginning of it."""
        return (mailbox.last_error or mailbox.sending_error)[:100]

    def save_model(self, request: HttpRequest, obj: Mailbox, form: Any, change: bool) -> None:
        """New settings are tried at once; another place is read from its beginning."""
        if READING_PLACE & set(form.changed_data):
            obj.uid_validity, obj.last_uid = None, 0
        obj.next_poll_at, obj.failures, obj.last_error = timezone.now(), 0, ""
        obj.sending_failures, obj.sending_error = 0, ""
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Mailbox, post_url_continue: Any = None
    ) -> HttpResponse:
        """The buttons below the form."""
        return self._tested(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Mailbox) -> HttpResponse:
        """The buttons below the form."""
        return self._tested(request, obj) or super().response_change(request, obj)

    def _tested(self, request: HttpRequest, mailbox: Mailbox) -> HttpResponse | None:
        if "_test_reading" in request.POST:
            self._try(request, mailbox, imap.check)
        elif "_test_sending" in request.POST:
            self._try(request, mailbox, smtp.check)
        else:
            return None
        return redirect("admin:mailgateway_mailbox_change", mailbox.pk)

    @admin.action(description=_("Test reading"), permissions=["change"])
    def test_reading(self, request: HttpRequest, mailboxes: QuerySet[Mailbox]) -> None:
        """Connect, sign in, open the folder."""
        for mailbox in mailboxes:
            self._try(request, mailbox, imap.check)

    @admin.action(description=_("Test sending"), permissions=["change"])
    def test_sending(self, request: HttpRequest, mailboxes: QuerySet[Mailbox]) -> None:
        """Connect and sign in; no letter is sent."""
        for mailbox in mailboxes:
            self._try(request, mailbox, smtp.check)

    def _try(
        self,
        request: HttpRequest,
        mailbox: Mailbox,
        check: Callable[[Mailbox], list[problems.Step]],
    ) -> None:
        for step in check(mailbox):
            level = messages.SUCCESS if step.done else messages.ERROR
            self.message_user(request, f"{mailbox.address}: {step}", level)
