"""Files are looked at without harm: pictures small, PDF in its viewer, text as text, all as one."""

import io
import zipfile

import pytest
from django.urls import reverse
from PIL import Image

from tests.tickets.test_attachments import picture
from tickets import actions, attachments
from tickets.archives import zipped
from tickets.attachments import IncomingFile
from tickets.models import Attachment


@pytest.fixture
def sent(ticket, carla):
    """Carla sends a file: `sent("a.txt", b"...")`; gives what was kept of it."""

    def send(name, content, content_type="application/octet-stream"):
        message = actions.reply_to_ticket(
            ticket, by=carla, body="See file", files=[IncomingFile(name, content, content_type)]
        )
        return message.attachments.get()

    return send


@pytest.fixture
def browser(ada, enter):
    return enter(ada)


def small(file):
    return reverse("small_file", args=[file.token])


@pytest.mark.parametrize("form", ["PNG", "JPEG", "GIF"])
def test_a_picture_is_drawn_small_once(sent, browser, form, monkeypatch):
    file = sent("shot", picture(form, (1600, 800)))

    answer = browser.get(small(file))

    assert answer.headers["Content-Type"] == "image/webp"
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert drawn.size == (attachments.SMALL, attachments.SMALL // 2)
    file.file.storage.delete(file.file.name)
    assert browser.get(small(file)).content == answer.content


def test_it_stands_upright(sent, browser):
    stream, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # turned by a quarter, as phones say it
    Image.new("RGB", (200, 100)).save(stream, "JPEG", exif=exif)

    answer = browser.get(small(sent("photo.jpg", stream.getvalue())))

    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert drawn.size == (100, 200)


def test_a_picture_with_too_many_points_is_not_drawn(sent, browser, monkeypatch):
    monkeypatch.setattr(Attachment, "SMALL_PIXELS", 10_000)
    bomb = sent("bomb.png", picture("PNG", (200, 200)))
    photo = sent("photo.jpg", picture("JPEG", (800, 800)))

    assert browser.get(small(bomb)).status_code == 404
    assert browser.get(small(photo)).status_code == 404


def test_what_lies_about_its_size_is_not_drawn(sent, browser):
    file = sent("a.png", picture("PNG"))
    with file.file.storage.open(file.file.name, "wb") as stored:
        stored.write(picture("PNG", (5000, 5000)))

    assert browser.get(small(file)).status_code == 404


def test_a_broken_picture_is_not_drawn(sent, browser):
    file = sent("a.png", picture("PNG", (90, 90)))
    with file.file.storage.open(file.file.name, "wb") as stored:
        stored.write(picture("PNG", (90, 90))[:60])

    assert browser.get(small(file)).status_code == 404


def test_a_pdf_opens_in_the_viewer_and_can_do_nothing(sent, browser):
    file = sent("рахунок.pdf", b"%PDF-1.7\n...", "application/pdf")

    answer = browser.get(file.get_absolute_url())

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    kept = browser.get(file.get_absolute_url(), {"download": "1"})
    assert kept.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("a.pdf", b"<html><script>alert(1)</script>", "application/pdf"),
        ("a.html", b"<script>alert(1)</script>", "text/html"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        ("a.txt", b"words", "text/plain"),
    ],
)
def test_nothing_else_is_shown_as_it_is(sent, browser, name, content, content_type):
    answer = browser.get(sent(name, content, content_type).get_absolute_url())

    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_log_is_read_like_a_letter_and_is_no_markup(sent, browser):
    log = "Помилка: з'єднання розірвано\n<script>alert(1)</script>\n" * 3
    file = sent("server.log", log.encode("windows-1251"))

    text = browser.get(reverse("text_file", args=[file.token])).content.decode()

    assert "Помилка: з&#x27;єднання розірвано" in text
    assert "<script>alert" not in text
    assert text.count("<li>") == 6


def test_of_a_long_text_the_beginning_is_shown(sent, browser):
    file = sent("long.log", b"one line of a log\n" * 50_000)

    text = browser.get(reverse("text_file", args=[file.token])).content.decode()

    assert "only its beginning is shown" in text
    assert len(text) < 300_000


def test_what_is_no_text_says_so(sent, browser):
    file = sent("a.log", b"\0\1\2\3")

    answer = browser.get(reverse("text_file", args=[file.token]))

    assert "There is no text in this file" in answer.content.decode()


@pytest.mark.parametrize("name", ["small_file", "text_file"])
def test_only_who_may_read_the_message_sees_its_file(sent, name, carla, linus, mallory, enter):
    url = reverse(name, args=[sent("a.png", picture()).token])

    assert enter(carla).get(url).status_code == 200
    for stranger in (linus, mallory):
        assert enter(stranger).get(url).status_code == 404


def test_all_files_of_a_ticket_come_as_one(ticket, sent, carla, ada, browser):
    sent("a.log", b"first")
    sent("a.log", b"second")
    lost = sent("lost.txt", b"gone")
    lost.file.storage.delete(lost.file.name)
    other = actions.open_ticket(
        customer=carla, by=carla, subject="Two", body="x", files=[IncomingFile("ї.txt", b"third")]
    )
    actions.merge_tickets(other, into=ticket, by=ada)

    answer = browser.get(reverse("agent:files", args=[ticket.number]))

    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert archive.testzip() is None
        found = {name: archive.read(name) for name in archive.namelist()}
    assert found == {"a.log": b"first", "a (2).log": b"second", "ї.txt": b"third"}


def test_an_archive_is_never_whole_in_memory(sent):
    file = sent("big.log", b"x" * 1_000_000)

    pieces = list(zipped([file]))

    assert max(map(len, pieces)) < 100_000
    assert sum(map(len, pieces)) > 1_000_000
