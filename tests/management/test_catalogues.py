"""Translations are collected, kept, checked and compiled without the system's gettext."""

import gettext
from pathlib import Path

import pytest
from django.conf import settings

from helpdesk.management import catalogues

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
TITLE = _("Ticket")
WRITTEN = _("Written by %(name)s")
COUNT = ngettext("%(n)d letter", "%(n)d letters", 3)
MONTH = pgettext("month", "May")
"""
TEMPLATE = """
<main>
    {% load i18n %}
  <h1>{% translate "Ticket" %}</h1>
      <p>{% blocktranslate trimmed with name=ada.name %}
        Taken by {{ name }},
        who is "here"
      {% endblocktranslate %}</p>
  {% blocktranslate count n=3 trimmed %}one page{% plural %}{{ n }} pages{% endblocktranslate %}
</main>
"""
UKRAINIAN = {
    "Ticket": "Звернення",
    "Written by %(name)s": "Написала %(name)s",
    'Taken by %(name)s, who is "here"': "Взяла %(name)s, яка «тут»",
    "May": "травень",
    "%(n)d letter": ("%(n)d лист", "%(n)d листи", "%(n)d листів", "%(n)d листа"),
    "one page": ("%(n)s сторінка", "%(n)s сторінки", "%(n)s сторінок", "%(n)s сторінки"),
}


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "tickets").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "tickets" / "words.py").write_text(CODE)
    (tmp_path / "templates" / "ticket.html").write_text(TEMPLATE)
    return tmp_path


@pytest.fixture
def locale(house: Path) -> Path:
    """A catalogue for Ukrainian, all of it translated, and an empty English one."""
    folder = house / "locale"
    catalogues.update(house, folder, ["uk", "en"])
    path = catalogues.po_file(folder, "uk")
    known = catalogues.read(path, "uk")
    for message in known:
        if message.id:
            message.string = UKRAINIAN[catalogues.first(message.id)]
    path.write_bytes(catalogues.as_po(known, "uk"))
    return folder


def test_all_strings_of_code_and_templates_are_found(house, locale):
    found = {catalogues.first(message.id) for message in catalogues.extract(house) if message.id}

    assert found == set(UKRAINIAN)


def test_a_whole_catalogue_has_no_problems(house, locale):
    assert catalogues.problems(house, locale, ["uk", "en"]) == []


def test_collecting_again_changes_nothing(house, locale):
    path = catalogues.po_file(locale, "uk")
    before = path.read_bytes()
    (house / "tickets" / "words.py").write_text("\n\n\n" + CODE)

    catalogues.update(house, locale, ["uk"])

    assert path.read_bytes() == before


def test_a_string_that_left_the_code_leaves_the_catalogue(house, locale):
    (house / "tickets" / "words.py").write_text(CODE.replace('TITLE = _("Ticket")', ""))
    (house / "templates" / "ticket.html").unlink()

    catalogues.update(house, locale, ["uk"])

    text = catalogues.po_file(locale, "uk").read_text()
    assert "Звернення" not in text
    assert "Написала" in text


def test_a_new_string_is_named_until_it_is_collected_and_translated(house, locale):
    (house / "tickets" / "more.py").write_text('X = _("Brand new")')
    (line,) = catalogues.problems(house, locale, ["uk"])
    assert "uk: not in the catalogue" in line
    assert "'Brand new' (tickets/more.py)" in line

    catalogues.update(house, locale, ["uk"])
    (line,) = catalogues.problems(house, locale, ["uk"])
    assert line.startswith("uk: not translated")


@pytest.mark.parametrize(
    ("torn", "problem"),
    [
        ('"Написала %(imya)s"', "placeholders ['%(imya)s'] instead of ['%(name)s']"),
        ('"Написала"', "placeholders [] instead of ['%(name)s']"),
    ],
)
def test_a_torn_placeholder_is_named(house, locale, torn, problem):
    path = catalogues.po_file(locale, "uk")
    path.write_text(path.read_text().replace('"Написала %(name)s"', torn))

    (line,) = catalogues.problems(house, locale, ["uk"])

    assert problem in line


def test_compiled_catalogues_speak_and_count(house, locale):
    assert catalogues.compile_catalogues(locale) == 2
    assert catalogues.compile_catalogues(locale) == 0

    with catalogues.po_file(locale, "uk").with_suffix(".mo").open("rb") as file:
        ukrainian = gettext.GNUTranslations(file)
    assert ukrainian.gettext("Ticket") == "Звернення"
    assert ukrainian.pgettext("month", "May") == "травень"
    # Not every Python looks for a plain word among those that are counted.
    assert ukrainian._catalog["%(n)d letter"] == "%(n)d лист"
    assert [
        ukrainian.ngettext("%(n)d letter", "%(n)d letters", n) % {"n": n} for n in (1, 2, 5, 21)
    ] == ["1 лист", "2 листи", "5 листів", "21 лист"]
    with catalogues.po_file(locale, "en").with_suffix(".mo").open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert english.ngettext("%(n)d letter", "%(n)d letters", 2) == "%(n)d letters"


@pytest.mark.parametrize("language", ["uk", "ru", "de"])
def test_we_count_as_django_counts(language):
    import django

    path = Path(django.__file__).parent / "conf" / "locale" / language / "LC_MESSAGES" / "django.mo"
    with path.open("rb") as file:
        rule = gettext.GNUTranslations(file).info()["plural-forms"]

    assert catalogues.PLURAL_FORMS[language] == rule


def test_every_language_of_the_settings_has_rules():
    assert {code for code, _name in settings.LANGUAGES} == set(catalogues.PLURAL_FORMS)
