"""What administrators set up for tickets; tickets themselves are only to look at."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.forms import SimpleArrayField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from departments.admin import DepartmentAdmin
from departments.models import Department, desk_url
from helpdesk.lib.admin import ReadOnlyAdmin
from tickets import placeholders
from tickets.models import (
    CannedReply,
    CoachRule,
    CustomField,
    EmbeddedForm,
    EscalationRule,
    EscalationStep,
    Event,
    FieldOption,
    Message,
    Rating,
    Tag,
    Target,
    Ticket,
    Workspace,
    origin_of,
)
from tickets.models.embedding import refuse_no_origin


class TargetInline(admin.TabularInline):
    """What a department promises."""

    model = Target
    extra = 0


admin.site.unregister(Department)


@admin.register(Department)
class DepartmentWithTargetsAdmin(DepartmentAdmin):
    """The people floor knows nothing of promises, so they are added here."""

    inlines = (*DepartmentAdmin.inlines, TargetInline)


@admin.register(Target)
class TargetAdmin(admin.ModelAdmin):
    """All promises in one list."""

    list_display = ("department", "priority", "first_answer", "next_answer", "solution")
    list_filter = ("department",)
    list_select_related = ("department",)


class StepInline(admin.StackedInline):
    """What happens, before or after the promised time."""

    model = EscalationStep
    extra = 0
    fields = (
        ("offset_minutes", "tells_lead", "tells_assignee"),
        "tells",
        ("sets_priority", "assigns_to", "moves_to"),
    )
    autocomplete_fields = ("tells", "assigns_to", "moves_to")


@admin.register(EscalationRule)
class EscalationRuleAdmin(admin.ModelAdmin):
    """Which tickets are watched."""

    inlines = (StepInline,)
    list_display = ("name", "clock", "department", "priority", "is_active")
    list_filter = ("is_active", "department")
    list_select_related = ("department",)


class CannedReplyForm(forms.ModelForm):
    """Refuses placeholders that nobody fills."""

    class Meta:
        model = CannedReply
        fields = "__all__"  # noqa: DJ007 (the admin's fields choose)

    def clean_body(self) -> dict[str, str]:
        """In every language."""
        body: dict[str, str] = self.cleaned_data["body"]
        placeholders.refuse_unknown(body.values())
        return body


@admin.register(CannedReply)
class CannedReplyAdmin(admin.ModelAdmin):
    """Answers kept ready."""

    form = CannedReplyForm
    fields = (
        *("title", "body", "department", "owner"),
        *("sets_status", "holds_for_days", "sets_priority", "assigns", "assigns_to", "moves_to"),
        *("sets_fields", "adds_tags", "removes_tags", "adds_note"),
        *("is_active", "used", "last_used_at"),
    )
    readonly_fields = ("used", "last_used_at")
    autocomplete_fields = (
        *("department", "owner", "assigns_to", "moves_to", "adds_tags", "removes_tags"),
    )
    list_display = ("title", "department", "owner", "used", "last_used_at", "is_active")
    list_filter = ("is_active", "department")
    list_select_related = ("department", "owner")
    search_fields = ("title", "body")


class EmbeddedFormForm(forms.ModelForm):
    """Sites one a line, as people paste them; what is kept of each is its origin."""

    origins = SimpleArrayField(
        forms.CharField(required=False),
        delimiter="\n",
        label=EmbeddedForm._meta.get_field("origins").verbose_name,
        help_text=EmbeddedForm._meta.get_field("origins").help_text,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
    )

    class Meta:
        model = EmbeddedForm
        fields = "__all__"  # noqa: DJ007 (the admin's fields choose)

    def clean_origins(self) -> list[str]:
        """Each once, as browsers say it."""
        typed = [one for one in self.cleaned_data["origins"] if one]
        for one in typed:
            refuse_no_origin(origin_of(one) or one)
        return list(dict.fromkeys(map(origin_of, typed)))


@admin.register(EmbeddedForm)
class EmbeddedFormAdmin(admin.ModelAdmin):
    """Forms on other sites, with what is to be put there. Switched off, never deleted."""

    form = EmbeddedFormForm
    fields = (
        *("name", "origins", "snippet", "frame", "department", "categories"),
        *("language", "theme", "takes_files", "thanks", "most_per_hour", "is_active"),
    )
    readonly_fields = ("snippet", "frame")
    filter_horizontal = ("categories",)
    list_display = ("name", "sites", "department", "language", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("department",)
    search_fields = ("name",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site that shows it would show a hole."""
        return False

    @admin.display(description=_("sites"))
    def sites(self, form: EmbeddedForm) -> str:
        """Where it may stand."""
        return ", ".join(form.origins)

    @admin.display(description=_("for your page"))
    def snippet(self, form: EmbeddedForm) -> str:
        """The script that puts the form into a page, as high as it needs."""
        if not form.pk:
            return gettext("Save it, and what belongs into your page stands here.")
        script = f"{desk_url(form.department)}{settings.STATIC_URL}js/embed.js"
        title = self._title(form)
        return f'<script src="{script}" data-form="{form.key}" data-title="{title}" async></script>'

    @admin.display(description=_("the same without a script"))
    def frame(self, form: EmbeddedForm) -> str:
        """The plain frame."""
        if not form.pk:
            return "—"
        address = f"{desk_url(form.department)}{form.get_absolute_url()}"
        title = self._title(form)
        return f'<iframe src="{address}" title="{title}" width="100%" height="800"></iframe>'

    def _title(self, form: EmbeddedForm) -> str:
        """What screen readers call the frame."""
        with override(form.language or settings.LANGUAGE_CODE):
            return escape(gettext("Write to us"))


