"""Files are believed for what they contain."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from departments.models import DeskSettings
from helpdesk.lib.kinds import KINDS
from tickets import actions, attachments
from tickets.attachments import FileRefused, IncomingFile

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer\n%%EOF\n"


def picture(form: str = "PNG", size: tuple[int, int] = (8, 6)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, "red").save(stream, form)
    return stream.getvalue()


def huge_picture() -> bytes:
    """A PNG of a few bytes whose head promises 50,000 × 50,000 points."""
    small = picture("PNG")
    head = b"IHDR" + struct.pack(">II", 50_000, 50_000) + small[24:29]
    return small[:12] + head + struct.pack(">I", zlib.crc32(head)) + small[33:]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("PNG"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (picture("GIF"), "image/gif"),
        (PDF, "application/pdf"),
        ("Журнал подій\n".encode("cp1251"), "text/plain"),
        (b"2026-03-02 12:00 error 500\n", "text/plain"),
    ],
)
def test_these_are_taken(db, content, kind):
    (taken,) = attachments.accept([SimpleUploadedFile("знімок.bin", content)])

    assert taken.content_type == kind
    assert taken.name == "знімок.bin"


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00\x03\x00\x00\x00",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        picture("PNG")[:30],
        picture("BMP"),
        b"PK\x03\x04\x00\x00",
    ],
)
def test_these_are_refused_with_a_sentence_that_names_them(db, content):
    with pytest.raises(FileRefused, match=r"report\.png"):
        attachments.accept([SimpleUploadedFile("report.png", content)])


def test_too_large_too_many_and_empty_ones_are_refused(db, settings):
    settings.DESK_MAX_FILE_MB = 0
    with pytest.raises(FileRefused, match="larger"):
        attachments.accept([SimpleUploadedFile("a.txt", b"x")])
    settings.DESK_MAX_FILE_MB = 1
    with pytest.raises(FileRefused, match="empty"):
        attachments.accept([SimpleUploadedFile("a.txt", b"")])
    with pytest.raises(FileRefused, match="20"):
        attachments.accept([SimpleUploadedFile("a.txt", b"x") for _n in range(21)])


def test_every_refusal_says_why(db):
    for content, reason in (
        (huge_picture(), "more than 80 million points"),
        (picture("JPEG", (400, 300))[:-200], "damaged or cut off"),
        (PDF[:20], "damaged or cut off"),
        (picture("WEBP"), "We accept: PNG, GIF, JPEG, PDF, and plain text"),
        (b"PK\x03\x04\x14\x00", "something else"),
    ):
        with pytest.raises(FileRefused, match=reason):
            attachments.accept([SimpleUploadedFile("a.png", content)])


def test_an_administrator_says_which_files_customers_may_send(db):
    DeskSettings(file_kinds=["webp", "pdf"]).save()

    (taken,) = attachments.accept([SimpleUploadedFile("a", picture("WEBP"))])
    assert taken.content_type == "image/webp"
    with pytest.raises(FileRefused, match="We accept: WebP and PDF"):
        attachments.accept([SimpleUploadedFile("a.png", picture("PNG"))])
    # Agents ask for what they want.
    assert attachments.accept([SimpleUploadedFile("a.png", picture("PNG"))], KINDS)


def test_the_good_ones_are_kept_apart_from_the_others(db):
    files = [SimpleUploadedFile("a.txt", b"a"), SimpleUploadedFile("b.txt", b"")]

    taken, refused = attachments.sort_out(files, KINDS)

    assert [one.name for one in taken] == ["a.txt"]
    assert refused == ["“b.txt” is empty."]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\звіт.pdf", "звіт.pdf"),
        ("a\x00b\u202egpj.exe", "abgpj.exe"),
        ("", "file"),
        (f"{'щ' * 300}.pdf", f"{'щ' * 146}.pdf"),
    ],
)
def test_names_lose_what_is_dangerous(name, safe):
    assert attachments.safe_name(name) == safe


def test_a_stored_picture_knows_its_size_and_lies_under_no_foreign_name(ticket, ada):
    content = picture(size=(40, 30))
    note = actions.add_note(ticket, by=ada, body="", files=[IncomingFile("щось.png", content)])

    stored = note.attachments.get()
    assert (stored.width, stored.height, stored.content_type) == (40, 30, "image/png")
    assert stored.file.name.endswith(stored.token.hex)
    assert stored.file.open().read() == content


@pytest.mark.parametrize(
    ("who", "status"), [("carla", 200), ("ada", 200), ("mallory", 404), ("linus", 404), ("bo", 302)]
)
def test_who_may_fetch_a_file(carla, billing, enter, who, status, request):
    ticket = actions.open_ticket(
        customer=carla,
        by=carla,
        subject="Log",
        body="See file",
        files=[IncomingFile("<script>.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")],
    )
    url = ticket.messages.get().attachments.get().get_absolute_url()

    answer = enter(request.getfixturevalue(who)).get(url)

    assert answer.status_code == status
    if status == 200:
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer["Content-Security-Policy"]
