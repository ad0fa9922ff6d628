"""The tray: letters that go, to look at, to send once more and to stop."""

from contextlib import suppress

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from helpdesk.lib.admin import ReadOnlyAdmin
from helpdesk.lib.queue import enqueue_on_commit
from mailgateway import outbound, tasks
from mailgateway.composing import TO_OUTSIDE
from mailgateway.models import OutboundEmail
from tickets import actions

State = OutboundEmail.State


@admin.register(OutboundEmail)
class OutboundEmailAdmin(ReadOnlyAdmin):
    """Every letter that goes, and how far it came."""

    fields = (
        *("mailbox", "ticket", "kind", "recipient", "copies", "subject", "letter_id"),
        *("state", "answered", "tries", "next_try_at", "last_error", "created_at", "sent_at"),
        "words",
    )
    readonly_fields = ("answered", "words")
    list_display = (
        *("id", "created_at", "mailbox", "kind", "recipient", "subject", "state"),
        *("tries", "next_try_at", "sent_at"),
    )
    list_filter = ("state", "mailbox", "kind", "created_at")
    list_select_related = ("mailbox",)
    search_fields = ("recipient", "subject", "letter_id")
    date_hierarchy = "created_at"
    actions = ("send_again", "stop")

    @admin.display(description=_("text"))
    def words(self, row: OutboundEmail) -> str:
        """What it says; codes that open an account are nobody else's."""
        if row.kind == outbound.ACCOUNT:
            return str(_("Not shown: letters about accounts carry codes."))
        return row.text

    @admin.display(description=_("what servers said"))
    def answered(self, row: OutboundEmail) -> str:
        """One line for each address."""

        def said(address: str) -> str:
            if address in row.doubtful:
                return str(_("the answer was lost"))
            if address not in row.answers:
                return "—"
            return row.answers[address] or str(_("taken"))

        lines = [(address, said(address)) for address in row.addresses]
        return format_html_join("", "<div>{}: {}</div>", lines)

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Whoever may set up mailboxes."""
        return request.user.has_perm("mailgateway.change_mailbox")

    @admin.action(description=_("Send once more"), permissions=["send"])
    def send_again(self, request: HttpRequest, rows: QuerySet[OutboundEmail]) -> None:
        """To those who have not got it, for all we know; letters that wait go at once. Answers to
        people outside go by the verb, so that the ticket's history knows."""
        count, others = 0, []
        for row in rows.select_related("message__ticket"):
            if row.message is None or row.state == State.QUEUED or row.kind not in TO_OUTSIDE:
                others.append(row.pk)
                continue
            with suppress(actions.NothingToResend):
                actions.resend_reply(row.message, by=request.user)  # type: ignore[arg-type]
                count += 1
        for pk in outbound.try_again(OutboundEmail.objects.filter(pk__in=others)):
            enqueue_on_commit(tasks.send, pk)
            count += 1
        said = ngettext("%(count)d letter goes.", "%(count)d letters go.", count)
        self._tell(request, said, count)

    @admin.action(description=_("Do not send"), permissions=["send"])
    def stop(self, request: HttpRequest, rows: QuerySet[OutboundEmail]) -> None:
        """Letters that wait go to nobody else."""
        count = outbound.stop(OutboundEmail.objects.filter(pk__in=rows.values("pk")))
        said = ngettext("%(count)d letter was stopped.", "%(count)d letters were stopped.", count)
        self._tell(request, said, count)

    def _tell(self, request: HttpRequest, said: str, count: int) -> None:
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, said % {"count": count}, level)
