"""The tray: letters that go, to look at."""

from django.contrib import admin

from helpdesk.lib.admin import ReadOnlyAdmin
from mailgateway.models import OutboundEmail


@admin.register(OutboundEmail)
class OutboundEmailAdmin(ReadOnlyAdmin):
    """Every letter that goes, and how far it came."""

    fields = (
        *("mailbox", "ticket", "kind", "recipient", "copies", "subject", "letter_id", "text"),
        *("state", "tries", "next_try_at", "last_error", "created_at", "sent_at"),
    )
    list_display = ("id", "created_at", "kind", "recipient", "subject", "state", "tries", "sent_at")
    list_filter = ("state", "kind", "mailbox", "created_at")
    search_fields = ("recipient", "subject", "letter_id")