class OptionFormSet(forms.BaseInlineFormSet):
    """The answers of a choice."""

    def clean(self) -> None:
        """A choice without answers could never be filled."""
        super().clean()
        said = [one for one in self.forms if one.has_changed() or one.instance.pk]
        if self.instance.kind == CustomField.Kind.CHOICE and not said:
            raise forms.ValidationError(_("Write down what can be chosen."))


class FieldOptionInline(admin.StackedInline):
    """What a choice offers."""

    model = FieldOption
    formset = OptionFormSet
    extra = 0
    fields = ("label", ("key", "order", "is_active"))
    can_delete = False


@admin.register(CustomField)
class CustomFieldAdmin(admin.ModelAdmin):
    """Fields of tickets. Values of a field that is gone would say nothing, so none is deleted."""

    inlines = (FieldOptionInline,)
    fields = (
        *("name", "slug", "kind", "help", "departments", "categories"),
        *("required", "asked_in_portal", "order", "is_active"),
    )
    autocomplete_fields = ("departments", "categories")
    list_display = ("__str__", "slug", "kind", "required", "asked_in_portal", "order", "is_active")
    list_filter = ("is_active", "kind", "departments")
    search_fields = ("slug", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Short name and kind are for good."""
        return ("slug", "kind") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It is switched off instead."""
        return False


@admin.register(CoachRule)
class CoachRuleAdmin(admin.ModelAdmin):
    """What customers are asked for while they write; "view on site" is the form as they have it."""

    fields = (
        *("category", "topic", "is_fault", "numbers", "masks", "each_of", "one_of"),
        *("good_titles", "bad_titles"),
    )
    autocomplete_fields = ("category",)
    list_display = ("category", "topic", "is_fault")
    list_select_related = ("category",)

    def view_on_site(self, obj: CoachRule) -> str:
        """Where whoever types sees what the rule asks for."""
        return f"{reverse('portal:new_ticket')}?category={obj.category_id}"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Lists of choices are boxes to tick."""
        if not isinstance(db_field, ArrayField) or not db_field.base_field.choices:
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        return forms.MultipleChoiceField(
            label=capfirst(db_field.verbose_name),
            help_text=db_field.help_text,
            choices=db_field.base_field.choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    """Words on tickets."""

    search_fields = ("name",)


@admin.register(Workspace)
class WorkspaceAdmin(admin.ModelAdmin):
    """Saved views; agents make them from their queues."""

    fields = ("name", "owner", "shared_with", "query", "order")
    autocomplete_fields = ("owner", "shared_with")
    list_display = ("name", "owner", "shared_with", "query", "order")
    list_select_related = ("owner", "shared_with")


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    """Tickets are worked on in the workspace; here one can look something up."""

    fields = (
        *("subject", "customer", "department", "assignee", "category", "service"),
        *("status", "priority", "channel", "language", "merged_into"),
        *("created_at", "updated_at", "waiting_since", "due_at", "next_check_at"),
        *("hold_until", "first_answered_at", "solved_at", "closed_at"),
    )
    list_display = ("id", "subject", "customer", "department", "assignee", "status", "created_at")
    list_filter = ("status", "department", "created_at")
    list_select_related = ("customer", "department", "assignee")
    search_fields = ("=id", "subject", "customer__email", "customer__name")


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """What was said."""

    fields = (
        *("ticket", "kind", "author", "from_customer", "channel", "is_automatic", "why", "warning"),
        *("created_at", "withdrawn_at", "minutes_spent", "text", "quoted_text"),
    )
    list_display = ("id", "ticket", "kind", "author", "channel", "created_at")
    list_filter = ("kind", "channel", "created_at")
    list_select_related = ("ticket", "author")
    search_fields = ("=ticket__id", "author__email")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The history."""

    fields = list_display = ("ticket", "kind", "actor", "message", "details", "at")
    list_filter = ("kind", "at")
    list_select_related = ("ticket", "actor", "message__author")
    search_fields = ("=ticket__id", "actor__email")


@admin.register(Rating)
class RatingAdmin(ReadOnlyAdmin):
    """What customers thought of it."""

    fields = list_display = ("ticket", "message", "customer", "agent", "score", "comment")
    list_filter = ("score", "created_at")
    list_select_related = ("ticket", "message__author", "customer", "agent")
