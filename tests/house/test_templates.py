"""Templates keep the rules that a browser or a translator would suffer from."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates"
PAGES = sorted(
    path
    for path in TEMPLATES.rglob("*.html")
    if "emails" not in path.parts and "email" not in path.parts
)
PARTS = [path for path in PAGES if path.name.startswith("_") and "events" not in path.parts]
COMMENT = re.compile(r"{#.*?#}|{% comment.*?{% endcomment %}", re.DOTALL)
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "a script without a source": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>"),
    "a style element": re.compile(r"<style\b"),
    "a javascript: address": re.compile(r"[\"']javascript:"),
}
# Blocks that stand inside a tag, and the names on keys, are not read by anybody.
ATTRIBUTES = re.compile(r"{% block \w+_(?:class|attributes) %}.*?{% endblock[^%]*%}", re.DOTALL)
KEYS = re.compile(r"(&\w+;|Ctrl|Shift|Enter|Esc|\b[A-Z]\b|[\W\d])+")
LETTERS = re.compile(r"[A-Za-zА-Яа-яІіЇїЄєҐґ]{2,}")


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_nothing_is_inline(path):
    text = COMMENT.sub("", path.read_text())

    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", PARTS, ids=name)
def test_every_part_says_what_it_takes(path):
    first = path.read_text().lstrip().splitlines()[0]

    assert first.startswith("{# takes:"), f"{name(path)} begins with {first!r}"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_word_a_person_reads_can_be_translated(path):
    text = COMMENT.sub("", path.read_text())
    text = ATTRIBUTES.sub("", text)
    text = re.sub(r"{%\s*blocktranslate.*?endblocktranslate\s*%}", "", text, flags=re.DOTALL)
    text = re.sub(r"<(script|style|svg|title)\b.*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r"{{.*?}}|{%.*?%}", "", text, flags=re.DOTALL)
    said = re.findall(r'\s(?:alt|aria-label|title|placeholder)="([^"]*)"', text)
    text = re.sub(r"<[^>]*>", "", text, flags=re.DOTALL)
    left = [line.strip() for line in [*text.splitlines(), *said] if LETTERS.search(line)]

    assert [line for line in left if not KEYS.fullmatch(line)] == []


def test_the_list_of_files_says_every_word_that_its_script_asks_for():
    scripts = [settings.BASE_DIR / "static/js" / one for one in ("uploads.js", "kinds.js")]
    asked = {word for one in scripts for word in re.findall(r"\bwords\.(\w+)", one.read_text())}
    said = set(
        re.findall(r"data-([\w-]+)=", (TEMPLATES / "partials/_upload_list.html").read_text())
    )

    assert {re.sub(r"([A-Z])", r"-\1", word).lower() for word in asked} - said == set()
    assert "wrongKind" in asked
