import io
import json
import sys
import time

import pytest
from django.core.management import call_command
from django.db import connections

from mailgateway import bounds
from mailgateway.management.commands import parse_mail

KEYS = (
    "file ok error message_id in_reply_to references from reply_to to cc subject date text html"
    " visible_text attachments auto_submitted auto_reason bounce bounced_recipients"
)
LETTER = """\
From: Carla <carla@example.com>
To: billing@desk.example
Cc: Ada <ada@example.net>
Subject: Invoice
Date: Tue, 03 Mar 2026 12:00:00 +0200
Message-ID: <one@example.com>
In-Reply-To: <nought@example.com>
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html

<p>See <script>alert(1)</script>there.</p><blockquote>What?<br>When?</blockquote>
--b
Content-Type: application/pdf; name="invoice.pdf"
Content-Transfer-Encoding: base64

JVBERi0=
--b--
"""


def told(*files):
    out = io.StringIO()
    call_command("parse_mail", *map(str, files), json=True, stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def letter(tmp_path):
    path = tmp_path / "letter.eml"
    path.write_text(LETTER)
    return path


def test_a_letter_is_told_in_one_line(letter):
    (line,) = told(letter)
    assert list(line) == KEYS.split()
    assert line["from"] == {"name": "Carla", "email": "carla@example.com"}
    assert line["cc"] == [{"name": "Ada", "email": "ada@example.net"}]
    assert line["message_id"] == "one@example.com"
    assert line["in_reply_to"] == ["nought@example.com"]
    assert line["date"] == "2026-03-03T10:00:00+00:00"
    assert "script" not in line["html"]
    assert "What?" in line["text"]
    assert "What?" not in line["visible_text"]
    assert line["attachments"] == [
        {
            "filename": "invoice.pdf",
            "content_type": "application/pdf",
            "size": 5,
            "inline": False,
            "content_id": "",
        }
    ]
    assert (line["auto_submitted"], line["bounce"]) == (False, False)


def test_lines_stand_in_the_order_of_the_files_and_one_that_is_missing_stops_none(letter, tmp_path):
    lines = told(letter, tmp_path / "nowhere", tmp_path, letter)
    assert [line["ok"] for line in lines] == [True, False, False, True]
    assert "No such file" in lines[1]["error"]
    assert all(list(line) == KEYS.split() for line in lines)


def test_a_dash_is_what_comes_in(letter, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(letter.read_bytes())))
    (line,) = told("-")
    assert (line["file"], line["subject"]) == ("-", "Invoice")


def test_no_database_is_asked(letter):
    assert told(letter)[0]["ok"]  # pytest-django refuses every connection in this test
    assert connections["default"].connection is None or not connections["default"].in_atomic_block


def test_a_letter_that_kills_the_reader_still_has_a_line_and_so_has_the_next(letter, monkeypatch):
    read = bounds.read

    def dies(raw):
        if b"deadly" in raw:
            time.sleep(60)
        return read(raw)

    monkeypatch.setattr(bounds, "read", dies)
    monkeypatch.setattr(parse_mail, "_PATIENCE", 1.0)
    deadly = letter.with_name("deadly.eml")
    deadly.write_text("Subject: deadly\nFrom: mallory@example.com\n\nWords\n")
    first, second = told(deadly, letter)
    assert (first["ok"], first["subject"], first["text"]) == (True, "deadly", "Words\n")
    assert second["subject"] == "Invoice"


def test_a_machine_is_called_one(letter):
    letter.write_text("Auto-Submitted: auto-replied (away)\nSubject: x\n\nI am away\n")
    (line,) = told(letter)
    assert line["auto_submitted"] is True
    assert "auto-replied" in line["auto_reason"]
    assert line["bounce"] is False
