"""Brands in the administration: the form, and the frame that shows how a colour looks."""

from typing import Any
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_replace
from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from departments.actions import show_logo
from departments.models import Brand, Department
from helpdesk.lib import colours
from helpdesk.lib.pictures import NoPicture, logo_of

MOST_BYTES = 4 * 1024 * 1024
PICTURES = {"picture": "logo", "dark_picture": "dark_logo"}
"""Fields of the form, and where the pictures chosen there are kept."""


class LogoField(forms.FileField):
    """A picture as pictures.logo_of makes it (bytes), False to have none any more, or what there
    is already."""

    widget = AdminFileWidget

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Refuse what is no picture: an SVG may carry programs, whatever its name says."""
        found = super().clean(data, initial)
        if not isinstance(found, UploadedFile):
            return found
        try:
            if (found.size or 0) > MOST_BYTES:
                raise NoPicture
            return logo_of(found.read())
        except NoPicture:
            raise ValidationError(
                _("This is no picture that we can show. Take a PNG, JPEG or WebP of up to 4 MB.")
            ) from None


class PageField(forms.URLField):
    """The address of a page; typed without a scheme, it is a protected one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"assume_scheme": "https", **kwargs})


class BrandForm(forms.ModelForm):
    """A brand with its logos and departments."""

    picture = LogoField(
        label=_("Logo"),
        required=False,
        help_text=_("PNG, JPEG or WebP, best with a transparent ground."),
    )
    dark_picture = LogoField(
        label=_("Logo for dark pages"),
        required=False,
        help_text=_("Empty: the logo above, on a light plate."),
    )
    departments = forms.ModelMultipleChoiceField(
        label=_("Departments"),
        queryset=Department.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "Their topics stand in the form under this host name, and letters about their tickets "
            "carry this name and lead there."
        ),
    )

    class Meta:
        model = Brand
        fields = (
            *("name", "host", "accent", "shows_name", "welcome", "before_writing", "footer"),
            *("imprint_url", "privacy_url", "sender_name", "automatic_sender_name"),
        )
        widgets = {"accent": forms.ColorInput}
        field_classes = {"imprint_url": PageField, "privacy_url": PageField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, kept in PICTURES.items():
            self.initial[name] = getattr(self.instance, kept)
        if self.instance.pk and self.instance.is_default:
            del self.fields["departments"]
        else:
            self.fields["host"].required = True
            self.initial["departments"] = (
                self.instance.departments.all() if self.instance.pk else []
            )

    def clean_departments(self) -> QuerySet[Department]:
        """Refuse those of another brand: nobody could say whose letters theirs are."""
        chosen: QuerySet[Department] = self.cleaned_data["departments"]
        others = chosen.exclude(brand=None).exclude(brand=self.instance.pk)
        if taken := others.select_related("brand").first():
            raise ValidationError(
                _("%(department)s belongs to %(brand)s already."),
                params={"department": taken, "brand": taken.brand},
            )
        return chosen

    def keep_the_rest(self) -> None:
        """Logos and departments, once the row is there."""
        for name, kept in PICTURES.items():
            made = self.cleaned_data[name]
            if isinstance(made, bytes) or made is False:
                show_logo(self.instance, kept, made or None)
        if "departments" in self.cleaned_data:
            self.instance.departments.set(self.cleaned_data["departments"])


class BrandAdmin(admin.ModelAdmin):
    """How customers see the company. The whole desk's row is there from the first look."""

    form = BrandForm
    fieldsets = (
        (None, {"fields": ("name", "host", "departments")}),
        (_("Look"), {"fields": ("accent", "preview", "picture", "dark_picture", "shows_name")}),
        (
            _("Words on the pages of customers"),
            {"fields": ("welcome", "before_writing", "footer", "imprint_url", "privacy_url")},
        ),
        (_("Letters"), {"fields": ("sender_name", "automatic_sender_name")}),
    )
    readonly_fields = ("preview",)
    list_display = ("shown_name", "address", "places")
    actions = None

    class Media:
        js = (Script("js/brand.js", type="module"),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Brand]:
        """With their departments."""
        return Brand.objects.prefetch_related("departments")

    def get_urls(self) -> list[URLPattern]:
        """The frame of the preview as well."""
        frame = self.admin_site.admin_view(self.look)
        return [path("look/", frame, name="departments_brand_look"), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The whole desk's has no host name, and every department that no other brand has."""
        (_title, first), *others = super().get_fieldsets(request, obj)
        if obj is not None and obj.is_default:
            first = {"fields": ("name",)}
        return [(None, first), *others]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The whole desk's is made when somebody first looks for it."""
        if self.has_change_permission(request):
            Brand.objects.get_or_create(host="")
        return super().changelist_view(request, extra_context)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The whole desk's stays."""
        return super().has_delete_permission(request, obj) and not (obj and obj.is_default)

    def save_model(self, request: HttpRequest, obj: Brand, form: Any, change: bool) -> None:
        """Its logos and departments with it."""
        super().save_model(request, obj, form, change)
        form.keep_the_rest()

    @admin.display(description=_("name of the company"))
    def shown_name(self, brand: Brand) -> str:
        """As customers read it."""
        return brand.shown_name

    @admin.display(description=_("address"))
    def address(self, brand: Brand) -> str:
        """Where its customers find it."""
        return brand.url

    @admin.display(description=_("departments"))
    def places(self, brand: Brand) -> str:
        """Whose tickets are its own."""
        if brand.is_default:
            return gettext("all others")
        return ", ".join(map(str, brand.departments.all()))

    @admin.display(description=_("how it looks"))
    def preview(self, brand: Brand) -> SafeString:
        """A frame with the colour in use; brand.js follows the colour that is being chosen."""
        url = reverse("admin:departments_brand_look")
        return format_html(
            '<iframe class="brand-look" src="{}?{}" title="{}" data-brand-look></iframe>',
            url,
            urlencode({"brand": brand.pk or "", "accent": brand.accent}),
            gettext("how it looks"),
        )

    @method_decorator(xframe_options_sameorigin)
    @method_decorator(csp_replace({"frame-ancestors": [SELF]}))
    def look(self, request: HttpRequest) -> HttpResponse:
        """Bar, link and buttons in `?accent=`, by day and by night, and how well they are read."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        number = request.GET.get("brand", "")
        found = Brand.objects.filter(pk=number) if number.isdecimal() else Brand.objects.none()
        accent = request.GET.get("accent", "")
        try:
            made = colours.shades(accent)
        except ValueError:
            accent, made = colours.HOUSE, colours.shades(colours.HOUSE)
        by_day, by_night = made.contrasts()
        context = {
            "brand": found.first() or Brand(),
            "sheet": reverse("look", args=[colours.sheet_name(accent)]),
            "by_day": by_day,
            "by_night": by_night,
            "is_kept": made.accent[0] == accent.lower(),
        }
        return render(request, "admin/departments/brand/look.html", context)
