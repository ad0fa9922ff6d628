"""The ledger: letters that came, to look at and to handle again."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from helpdesk.lib.admin import ReadOnlyAdmin
from mailgateway import inbound
from mailgateway.models import InboundEmail


@admin.register(InboundEmail)
class InboundEmailAdmin(ReadOnlyAdmin):
    """Every letter that ever came, and what became of it."""

    fields = (
        *("mailbox", "received_at", "sender", "subject", "letter_id", "size"),
        *("state", "reason", "ticket", "handled_at", "tries", "next_try_at", "error", "letter"),
    )
    readonly_fields = ("letter",)
    list_display = (
        "id",
        "received_at",
        "mailbox",
        "sender",
        "subject",
        "state",
        "reason",
        "ticket",
    )
    list_filter = ("state", "mailbox", "received_at")
    list_select_related = ("mailbox", "ticket")
    search_fields = ("sender", "subject", "letter_id")
    date_hierarchy = "received_at"
    actions = ("handle_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[InboundEmail]:
        """Without the letters themselves, which are large."""
        return super().get_queryset(request).defer("raw")

    def get_urls(self) -> list[URLPattern]:
        """And the letter as it came."""
        own = path(
            "<int:pk>/letter.eml",
            self.admin_site.admin_view(self.download),
            name="mailgateway_inboundemail_letter",
        )
        return [own, *super().get_urls()]

    @admin.display(description=_("letter as it came"))
    def letter(self, email: InboundEmail) -> str:
        """A link to its bytes."""
        address = reverse("admin:mailgateway_inboundemail_letter", args=[email.pk])
        return format_html('<a href="{}">{}</a>', address, f"{email.pk}.eml")

    def download(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The bytes as they came, as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        raw = InboundEmail.objects.filter(pk=pk).values_list("raw", flat=True).first()
        if raw is None:
            raise Http404
        response = HttpResponse(bytes(raw), content_type="message/rfc822")
        response.headers["Content-Disposition"] = f'attachment; filename="{pk}.eml"'
        return response

    def has_handle_permission(self, request: HttpRequest) -> bool:
        """Whoever may set up mailboxes."""
        return request.user.has_perm("mailgateway.change_mailbox")

    @admin.action(description=_("Handle again"), permissions=["handle"])
    def handle_again(self, request: HttpRequest, letters: QuerySet[InboundEmail]) -> None:
        """Letters that were understood are left as they are."""
        waiting = letters.filter(handled_at__isnull=True)
        keys = list(waiting.order_by("pk").values_list("pk", flat=True))
        inbound.try_again(InboundEmail.objects.filter(pk__in=keys))
        for key in keys:
            inbound.handle(key)
        done = InboundEmail.objects.filter(pk__in=keys, handled_at__isnull=False).count()
        said = ngettext(
            "%(done)d of %(all)d letter was understood.",
            "%(done)d of %(all)d letters were understood.",
            len(keys),
        )
        level = messages.SUCCESS if done == len(keys) else messages.ERROR
        self.message_user(request, said % {"done": done, "all": len(keys)}, level)
