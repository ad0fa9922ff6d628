"""The words of our letters to customers: a table of all, and a page for each with a preview."""

from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from departments import letters
from departments.models import EXPLAINED, RULES, Department, LetterKind, LetterText, User
from helpdesk.lib.keys import key_in
from mailgateway.specimens import specimen
from tickets.models import Ticket

FIXED: Final = ("kind", "department", "language")
# A letter brings its own look and nothing else; what it links to stays outside.
POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox"
)
_PLAIN: Final = "text/plain; charset=utf-8"
_LATELY: Final = 20


@dataclass(frozen=True)
class Cell:
    """One letter in one language: where its words are changed, and whose words hold."""

    url: str
    language: str
    own: LetterText | None
    is_desks: bool


@admin.register(LetterText)
class LetterTextAdmin(admin.ModelAdmin):
    """Words that were changed are rows; all others are those we ship."""

    fields = (*FIXED, "subject", "body")
    list_select_related = ("department",)

    def get_urls(self) -> list[URLPattern]:
        """And what the frame below the form shows."""
        preview = self.admin_site.admin_view(self.preview)
        return [
            path(
                "preview/<str:kind>/<str:language>/<int:department>/",
                xframe_options_sameorigin(preview),
                name="departments_lettertext_preview",
            ),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Which letter it is, is chosen in the table."""
        return FIXED if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The title says which letter it is."""
        return ("subject", "body") if obj else (*FIXED, "subject", "body")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Wide, and what the table chose goes along unseen."""
        if db_field.name in FIXED:
            return db_field.formfield(widget=forms.HiddenInput)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in {"subject", "body"} and field is not None:
            field.widget.attrs.update({"class": "letter-words", "dir": "auto"})
        if db_field.name == "body" and field is not None:
            field.widget.attrs["rows"] = 16
        return field

    # The table

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every letter in every language, for the whole desk or for one department."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        key = key_in(request.GET.get("department"))
        department = get_object_or_404(Department, pk=key) if key else None
        mine = {"content_type__app_label": "departments", "content_type__model": "lettertext"}
        context = {
            **self.admin_site.each_context(request),
            **(extra_context or {}),
            "title": capfirst(self.opts.verbose_name_plural),
            "opts": self.opts,
            "department": department,
            "departments": Department.objects.filter(is_active=True),
            "languages": [_language(code) for code, _name in settings.LANGUAGES],
            "rows": _rows(department),
            "lately": LogEntry.objects.filter(**mine).select_related("user")[:_LATELY],
        }
        return TemplateResponse(request, "admin/departments/lettertext/change_list.html", context)

    # The page of one

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Reached from the table, which says which letter; one that has words is changed."""
        chosen = _chosen(request.GET.get("kind"), request.GET.get("language"))
        department = key_in(request.GET.get("department")) or None
        if chosen is None:
            return redirect("admin:departments_lettertext_changelist")
        same = LetterText.objects.filter(kind=chosen.kind, language=chosen.language)
        known = same.filter(department=department).first()
        if known is not None and request.method == "GET":
            return redirect("admin:departments_lettertext_change", known.pk)
        chosen.department = get_object_or_404(Department, pk=department) if department else None
        return super().add_view(request, form_url, _beside(chosen))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """One begins with the words that hold now."""
        given = super().get_changeform_initial_data(request)
        with translation.override(str(given["language"])):
            words = letters.words_of(str(given["kind"]))
        return {**given, "subject": words.subject, "body": words.body}

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The page, or the way back to the words we ship."""
        words = self.get_object(request, object_id)
        if words is not None and request.method == "POST" and "_shipped" in request.POST:
            return self._give_up(request, words)
        return super().change_view(request, object_id, form_url, words and _beside(words))

    def _give_up(self, request: HttpRequest, words: LetterText) -> HttpResponse:
        if not self.has_change_permission(request, words):
            raise PermissionDenied
        self.log_change(request, words, _both(words.subject, words.body))
        words.delete()
        self.message_user(request, _("%(letter)s: back to what was.") % {"letter": words})
        return redirect(_table(words.department))

    def construct_change_message(self, request: HttpRequest, form: Any, *given: Any) -> Any:
        """The history keeps what the words were before."""
        subject, body = form.initial.get("subject"), form.initial.get("body")
        if not subject:
            return super().construct_change_message(request, form, *given)
        return _both(subject, body)

    def save_model(self, request: HttpRequest, obj: LetterText, form: Any, change: bool) -> None:
        """And who it was."""
        obj.changed_by = _reader(request)
        super().save_model(request, obj, form, change)

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """Back to the table one came from."""
        return HttpResponseRedirect(_table(obj.department))

    def response_post_save_change(self, request: HttpRequest, obj: Any) -> HttpResponseRedirect:
        """Back to the table one came from."""
        return HttpResponseRedirect(_table(obj.department))

    # The frame below the form

    def preview(
        self, request: HttpRequest, kind: str, language: str, department: int
    ) -> HttpResponse:
        """The letter in the words that were typed, not saved, as text or as HTML."""
        words = _chosen(kind, language)
        if words is None or request.method != "POST":
            raise Http404
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        words.department = get_object_or_404(Department, pk=department) if department else None
        words.subject = request.POST.get("subject", "")[:200]
        words.body = request.POST.get("body", "")[:10_000]
        shown, number = None, request.POST.get("ticket", "").strip().lstrip("#")
        faults = _faults(words)
        if number:
            mine = Ticket.objects.workable_by(_reader(request))
            shown = mine.filter(pk=key_in(number) or 0).first()
            if shown is None:
                faults.append(_("You see no ticket with this number."))
        if faults:
            response = HttpResponse("\n\n".join(faults), content_type=_PLAIN)
        elif "as_text" in request.POST:
            response = HttpResponse(specimen(words, shown).text, content_type=_PLAIN)
        else:
            response = HttpResponse(specimen(words, shown).html)
        response.headers["Content-Security-Policy"] = POLICY
        return response


def _reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # noqa: S101 (the administration lets nobody else in)
    return request.user


def _chosen(kind: str | None, language: str | None) -> LetterText | None:
    """The letter that an address names, without words; None if there is no such letter."""
    if kind not in LetterKind.values or language not in dict(settings.LANGUAGES):
        return None
    return LetterText(kind=kind, language=language)


def _beside(words: LetterText) -> dict[str, Any]:
    """What stands around the form: what the words may name, and where their preview is."""
    rules = RULES[LetterKind(words.kind)]
    place = words.department_id or 0
    return {
        "title": str(words),
        "subtitle": None,
        "words": words,
        "placeholders": [
            (f"{{{name}}}", EXPLAINED[name], name in rules.required) for name in rules.known
        ],
        "table": _table(words.department),
        "takes_ticket": rules.by_department,
        "preview": reverse(
            "admin:departments_lettertext_preview", args=[words.kind, words.language, place]
        ),
        "show_delete": False,
        "show_save_and_add_another": False,
    }


def _faults(words: LetterText) -> list[str]:
    try:
        words.clean()
    except ValidationError as refused:
        return [str(sentence) for sentence in refused.messages]
    return []


def _both(subject: str, body: str) -> str:
    return f"{subject}\n\n{body}"


def _language(code: str) -> str:
    return str(get_language_info(code)["name_translated"])


def _table(department: Department | None) -> str:
    address = reverse("admin:departments_lettertext_changelist")
    return f"{address}?department={department.pk}" if department else address


def _rows(department: Department | None) -> list[tuple[str, list[Cell]]]:
    """(letter, a cell for each language)"""
    place = Q(department=None) | Q(department=department)
    stored = LetterText.objects.filter(place).select_related("changed_by")
    known = {(one.kind, one.language, one.department_id): one for one in stored}
    key = department.pk if department else None
    rows = []
    for kind in LetterKind:
        if department and not RULES[kind].by_department:
            continue
        cells = []
        for code, _name in settings.LANGUAGES:
            own = known.get((kind, code, key))
            asked = {"kind": kind, "language": code} | ({"department": key} if key else {})
            url = (
                reverse("admin:departments_lettertext_change", args=[own.pk])
                if own
                else f"{reverse('admin:departments_lettertext_add')}?{urlencode(asked)}"
            )
            cells.append(Cell(url, _language(code), own, (kind, code, None) in known))
        rows.append((str(kind.label), cells))
    return rows
