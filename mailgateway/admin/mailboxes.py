"""Mailboxes to set up and to try out."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.errors import DeskError
from mailgateway import imap, inbound, problems, smtp
from mailgateway.admin import oauth
from mailgateway.admin.oauth import OAuthInline
from mailgateway.models import AfterImport, Mailbox, Security, UnfetchedLetter

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

# Ports that speak only one way, and what to say to somebody who chose another.
TLS_PORTS = {993: "IMAP", 465: "SMTP"}
PLAIN_PORTS = {143: "IMAP", 25: "SMTP", 587: "SMTP"}
READING_PLACE = frozenset({"imap_host", "imap_user", "imap_folder"})
STATE = ("last_success_at", "failures", "last_error", "filing_error", "compared_at", "compared")


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
        if data.get("after_import") == AfterImport.MOVE:
            self._check_folder(data)
        if data.get("is_active") and not (data.get("imap_host") or data.get("smtp_host")):
            self.add_error("imap_host", _("An active mailbox needs a server to read or send by."))
        return data

    def _check_folder(self, data: dict[str, Any]) -> None:
        if not data.get("move_to"):
            self.add_error("move_to", _("Enter the folder to which letters shall move."))
        elif data["move_to"] == data.get("imap_folder"):
            self.add_error("move_to", _("Letters are read from this folder. Enter another one."))

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


class UnfetchedInline(admin.TabularInline):
    """Letters that the server does not hand over, to look at."""

    model = UnfetchedLetter
    fields = readonly_fields = ("uid", "found_at", "tries", "next_try_at", "error")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody."""
        return False


@admin.register(Mailbox)
class MailboxAdmin(admin.ModelAdmin):
    """Addresses of departments; both servers can be tried out before customers do."""

    form = MailboxForm
    fieldsets = (
        (None, {"fields": ("name", "address", "department", "is_active", "sign_in")}),
        (
            _("Reading (IMAP)"),
            {
                "fields": (
                    ("imap_host", "imap_port", "imap_security"),
                    ("imap_user", "imap_password"),
                    "imap_folder",
                    "letters_since",
                    "largest_letter_mb",
                    "trusted_authserv_ids",
                ),
            },
        ),
        (
            _("After reading"),
            {
                "fields": (
                    ("after_import", "move_to", "delete_after_days"),
                    ("compare_days", "alarm_after_minutes"),
                )
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
        (_("State"), {"fields": STATE}),
    )
    readonly_fields = STATE
    list_display = (
        *("address", "department", "is_active", "last_success_at", "failures", "trouble"),
        "compared",
    )
    inlines = (OAuthInline, UnfetchedInline)
    list_filter = ("is_active", "department")
    list_select_related = ("department",)
    search_fields = ("address", "name")
    actions = ("test_reading", "test_sending", "compare_now")

    def get_urls(self) -> list[URLPattern]:
        """And the way to a provider of OAuth 2 and back."""
        protected = self.admin_site.admin_view
        return [
            path(
                "<int:pk>/oauth/",
                protected(partial(oauth.go, self)),
                name="mailgateway_mailbox_oauth",
            ),
            path(
                "oauth/back/",
                protected(partial(oauth.come_back, self)),
                name="mailgateway_mailbox_oauth_back",
            ),
            *super().get_urls(),
        ]

    @admin.display(description=_("last error"))
    def trouble(self, mailbox: Mailbox) -> str:
        """The beginning of it."""
        return (mailbox.last_error or mailbox.sending_error)[:100]

    @admin.display(description=_("letters on the server and here"))
    def compared(self, mailbox: Mailbox) -> str:
        """The two numbers of the last comparison, and a warning where they differ."""
        if mailbox.compared_at is None:
            return gettext("not compared yet")
        numbers = {"server": mailbox.server_count, "ledger": mailbox.ledger_count}
        if mailbox.server_count == mailbox.ledger_count:
            return gettext("%(server)d on the server, all of them here") % numbers
        return gettext("⚠ %(server)d on the server, only %(ledger)d of them here") % numbers

    def save_model(self, request: HttpRequest, obj: Mailbox, form: Any, change: bool) -> None:
        """New settings are tried at once; another place is read from its beginning."""
        if READING_PLACE & set(form.changed_data):
            obj.place += 1
            obj.uid_validity, obj.last_uid = None, 0
            obj.server_count = obj.ledger_count = obj.compared_at = None
        now = timezone.now()
        obj.next_poll_at = obj.next_compare_at = obj.silent_since = now
        obj.failures, obj.last_error, obj.filing_error = 0, "", ""
        obj.sending_failures, obj.sending_error = 0, ""
        obj.alarmed_at = None
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
        button = next((name for name in BUTTONS if name in request.POST), None)
        if button is None:
            return None
        # Not inside the transaction in which the admin saves: it may take a minute, and what is
        # stored meanwhile (a letter, a renewed token) must stay whatever happens afterwards.
        transaction.on_commit(lambda: BUTTONS[button](self, request, mailbox))
        return redirect("admin:mailgateway_mailbox_change", mailbox.pk)

    @admin.action(description=_("Test reading"), permissions=["change"])
    def test_reading(self, request: HttpRequest, mailboxes: QuerySet[Mailbox]) -> None:
        """Connect, sign in, open the folder."""
        for mailbox in mailboxes:
            self._test_reading(request, mailbox)

    @admin.action(description=_("Test sending"), permissions=["change"])
    def test_sending(self, request: HttpRequest, mailboxes: QuerySet[Mailbox]) -> None:
        """Connect and sign in; no letter is sent."""
        for mailbox in mailboxes:
            self._test_sending(request, mailbox)

    @admin.action(description=_("Compare with the server now"), permissions=["change"])
    def compare_now(self, request: HttpRequest, mailboxes: QuerySet[Mailbox]) -> None:
        """Count the letters on both sides, and fetch what is missing here."""
        for mailbox in mailboxes:
            self._compare(request, mailbox)

    def _compare(self, request: HttpRequest, mailbox: Mailbox) -> None:
        try:
            came = len(list(inbound.compare_all(mailbox.pk)))
        except DeskError as problem:
            self.message_user(request, f"{mailbox.address}: {problem}", messages.ERROR)
            return
        mailbox.refresh_from_db()
        equal = mailbox.server_count == mailbox.ledger_count
        said = ngettext(
            "%(compared)s; %(count)d letter came just now.",
            "%(compared)s; %(count)d letters came just now.",
            came,
        ) % {"compared": self.compared(mailbox), "count": came}
        level = messages.SUCCESS if equal else messages.WARNING
        self.message_user(request, f"{mailbox.address}: {said}", level)

    def _test_reading(self, request: HttpRequest, mailbox: Mailbox) -> None:
        self._try(request, mailbox, imap.check)

    def _test_sending(self, request: HttpRequest, mailbox: Mailbox) -> None:
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


# What the buttons below the form do once it is saved.
BUTTONS: dict[str, Callable[[MailboxAdmin, HttpRequest, Mailbox], None]] = {
    "_test_reading": MailboxAdmin._test_reading,
    "_test_sending": MailboxAdmin._test_sending,
    "_compare": MailboxAdmin._compare,
}
