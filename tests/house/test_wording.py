"""How our pages and letters speak in each language, as far as a machine can hear it."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.utils import translation

from departments.models import User
from helpdesk.management import catalogues

# (language, what no translation may have in it, why)
SLIPS = [
    ("uk", r"\w[ ,:(—]+(?:Ви|Вас|Вам|Вами|Ваш\w*)\b", "ви is not written as in a letter"),
    ("ru", r"\w[ ,:(—]+(?:Вы|Вас|Вам|Вами|Ваш\w*)\b", "вы is not written as in a letter"),
    ("de", r"(?i)\b(?:du|dich|dir|dein\w*)\b", "people are called Sie"),
    ("uk", r"[ыэъёЫЭЪЁ]", "letters of another alphabet"),
    ("ru", r"[іїєґІЇЄҐ]", "letters of another alphabet"),
    ("uk", r"\w'\w", "the apostrophe is ’"),
    ("uk", r"[\"“”„]", "quotation marks are «»"),
    ("ru", r"[\"“”„]", "quotation marks are «»"),
    ("de", r"[\"”«»]", "quotation marks are „“"),
    ("uk", r" - |\.\.\.", "a dash is —, an ellipsis …"),
    ("ru", r" - |\.\.\.", "a dash is —, an ellipsis …"),
    ("de", r" - |\.\.\.|\w…| …", "a dash is –, an ellipsis follows a word with a fixed space"),
    ("de", r"\bAgent(?:en)?\b|\bTags\b", "agents are Mitarbeiter, tags Schlagwörter"),
]


def translations(language: str) -> Iterator[str]:
    """Every form of every string, without its placeholders."""
    known = catalogues.read(catalogues.po_file(settings.BASE_DIR / "locale", language), language)
    for message in known:
        if message.id:
            for form in catalogues.forms_of(known, message):
                yield re.sub(r"%\(\w+\)[sd]|</?\w+>", "", form)


OURS = sorted(
    (model for model in admin.site._registry if model._meta.app_label in catalogues.APPS),
    key=str,
)


@pytest.mark.parametrize(("language", "slip", "why"), SLIPS)
def test_no_translation_slips(language, slip, why):
    assert [text for text in translations(language) if re.search(slip, text)] == [], why


def test_no_string_of_the_code_hides_from_the_collector():
    """As one within an f-string would."""
    found = {catalogues.first(message.id) for message in catalogues.extract(settings.BASE_DIR)}
    said = {
        argument.value
        for path in catalogues.sources(settings.BASE_DIR)
        if path.suffix == ".py"
        for call in ast.walk(ast.parse(path.read_text()))
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in catalogues.FUNCTIONS
        for argument in call.args[call.func.id.count("pgettext") :][:1]
        if isinstance(argument, ast.Constant)
    }

    assert said - found == set()


@pytest.mark.parametrize("model", OURS)
def test_the_administration_names_no_field_in_the_words_of_the_code(model, rf):
    """As "created at" would be, which no catalogue knows."""
    page, request = admin.site.get_model_admin(model), rf.get("/admin/")
    request.user = User(pk=1, is_active=True, is_staff=True, is_superuser=True)
    # Some pages of one row are drawn by a template of their own.
    drawn = [] if page.fields == () else flatten_fieldsets(page.get_fieldsets(request))
    columns = {field.name for field in model._meta.fields} - page.form.declared_fields.keys()

    with translation.override("uk"):
        labels = {
            name: str(label_for_field(name, model, page))
            for name in columns & {*page.get_list_display(request), *drawn}
        }

    assert [name for name, label in labels.items() if label == name.replace("_", " ")] == []
