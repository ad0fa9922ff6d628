"""People, places, hours and what customers choose from."""

from typing import Any, ClassVar

import allauth.account.admin
import allauth.mfa.admin  # noqa: F401 (both must have registered their pages before ours)
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_domain_name
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from departments.actions import retire_agent, shut_out
from departments.brand_admin import BrandAdmin
from departments.models import (
    Agent,
    ApiToken,
    Brand,
    Category,
    Department,
    DeskSettings,
    Holiday,
    Membership,
    OpeningHours,
    OpeningSlot,
    Organisation,
    Service,
    User,
)
from helpdesk.lib.admin import ReadOnlyAdmin
from helpdesk.lib.errors import DeskError
from helpdesk.lib.kinds import KINDS

# Ours instead: allauth's page would show the secrets of second factors.
admin.site.unregister([EmailAddress, Authenticator])
admin.site.register(Brand, BrandAdmin)


class PersonAddForm(AdminUserCreationForm):
    """A new person; without a password they sign in by a mailed code."""

    class Meta:
        model = User
        fields = ("email", "name", "is_known")


class MembershipInline(admin.TabularInline):
    """Departments of a person, or members of a department."""

    model = Membership
    extra = 0
    fields = ("user", "department", "role", "signature")
    autocomplete_fields = ("user", "department")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Signatures are short."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "signature" and field is not None:
            field.widget.attrs.update(rows=3, cols=40)
        return field


