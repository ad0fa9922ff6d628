"""Automatic mail: how much of it, where it was stopped, and whose letters come back."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from departments.models import ReturnedMail, User
from helpdesk.lib.admin import ReadOnlyAdmin
from mailgateway import breaker
from mailgateway.models import AutomaticMail, Breaker


@admin.register(AutomaticMail)
class AutomaticMailAdmin(admin.ModelAdmin):
    """One page: the limits that hold."""

    fieldsets = (
        (None, {"fields": ("confirmations_per_day",)}),
        (
            _("The breaker: stops automatic mail, never what people write"),
            {
                "fields": (
                    "to_customer_per_hour",
                    "to_agent_per_hour",
                    "per_mailbox_per_hour",
                    "in_all_per_hour",
                ),
            },
        ),
        (_("What comes"), {"fields": ("letters_per_hour", "pause_after")}),
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """There is nothing to choose from."""
        limits = AutomaticMail.objects.first()
        if limits is None:
            return redirect("admin:mailgateway_automaticmail_add")
        return redirect("admin:mailgateway_automaticmail_change", limits.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """One row is enough."""
        return super().has_add_permission(request) and not AutomaticMail.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """The row may go back to the defaults, but not away."""
        return False


class OneClickAdmin(ReadOnlyAdmin):
    """Rows with one button each, which also stands among the actions: `says` is written on it, and
    `verb` does it to the rows, in the name of somebody, and returns a sentence."""

    says: object
    verb: Callable[[Any, User], str]
    actions = ("do_it",)

    def has_click_permission(self, request: HttpRequest) -> bool:
        """Whoever may set the limits."""
        return request.user.has_perm("mailgateway.change_automaticmail")

    def get_urls(self) -> list[URLPattern]:
        """And where the button leads."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_click"
        own = path("<int:pk>/click/", self.admin_site.admin_view(self.click), name=name)
        return [own, *super().get_urls()]

    @admin.display(description="")
    def button(self, row: Model) -> str:
        """Inside the form of the list, so it needs no script."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_click"
        button = '<button type="submit" class="button" formaction="{}">{}</button>'
        return format_html(button, reverse(name, args=[row.pk]), self.says)

    def click(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it to one row."""
        if not self.has_click_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self.do_it(request, self.get_queryset(request).filter(pk=pk))
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    @admin.action(description=_("Do it for all that are chosen"), permissions=["click"])
    def do_it(self, request: HttpRequest, rows: QuerySet[Model]) -> None:
        """Do it to many."""
        assert isinstance(request.user, User)  # noqa: S101 (the admin lets nobody else in)
        self.message_user(request, type(self).verb(rows, request.user), messages.SUCCESS)


def _let_through(rows: QuerySet[Breaker], by: User) -> str:
    count = breaker.let_through(rows, by=by)
    return ngettext(
        "Automatic mail passes again: %(count)d stop was lifted.",
        "Automatic mail passes again: %(count)d stops were lifted.",
        count,
    ) % {"count": count}


def _write_again(rows: QuerySet[ReturnedMail], by: User) -> str:
    count, _kinds = rows.delete()
    return ngettext(
        "%(count)d address is thought to be well again.",
        "%(count)d addresses are thought to be well again.",
        count,
    ) % {"count": count}


class IsOpen(admin.SimpleListFilter):
    """Those that stop mail now, or all there ever were."""

    title = _("state")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, Any]]:
        """Two questions."""
        return [("1", _("stops mail now")), ("0", _("over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Breaker]) -> QuerySet[Breaker]:
        """Narrowed."""
        now_open = Breaker.objects.open().values("pk")
        if self.value() == "1":
            return queryset.filter(pk__in=now_open)
        return queryset.exclude(pk__in=now_open) if self.value() == "0" else queryset


@admin.register(Breaker)
class BreakerAdmin(OneClickAdmin):
    """Where automatic mail was stopped, and one click to let it through again."""

    says = _("Let automatic mail through")
    verb = staticmethod(_let_through)
    list_display = (
        *("scope", "where", "opened_at", "sent", "held", "last_held_at"),
        *("closes_at", "closed_at", "closed_by", "button"),
    )
    list_display_links = None
    list_filter = (IsOpen, "scope")
    list_select_related = ("closed_by",)
    search_fields = ("key",)

    @admin.display(description=_("address"))
    def where(self, row: Breaker) -> str:
        """A dash for the whole desk."""
        return row.key or "—"

    @admin.display(description="")
    def button(self, row: Breaker) -> str:  # type: ignore[override]
        """Only where there is something to lift."""
        return super().button(row) if row.is_open else ""


@admin.register(ReturnedMail)
class ReturnedMailAdmin(OneClickAdmin):
    """Whose letters come back, agents among them: their notices are written again at a click."""

    says = _("Write to them again")
    verb = staticmethod(_write_again)
    list_display = (
        *("person", "times", "first_at", "last_at", "status", "detail", "paused_at"),
        "button",
    )
    list_display_links = None
    list_filter = (("paused_at", admin.EmptyFieldListFilter), "last_at")
    list_select_related = ("person",)
    search_fields = ("person__email", "detail")
