"""Translation catalogues without the system's gettext: collect, check, compile.

Python files are read by Babel's extractor, templates are first turned into Python-like text by
Django. Catalogues are written so that a change of the code changes only the lines it must: no
dates, no line numbers, sorted by message.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

APPS = ("departments", "helpdesk", "knowledge", "mailgateway", "tickets")
# Our own English stands in the code; its catalogue may stay empty.
SOURCE_LANGUAGE = "en"
FUNCTIONS = (
    *("_", "gettext", "gettext_lazy", "gettext_noop"),
    *("ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"),
    *("npgettext", "npgettext_lazy"),
)
# Exactly the rules of Django's own catalogues: Python merges catalogues only where these agree.
PLURAL_FORMS = {
    "en": "nplurals=2; plural=(n != 1);",
    "de": "nplurals=2; plural=(n != 1);",
    "uk": (
        "nplurals=4; plural=(n % 1 == 0 && n % 10 == 1 && n % 100 != 11 ? 0 : n % 1 == 0 && "
        "n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1 : n % 1 == 0 && "
        "(n % 10 ==0 || (n % 10 >=5 && n % 10 <=9) || (n % 100 >=11 && n % 100 <=14 )) ? 2: 3);"
    ),
    "ru": (
        "nplurals=4; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && "
        "(n%100<12 || n%100>14) ? 1 : n%10==0 || (n%10>=5 && n%10<=9) || "
        "(n%100>=11 && n%100<=14)? 2 : 3);"
    ),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
Entry = tuple[str | tuple[str, str], str | None, str]


def extract(root: Path) -> Catalog:
    """Every translatable string of the code and the templates under `root`."""
    found = Catalog(charset="utf-8")
    for path in sources(root):
        place = path.relative_to(root).as_posix()
        for message, context, comments in strings(path):
            notes = [comments] if comments else []
            found.add(message, locations=[(place, 0)], context=context, auto_comments=notes)
    return found


def sources(root: Path) -> Iterator[Path]:
    """The files that may hold strings, in a steady order."""
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    for path in sorted(root.glob("**/templates/**/*")):
        inside = path.relative_to(root).parts
        if path.suffix in {".html", ".txt"} and not inside[0].startswith("."):
            yield path


def strings(path: Path) -> Iterator[Entry]:
    """`(message or (singular, plural), context, comment)` for every string of one file."""
    text = path.read_text()
    if path.suffix != ".py":
        # The indentation of HTML is none of Python's.
        text = re.sub(r"^[ \t]+", "", templatize(text, origin=str(path)), flags=re.M)
    # Babel's own types describe another order.
    calls: Iterable[Any] = extract_python(
        BytesIO(text.encode()), dict.fromkeys(FUNCTIONS), ["Translators:"], {"encoding": "utf-8"}
    )
    for _line, function, given, comments in calls:
        # Babel gives one string, or all arguments with None where one is no string.
        words: list[str] = [given] if isinstance(given, str) else [word for word in given if word]
        context = words.pop(0) if "pgettext" in function and len(words) > 1 else None
        if words:
            plural = function.startswith("n") and len(words) > 1
            yield (words[0], words[1]) if plural else words[0], context, " ".join(comments)


def read(path: Path, language: str) -> Catalog:
    """The catalogue in a file, or an empty one."""
    catalogue = empty(language)
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, charset="utf-8", ignore_obsolete=True)
    return catalogue


class Compiled(Catalog):
    """What a program reads: each counted word stands there by itself as well. Older versions of
    Python 3.11, Debian's among them, find no plain "ticket" in "ticket, tickets"."""

    def __iter__(self) -> Iterator[Message]:
        for message in super().__iter__():
            yield message
            if message.pluralizable:
                plain, (form, *_others) = first(message.id), forms_of(self, message)
                yield Message(plain, string=form, context=message.context)


def empty(language: str, kind: type[Catalog] = Catalog) -> Catalog:
    """A catalogue that counts as Django does; Babel alone knows other rules for some languages."""
    catalogue = kind(locale=language, charset="utf-8")
    catalogue.mime_headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Plural-Forms", PLURAL_FORMS[language]),
    ]
    return catalogue


def po_file(locale_dir: Path, language: str) -> Path:
    """Where the catalogue of a language lies."""
    return locale_dir / language / "LC_MESSAGES" / "django.po"


