"""Canned replies out to a table and in from one, as Excel writes tables (RFC 4180 and its habits).

Every row goes through the same form as a page, so nothing comes in that an agent could not write
there. A row with the title of one that is in that place already changes it. What is right comes in,
what is refused is told with its line; nothing is written before somebody has seen both.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.core.validators import ProhibitNullCharactersValidator
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from departments.models import Department, User
from helpdesk.lib.errors import DeskError
from tickets import actions
from tickets.forms.canned import (
    FIELD,
    MINE,
    SHARED,
    CannedReplyForm,
    colleagues_of,
    namesakes,
)
from tickets.lifecycle import Priority
from tickets.models import CannedReply, CustomField

LARGEST: Final = 1_000_000
"""Bytes of a file."""
MOST: Final = 500
"""Rows."""
PRIORITIES: Final = {one.name.lower(): one.value for one in Priority}
BODIES: Final = {f"text_{code}": code for code, _name in settings.LANGUAGES}
COLUMNS: Final = (
    *("title", "for", *BODIES, "status", "days_on_hold", "priority", "assign_to"),
    *("move_to", "add_tags", "remove_tags", "note", "active"),
)
YES: Final = frozenset({"", "yes", "true", "1"})
NO: Final = frozenset({"no", "false", "0"})
# What a spreadsheet takes for a formula (OWASP, "CSV Injection").
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class NoTable(DeskError):
    """The file as a whole cannot be read."""


@dataclass
class Row:
    """A line of the table: the form it fills, and why it is refused. `before` is the canned reply
    that it changes."""

    line: int
    title: str
    form: CannedReplyForm | None = None
    before: CannedReply | None = None
    active: bool = True
    problems: list[str] = field(default_factory=list)


def written(replies: Iterable[CannedReply]) -> str:
    """The table of `replies`, with semicolons and a byte order mark, so that Excel shows letters as
    letters. Cells that look like formulas begin with an apostrophe."""
    stream = io.StringIO()
    table = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    table.writerow(COLUMNS)
    for one in replies:
        cells = _cells(one)
        table.writerow([_harmless(cells[name]) for name in COLUMNS])
    return f"\ufeff{stream.getvalue()}"


def _cells(one: CannedReply) -> dict[str, str]:
    assigns = {"person": one.assigns_to.email if one.assigns_to else ""}
    place = "me" if one.owner_id else one.department.slug if one.department else "all"
    return {
        "title": one.title,
        "for": place,
        **{column: one.body.get(code, "") for column, code in BODIES.items()},
        "status": one.sets_status,
        "days_on_hold": str(one.holds_for_days or ""),
        "priority": Priority(one.sets_priority).name.lower() if one.sets_priority else "",
        "assign_to": assigns.get(one.assigns, one.assigns),
        "move_to": one.moves_to.slug if one.moves_to else "",
        "add_tags": ", ".join(tag.name for tag in one.adds_tags.all()),
        "remove_tags": ", ".join(tag.name for tag in one.removes_tags.all()),
        "note": one.adds_note,
        "active": "yes" if one.is_active else "no",
    }


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _as_meant(cell: str) -> str:
    """Without the apostrophe that `_harmless` put there."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def decoded(content: bytes) -> str:
    """The text of a file: UTF-8 with or without a mark, or UTF-16 with one ("Unicode text")."""
    if len(content) > LARGEST:
        raise NoTable(_("The file is larger than one megabyte."))
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise NoTable(_("The letters cannot be read. Save it as “CSV UTF-8”.")) from None
    return text


def read(text: str, *, by: User) -> list[Row]:
    """What each line would do. Raises NoTable if there are no columns that we know."""
    text = text.lstrip("\ufeff")
    first, _end, rest = text.partition("\n")
    if first.strip().lower().startswith("sep="):
        text, first = rest, rest.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    reader = _Reader(by)
    try:
        names = [name.strip().lower() for name in next(table, [])]
        _check(names)
        line = table.line_num + 1
        for cells in table:
            if any(cell.strip() for cell in cells):
                if len(reader.rows) == MOST:
                    raise NoTable(_("At most %(most)d rows at once.") % {"most": MOST})
                reader.take(line, names, cells)
            line = table.line_num + 1
    except csv.Error as error:
        sentence = _("Line %(line)d cannot be read: %(why)s")
        raise NoTable(sentence % {"line": table.line_num, "why": error}) from None
    return reader.rows


def _check(names: list[str]) -> None:
    if "title" not in names:
        raise NoTable(_("The first line must name the columns; “title” is missing."))
    if strange := [name for name in names if name and name not in COLUMNS]:
        raise NoTable(
            _("Nobody knows these columns: %(names)s.") % {"names": ", ".join(strange)[:200]}
        )