@admin.register(User)
class PersonAdmin(UserAdmin):
    """Everybody: customers, agents, administrators. Switched off, never deleted."""

    add_form = PersonAddForm
    add_fieldsets = (
        (
            None,
            {
                "fields": (
                    *("email", "name", "is_known", "usable_password", "password1", "password2"),
                ),
                "description": _(
                    "Without a password people sign in by a code that is mailed to them, and may "
                    "choose a password then."
                ),
            },
        ),
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    *("email", "name", "shown_name", "password"),
                    *("organisation", "is_known", "notes"),
                )
            },
        ),
        (_("How the desk looks to them"), {"fields": ("language", "time_zone", "theme")}),
        (
            _("Access"),
            {
                "fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions"),
                "classes": ("collapse",),
                "description": _(
                    "People are switched off and on with the actions of the list. Agents need "
                    "nothing here: whoever is a member of a department is one."
                ),
            },
        ),
        (None, {"fields": ("created_at", "last_login")}),
    )
    readonly_fields = ("is_active", "created_at", "last_login")
    inlines = (MembershipInline,)
    ordering = ("email",)
    list_display = (*("email", "name", "organisation", "language", "is_active", "is_staff"),)
    list_filter = (
        "is_active",
        "is_staff",
        "language",
        "memberships__department",
    )
    list_select_related = ("organisation",)
    search_fields = ("email", "name", "shown_name")
    autocomplete_fields = ("organisation",)
    actions = ("switch_off", "switch_on")
    show_full_result_count = False

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        """Whoever is added here is known."""
        return {"is_known": True, **super().get_changeform_initial_data(request)}

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        """A person exists before they join a department."""
        return self.inlines if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only administrators make administrators."""
        fixed = super().get_readonly_fields(request, obj)
        if request.user.is_superuser:
            return fixed
        return (*fixed, "is_staff", "is_superuser", "groups", "user_permissions")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Who reads letters at an address that was corrected is let in by it no more."""
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data and obj != request.user:
            shut_out(obj, address=form.initial["email"])
            sentence = _(
                "%(name)s was signed out everywhere, and the password is no longer valid: somebody "
                "else may have come in by the old address. A code by mail lets them in."
            )
            self.message_user(request, sentence % {"name": obj}, messages.WARNING)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody but administrators touches an administrator, or their password."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (request.user.is_superuser or not (obj and obj.is_superuser))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """History keeps people's names."""
        return False

    @admin.action(description=_("Switch off: can no longer sign in"), permissions=["change"])
    def switch_off(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """Each by the verb, so that the last administrator stays."""
        count = 0
        for person in people:
            try:
                self._require_change(request, person)
                retire_agent(person)
                count += 1
            except DeskError as error:
                self.message_user(request, f"{person}: {error}", messages.ERROR)
        if count:
            said = ngettext("%d person was switched off.", "%d people were switched off.", count)
            self.message_user(request, said % count)

    @admin.action(description=_("Switch on again"), permissions=["change"])
    def switch_on(self, request: HttpRequest, people: QuerySet[User]) -> None:
        """They may sign in again; tokens they had are gone."""
        count = 0
        for person in people:
            try:
                self._require_change(request, person)
            except DeskError as error:
                self.message_user(request, f"{person}: {error}", messages.ERROR)
                continue
            person.is_active = True
            person.save(update_fields=["is_active"])
            count += 1
        if count:
            said = ngettext("%d person was switched on.", "%d people were switched on.", count)
            self.message_user(request, said % count)

    def _require_change(self, request: HttpRequest, person: User) -> None:
        if not self.has_change_permission(request, person):
            raise DeskError(_("Only an administrator may do that."))


@admin.register(Agent)
class AgentAdmin(PersonAdmin):
    """People who work here, with their departments and signatures."""

    # Shorter tuples than above are another type to mypy.
    list_display = ("name", "email", "works_in", "is_active")  # type: ignore[assignment]
    list_filter = ("is_active", "memberships__department", "memberships__role")  # type: ignore[assignment]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agent]:
        """With their departments."""
        return Agent.agents.prefetch_related("memberships__department").order_by("name", "email")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A person is added among people, then joins a department."""
        return False

    @admin.display(description=_("departments"))
    def works_in(self, agent: Agent) -> str:
        """Their departments."""
        return ", ".join(str(one.department) for one in agent.memberships.all())


class OrganisationForm(forms.ModelForm):
    """Domains in lower case, each a domain name."""

    domains = SimpleArrayField(
        forms.CharField(),
        label=Organisation._meta.get_field("domains").verbose_name,
        help_text=Organisation._meta.get_field("domains").help_text,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    class Meta:
        model = Organisation
        fields = ("name", "domains", "shares_tickets", "notes")

    def clean_domains(self) -> list[str]:
        """Refuse what is no domain, and one that another organisation has."""
        domains = [one.strip().lower().lstrip("@") for one in self.cleaned_data["domains"]]
        for domain in domains:
            try:
                validate_domain_name(domain)
            except ValidationError:
                raise ValidationError(
                    _("“%(domain)s” is no domain."), params={"domain": domain}
                ) from None
            others = Organisation.objects.filter(domains__contains=[domain])
            if other := others.exclude(pk=self.instance.pk).first():
                raise ValidationError(
                    _("%(domain)s belongs to %(other)s already."),
                    params={"domain": domain, "other": other},
                )
        return domains


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    """Companies our customers belong to."""

    form = OrganisationForm
    list_display = ("name", "domains", "shares_tickets")
    search_fields = ("name", "domains")


@admin.register(Department)
class DepartmentAdmin(admin.ModelAdmin):
    """Places where tickets are answered."""

    fieldsets = (
        (None, {"fields": ("name", "slug", "public_name", "opening_hours", "signature")}),
        (_("Tickets"), {"fields": ("is_triage", "close_after_days", "follow_up_after_days")}),
        (_("Canned replies"), {"fields": ("members_keep_canned",)}),
        (_("List"), {"fields": ("order", "is_active")}),
    )
    prepopulated_fields = {"slug": ("name",)}
    inlines: ClassVar[tuple[type[admin.TabularInline], ...]] = (MembershipInline,)
    list_display = ("name", "opening_hours", "is_triage", "is_active", "order")
    list_editable = ("order",)
    list_select_related = ("opening_hours",)
    search_fields = ("name", "slug")


class SlotInline(admin.TabularInline):
    """The week."""

    model = OpeningSlot
    extra = 1


class HolidayInline(admin.TabularInline):
    """Days that differ."""

    model = Holiday
    extra = 1
    verbose_name_plural = _("holidays (without times: closed; with times: open then)")


@admin.register(OpeningHours)
class OpeningHoursAdmin(admin.ModelAdmin):
    """Working weeks."""

    inlines = (SlotInline, HolidayInline)
    list_display = ("name", "time_zone")


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    """What tickets are about."""

    list_display = ("__str__", "slug", "department", "order", "is_active")
    list_editable = ("order", "is_active")
    list_filter = ("department", "is_active")
    list_select_related = ("department",)
    search_fields = ("slug", "name")


@admin.register(Service)
class ServiceAdmin(admin.ModelAdmin):
    """What tickets may concern."""

    list_display = ("__str__", "slug", "order", "is_active")
    list_editable = ("order", "is_active")
    search_fields = ("slug", "name")


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """Keys of programs. The secret is shown once, when the token is made."""

    fields = ("user", "name", "expires_at", "hint", "created_at", "last_used_at")
    autocomplete_fields = ("user",)
    list_display = ("name", "hint", "user", "created_at", "last_used_at", "expires_at")
    list_select_related = ("user",)
    search_fields = ("name", "user__email")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new token has nothing to show yet."""
        return self.fields if obj else self.fields[:3]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A token never changes its owner."""
        return ("user", "hint", "created_at", "last_used_at") if obj else ()

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """Make the secret, and say it this once."""
        if change:
            super().save_model(request, obj, form, change)
            return
        token, secret = ApiToken.issue(obj.user, obj.name)
        expires_at = obj.expires_at
        obj.__dict__.update(token.__dict__)
        obj.expires_at = expires_at
        obj.save(update_fields=["expires_at"])
        self.message_user(
            request,
            _("The token is %(secret)s. Copy it now: it is never shown again.")
            % {"secret": secret},
            messages.WARNING,
        )


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin):
    """Second factors, without their secrets: delete one whose owner has lost it."""

    fields = list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__name")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Administrators only: it takes a lock off somebody's account."""
        return request.user.is_superuser


@admin.register(EmailAddress)
class EmailAddressAdmin(admin.ModelAdmin):
    """Which addresses were confirmed for signing in."""

    list_display = ("email", "user", "primary", "verified")
    list_filter = ("verified",)
    list_select_related = ("user",)
    search_fields = ("email", "user__name")
    autocomplete_fields = ("user",)


class DeskSettingsForm(forms.ModelForm):
    """The row, with a box to tick for each kind of file."""

    file_kinds = forms.MultipleChoiceField(
        label=capfirst(_("files that customers may send")),
        choices=[(name, kind.label) for name, kind in KINDS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Known by their content, whatever they are called. Letters bring any files."),
    )


@admin.register(DeskSettings)
class DeskSettingsAdmin(admin.ModelAdmin):
    """One row, opened at once."""

    form = DeskSettingsForm

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The form itself; the row is made when it is first opened."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        row, _is_new = DeskSettings.objects.get_or_create(pk=1)
        return redirect("admin:departments_desksettings_change", row.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one already."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It stays."""
        return False