def update(root: Path, locale_dir: Path, languages: Sequence[str]) -> None:
    """Bring the catalogues up to date with the code; what was translated stays translated."""
    template = extract(root)
    for language in languages:
        path = po_file(locale_dir, language)
        known = read(path, language)
        fresh = empty(language)
        for message in template:
            if message.id:
                fresh.add(
                    message.id,
                    string=string_for(known, message),
                    locations=message.locations,
                    auto_comments=message.auto_comments,
                    context=message.context,
                )
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(fresh, language))


def forms_of(known: Catalog, message: Message) -> list[str]:
    """The translations that a catalogue holds for a message of the code, one for each form."""
    found = known.get(message.id, context=message.context)
    if (
        found is None
        or not found.string
        or isinstance(found.id, str) != isinstance(message.id, str)
    ):
        return []
    return [found.string] if isinstance(found.string, str) else list(found.string)


def string_for(known: Catalog, message: Message) -> str | list[str]:
    """The same in the shape that a new entry wants."""
    forms = forms_of(known, message)
    if isinstance(message.id, str):
        return forms[0] if forms else ""
    return forms


def as_po(catalogue: Catalog, language: str) -> bytes:
    """A catalogue as a file, with a header that changes only when the language's rules do."""
    body = BytesIO()
    write_po(body, catalogue, width=98, omit_header=True, sort_output=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Language: {language}\\n"\n'
        f'"Plural-Forms: {PLURAL_FORMS[language]}\\n"\n\n'
    )
    return header.encode() + body.getvalue()


def problems(root: Path, locale_dir: Path, languages: Iterable[str]) -> list[str]:
    """What is wrong with the catalogues, one line each: missing, untranslated, torn."""
    template = extract(root)
    found = []
    for language in languages:
        known = read(po_file(locale_dir, language), language)
        for message in template:
            if message.id:
                place = message.locations[0][0]
                found += [
                    f"{language}: {what}: {first(message.id)!r} ({place})"
                    for what in problems_of(known, message, language)
                ]
    return found


def problems_of(known: Catalog, message: Message, language: str) -> Iterator[str]:
    """What is wrong with one message in one catalogue."""
    if known.get(message.id, context=message.context) is None:
        yield "not in the catalogue (run `desk messages`)"
        return
    forms = forms_of(known, message)
    if not any(forms) and language == SOURCE_LANGUAGE:
        return
    if not forms or not all(forms):
        yield "not translated"
        return
    if not isinstance(message.id, str) and len(forms) != plural_count(language):
        yield f"{len(forms)} forms instead of {plural_count(language)}"
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    allowed = {frozenset(placeholders(text)) for text in ids}
    every = frozenset().union(*allowed)
    for form in forms:
        # A form for one or few may leave the number out, as the English singular does.
        given = frozenset(placeholders(form))
        if given not in allowed and given != every:
            yield f"placeholders {sorted(given)} instead of {sorted(every)}"
            return


def placeholders(text: str) -> list[str]:
    """`%(name)s`, `%d` and `{name}` in a string, without escaped percent signs."""
    return PLACEHOLDER.findall(text.replace("%%", ""))


def plural_count(language: str) -> int:
    """How many forms a number has in this language."""
    match = re.search(r"nplurals=(\d)", PLURAL_FORMS[language])
    return int(match[1]) if match else 0


def first(message_id: str | Sequence[str]) -> str:
    """The message, or its singular."""
    return message_id if isinstance(message_id, str) else message_id[0]


def compile_catalogues(locale_dir: Path) -> int:
    """Write `django.mo` beside every `django.po` that is newer; returns how many were written."""
    written = 0
    for path in sorted(locale_dir.glob("*/LC_MESSAGES/django.po")):
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        language = path.parts[-3]
        unfinished = target.with_name(f"{target.name}.unfinished")
        with unfinished.open("wb") as file:
            write_mo(file, only_translated(read(path, language), language))
        unfinished.rename(target)
        written += 1
    return written


def only_translated(catalogue: Catalog, language: str) -> Catalog:
    """The catalogue without gaps, so that a missing translation shows the English text."""
    kept = empty(language, Compiled)
    for message in catalogue:
        forms = forms_of(catalogue, message)
        if message.id and forms and all(forms):
            kept.add(message.id, string=message.string, context=message.context)
    return kept
