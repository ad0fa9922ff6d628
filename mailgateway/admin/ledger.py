"""The ledger: letters that came, to look at, to run again, to ignore."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from departments.models import User
from helpdesk.lib.admin import ReadOnlyAdmin
from mailgateway import inbound
from mailgateway.models import InboundEmail

MOST_AT_ONCE = 200


def _actor(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101  # the administration lets nobody else in
    return request.user


@admin.register(InboundEmail)
class InboundEmailAdmin(ReadOnlyAdmin):
    """Every letter that ever came, what became of it, and what can be done with it."""

    fields = ()
    list_display = (
        *("id", "received_at", "mailbox", "sender", "subject", "state", "reason", "ticket"),
    )
    list_filter = ("state", "kind", "mailbox", "received_at")
    list_select_related = ("mailbox", "ticket")
    search_fields = ("sender", "recipients", "subject")
    ordering = ("-received_at", "-id")
    date_hierarchy = "received_at"
    actions = ("run_again", "ignore")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundEmail]:
        """Without the letters themselves, which are large."""
        return super().get_queryset(request).defer("raw", "error")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What the ledger's own page says of the letter as well."""
        letter = self.get_object(request, object_id)
        if letter is not None and self.has_view_permission(request, letter):
            look = inbound.look_at(letter)
            extra_context = {**(extra_context or {}), "look": look, "letter": letter}
        return super().change_view(request, object_id, form_url, extra_context)

    def has_handle_permission(self, request: HttpRequest) -> bool:
        """Whoever may set up mailboxes."""
        return request.user.has_perm("mailgateway.change_mailbox")

    @admin.action(description=_("Run again"), permissions=["handle"])
    def run_again(self, request: HttpRequest, letters: QuerySet[InboundEmail]) -> None:
        """Letters that nothing has become of yet; others are left as they are."""
        tally = inbound.run_all_again(letters.order_by("pk"), by=_actor(request))
        level = messages.ERROR if tally.broken else messages.SUCCESS
        self.message_user(request, str(tally), level)

    @admin.action(description=_("Ignore with a reason"), permissions=["handle"])
    def ignore(self, request: HttpRequest, letters: QuerySet[InboundEmail]) -> HttpResponse | None:
        """Asks for the reason first."""
        reason = request.POST.get("reason", "").strip()
        if not reason:
            context = {
                **self.admin_site.each_context(request),
                "title": _("Ignore letters"),
                "opts": self.opts,
                "letters": letters.order_by("pk")[:MOST_AT_ONCE],
            }
            return TemplateResponse(request, "admin/mailgateway/inboundemail/ignore.html", context)
        count = inbound.ignore_all(letters, by=_actor(request), reason=reason)
        said = ngettext("%(n)d letter is ignored.", "%(n)d letters are ignored.", count)
        self.message_user(request, said % {"n": count}, messages.SUCCESS)
        return None
