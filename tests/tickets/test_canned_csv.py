"""Canned replies as a table: Excel's habits, hostile cells, and nothing lost on the way."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tickets import canned_csv
from tickets.actions import save_canned_reply
from tickets.models import CannedReply

IMPORT = "/agent/canned-replies/import/"
EXPORT = "/agent/canned-replies/export/"


def table(*rows, delimiter=";"):
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    return stream.getvalue()


def problems(text, by):
    return {row.line: row.problems for row in canned_csv.read(text, by=by) if row.problems}


@pytest.fixture
def full(grace, billing, hosting):
    one = CannedReply(
        title="Рахунок; «так»",
        department=billing,
        body={"uk": "Перший рядок\n\nДругий, {customer.name}", "de": '=HYPERLINK("x")'},
        sets_status="on_hold",
        holds_for_days=3,
        sets_priority=4,
        assigns="person",
        assigns_to=grace,
        adds_note="@Ada",
        is_active=False,
    )
    return save_canned_reply(one, by=grace, adds_tags=["a", "б"], removes_tags=["late"])


def test_what_goes_out_comes_in_again(full, grace):
    text = canned_csv.written([full])
    before = canned_csv._cells(full)
    full.delete()

    rows = canned_csv.read(text, by=grace)

    assert [row.problems for row in rows] == [[]]
    assert canned_csv.take_in(rows, by=grace) == 1
    assert canned_csv._cells(CannedReply.objects.get()) == before


def test_cells_that_look_like_formulas_are_only_text(grace):
    evil = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"]
    rows = [CannedReply(title="T", owner=grace, body={"en": one}) for one in evil]
    for one in rows:
        one.save()

    cells = csv.DictReader(io.StringIO(canned_csv.written(rows).lstrip("\ufeff")), delimiter=";")

    assert [one["text_en"] for one in cells] == [f"'{one}" for one in evil]


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff", "sep=", "\ufeffsep="])
def test_excels_habits_are_understood(ada, delimiter, mark):
    text = table(["Title ", "text_uk"], ["Оплата", 'Рядок; "так", ось'], delimiter=delimiter)
    first = f"{mark}{delimiter}\r\n" if mark.endswith("sep=") else mark

    (row,) = canned_csv.read(first + text, by=ada)

    assert row.problems == []
    assert row.form.cleaned_data["body"] == {"uk": 'Рядок; "так", ось'}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("Рахунок".encode(), "Рахунок"),
        ("\ufeffРахунок".encode(), "Рахунок"),
        ("Рахунок".encode("utf-16"), "Рахунок"),
    ],
)
def test_the_letters_of_a_file_are_read(content, text):
    assert canned_csv.decoded(content) == text


@pytest.mark.parametrize("content", ["Рахунок".encode("cp1251"), b"x" * 1_000_001])
def test_other_files_are_refused_whole(content):
    with pytest.raises(canned_csv.NoTable):
        canned_csv.decoded(content)


@pytest.mark.parametrize("column", ["for", "text_en", "assign_to", "add_tags"])
def test_a_line_with_nul_is_refused_wherever_it_stands(ada, column):
    text = table(["title", column], ["N\0L", ""], ["Right", "a\0b"])

    found = problems(text, ada)

    assert found == {line: ["Null characters are not allowed."] for line in (2, 3)}


def test_every_refused_line_is_told_with_its_reason(ada, billing, carla):
    text = table(
        ["title", "for", "text_en", "status", "assign_to", "active"],
        ["Right", "me", "One\nTwo", "", "", ""],
        ["", "me", "x", "", "", ""],
        ["Unknown", "me", "{customer.nmae}", "", "", ""],
        ["Place", "nowhere", "x", "", "", ""],
        ["Not hers", "billing", "x", "", "", ""],
        ["Status", "me", "x", "closed", "", ""],
        ["Hold", "me", "x", "on_hold", "", ""],
        ["Customer", "me", "x", "", "carla@customer.example", ""],
        ["right", "me", "x", "", "", ""],
        ["Active", "me", "x", "", "", "perhaps"],
        ["Too long", "me", "x", "", "", "", "more"],
        ["Nothing", "me", "", "", "", ""],
        ["NUL", "me", "a\0b", "", "", ""],
    )

    found = problems(text, ada)

    # The first row has two lines.
    assert sorted(found) == list(range(4, 16))
    assert "Give it a title." in found[4][0]
    assert "{customer.nmae}" in found[5][0]
    assert "“nowhere” is nothing that “for” may say." in found[6]
    assert "Select a valid choice" in found[7][0]
    assert "“closed” is nothing that “status” may say." in found[8]
    assert "for how many days" in found[9][0]
    assert "No colleague has the address “carla@customer.example”." in found[10]
    assert "Line 2 has this title already." in found[11]
    assert "more cells" in found[13][0]
    assert "Write a text" in found[14][0]
    assert "Null characters" in found[15][0]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "title"),
        ("name;text_en\nx;y\n", "title"),
        ("title;password\nx;y\n", "password"),
        ('title\n"' + "x" * 200_000 + '"\n', "Line 2"),
        ("title\n" + "x\n" * 501, "500"),
    ],
)
def test_what_is_no_such_table_is_refused_whole(ada, text, why):
    with pytest.raises(canned_csv.NoTable, match=why):
        canned_csv.read(text, by=ada)


def test_a_row_changes_its_namesake_and_keeps_what_it_does_not_name(full, grace):
    CannedReply.objects.update(sets_fields={})
    rows = canned_csv.read(
        table(["title", "for", "text_en"], [full.title.upper(), "billing", "New"]), by=grace
    )

    canned_csv.take_in(rows, by=grace)

    changed = CannedReply.objects.get()
    assert changed.pk == full.pk
    assert changed.body == {**full.body, "en": "New"}
    assert (changed.sets_priority, changed.assigns_to, changed.is_active) == (4, grace, False)
    assert changed.adds_tags.count() == 2


def test_a_file_is_looked_at_before_it_comes_in(ada, enter):
    client = enter(ada)
    text = table(["title", "text_en"], ["Right", "Hello"], ["Wrong", "{nobody.knows}"])
    file = SimpleUploadedFile("canned.csv", text.encode())

    shown = client.post(IMPORT, {"table": file})

    page = shown.content.decode()
    assert shown.status_code == 200
    assert "1 row can be imported." in page
    assert "{nobody.knows}" in page
    assert not CannedReply.objects.exists()

    client.post(IMPORT, {"text": text, "confirm": "1"})

    assert [(one.title, one.owner) for one in CannedReply.objects.all()] == [("Right", ada)]


def test_a_broken_file_is_told_on_the_page(ada, enter):
    file = SimpleUploadedFile("canned.csv", b"\xd0\xff\x00")

    answer = enter(ada).post(IMPORT, {"table": file})

    assert answer.status_code == 422
    assert "CSV UTF-8" in answer.content.decode()


def test_an_export_has_what_one_sees(full, ada, linus, enter):
    CannedReply.objects.create(title="Linus", owner=linus, body={"en": "x"})

    answer = enter(ada).get(EXPORT, {"state": "all"})

    assert answer.content.startswith("\ufefftitle;for;text_uk".encode())
    assert "Рахунок" in answer.content.decode()
    assert "Linus" not in answer.content.decode()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="canned-replies.csv"'