class _Reader:
    """Makes rows of lines; knows the places, and which titles came already."""

    def __init__(self, by: User) -> None:
        self.by = by
        self.rows: list[Row] = []
        self.seen: dict[tuple[str, str], int] = {}
        self.places = {one.slug: str(one.pk) for one in Department.objects.all()}

    def take(self, line: int, names: list[str], cells: list[str]) -> None:
        """One more line."""
        given = {
            name: _as_meant(cell).replace("\r\n", "\n")
            for name, cell in zip(names, cells, strict=False)
            if name in COLUMNS
        }
        row = Row(line, " ".join(given.get("title", "").split())[:150])
        self.rows.append(row)
        if any(cell.strip() for cell in cells[len(names) :]):
            row.problems.append(_("It has more cells than there are columns."))
            return
        if any("\0" in cell for cell in cells):
            # Its title and its people are looked up before the form sees them.
            row.problems.append(str(ProhibitNullCharactersValidator.message))
            return
        place = self._among(row, "for", given, {"me": MINE, "all": SHARED, **self.places}) or MINE
        if row.problems:
            return
        key = (place, row.title.casefold())
        if key in self.seen:
            sentence = _("Line %(line)d has this title already.")
            row.problems.append(sentence % {"line": self.seen[key]})
            return
        self.seen[key] = line
        row.before = self._namesake(place, row.title)
        if row.before is not None:
            # Columns that the table does not have stay as they are.
            given = {**_cells(row.before), **given}
        self._fill(row, place, given)

    def _fill(self, row: Row, place: str, given: dict[str, str]) -> None:
        data = self._typed(row, given)
        if row.problems:
            return
        posted = QueryDict(mutable=True)
        posted.update({"title": row.title, "place": place, **data})
        if row.before is not None and (fields := row.before.sets_fields):
            for one in CustomField.objects.definitions():
                posted[f"{FIELD}{one.slug}"] = one.typed(fields.get(one.slug))
        form = CannedReplyForm(
            posted, instance=row.before or CannedReply(owner=self.by), by=self.by
        )
        if form.is_valid():
            row.form = form
            return
        for name, sentences in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            row.problems += [f"{label}: {one}" if label else str(one) for one in sentences]

    def _typed(self, row: Row, given: dict[str, str]) -> dict[str, str]:
        """What the cells are in the form; a cell that says nothing we know is a problem."""
        choices = CannedReply._meta.get_field("sets_status").choices or ()
        statuses = {str(value): str(value) for value, _label in choices}
        assign = given.get("assign_to", "").strip().lower()
        person = None
        if assign not in {"", "me", "nobody"}:
            person = colleagues_of(self.by).filter(email=assign).first()
            if person is None:
                sentence = _("No colleague has the address “%(cell)s”.")
                row.problems.append(sentence % {"cell": assign[:60]})
        activity = {**dict.fromkeys(YES, "on"), **dict.fromkeys(NO, "off")}
        row.active = self._among(row, "active", given, activity) != "off"
        return {
            "sets_status": self._among(row, "status", given, statuses),
            "holds_for_days": given.get("days_on_hold", "").strip(),
            "sets_priority": self._among(row, "priority", given, PRIORITIES),
            "assigns": "person" if person else assign,
            "assigns_to": str(person.pk) if person else "",
            "moves_to": self._among(row, "move_to", given, self.places),
            "adds_tags": given.get("add_tags", ""),
            "removes_tags": given.get("remove_tags", ""),
            "adds_note": given.get("note", ""),
            **{f"body_{code}": given.get(column, "") for column, code in BODIES.items()},
        }

    def _among(self, row: Row, column: str, given: dict[str, str], known: dict[str, Any]) -> str:
        cell = given.get(column, "").strip().lower()
        if cell and cell not in known:
            sentence = _("“%(cell)s” is nothing that “%(column)s” may say.")
            row.problems.append(sentence % {"cell": cell[:60], "column": column})
        return str(known.get(cell, ""))

    def _namesake(self, place: str, title: str) -> CannedReply | None:
        """The one of this title in a place of this key."""
        where = CannedReply(
            owner=self.by if place == MINE else None,
            department_id=int(place) if place.isdigit() else None,
        )
        return namesakes(where, title).first()


@transaction.atomic
def take_in(rows: Iterable[Row], *, by: User) -> int:
    """Save what is right among `rows`, each by its verb; how many."""
    count = 0
    for row in rows:
        if row.form is not None:
            canned = row.form.save(commit=False)
            canned.is_active = row.active
            actions.save_canned_reply(canned, by=by, **row.form.arguments)
            count += 1
    return count
