"""`manage.py ingest_mail`: a mail server hands letters over and knows when to keep them."""

import io
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.urls import reverse

from mailgateway.models import InboundEmail, Mailbox
from tests.letters import letter
from tickets.models import Ticket


@pytest.fixture
def ingest(mailbox, capsys, monkeypatch):
    """Run the command with these arguments (and bytes on standard input); the lines it printed."""

    def run(*words: object, given: bytes = b"", into: str = "Billing") -> list[dict]:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(given)))
        out = io.StringIO()
        try:
            call_command("ingest_mail", *map(str, words), "--mailbox", into, stdout=out)
        finally:
            run.lines = [json.loads(line) for line in out.getvalue().splitlines()]
        assert capsys.readouterr().out == ""
        return run.lines

    return run


def status(*words: str, **env: str) -> int:
    """The exit status of the command as a mail server calls it."""
    command = [sys.executable, "manage.py", "ingest_mail", *words]
    base = {"SECRET_KEY": "x", "DESK_SEAL_KEY": settings.DESK_SEAL_KEYS[0], **os.environ, **env}
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=base, input=letter(), capture_output=True, check=False
    )
    assert done.stdout == b""
    return done.returncode


def test_files_are_taken_in_order_and_said_line_by_line(ingest, tmp_path):
    first, broken = tmp_path / "first.eml", tmp_path / "broken.eml"
    first.write_bytes(letter("Раз."))
    broken.write_bytes(b"\xff\0 no letter at all")

    lines = ingest(first, broken, first)

    ticket = Ticket.objects.order_by("id")[0]
    assert [line["outcome"] for line in lines] == ["created", "created", "duplicate"]
    assert lines[0] == {
        "file": str(first),
        "outcome": "created",
        "ticket": ticket.number,
        "message": ticket.messages.get().pk,
        "reason": None,
    }
    assert "The same letter as" in lines[2]["reason"]
    assert bytes(InboundEmail.objects.order_by("id")[0].raw) == first.read_bytes()


@pytest.mark.parametrize("words", [(), ("-",)])
def test_standard_input_is_one_letter(ingest, words):
    (line,) = ingest(*words, given=letter(), into="BILLING@desk.example")

    assert (line["file"], line["outcome"]) == ("-", "created")


def test_a_letter_that_breaks_us_is_stored_and_that_is_enough(ingest, monkeypatch):
    def broken(_letter):
        raise KeyError("x")

    monkeypatch.setattr("mailgateway.inbound.ledger.understand", broken)

    (line,) = ingest(given=letter())

    assert (line["outcome"], line["ticket"]) == ("quarantined", None)
    assert "KeyError" in line["reason"]
    assert InboundEmail.objects.get().state == "failed"


def test_a_database_that_goes_away_after_storing_does_not_bring_the_letter_again(
    ingest, monkeypatch
):
    def away(_pk):
        raise OperationalError("gone")

    monkeypatch.setattr("mailgateway.inbound.handle", away)

    (line,) = ingest(given=letter())

    assert line["outcome"] == "quarantined"
    assert InboundEmail.objects.count() == 1


def test_a_file_that_cannot_be_read_stops_no_other(ingest, tmp_path):
    good = tmp_path / "good.eml"
    good.write_bytes(letter())

    with pytest.raises(CommandError, match="No such file") as refusal:
        ingest(tmp_path / "nowhere.eml", good)

    assert refusal.value.returncode == os.EX_NOINPUT
    assert [line["outcome"] for line in ingest.lines] == ["created"]


def test_a_mailbox_that_is_not_there_is_no_user(ingest):
    with pytest.raises(CommandError, match="no mailbox “Nobody”") as refusal:
        ingest(given=letter(), into="Nobody")

    assert refusal.value.returncode == os.EX_NOUSER


def test_of_a_letter_that_is_too_large_the_beginning_is_read_and_all_is_kept(ingest, enter, ada):
    Mailbox.objects.update(largest_letter_mb=1)
    raw = letter("Дивіться файл.", files=[("disk.img", "application/x-disk", b"x" * 2_000_000)])

    ingest(given=raw)

    row = InboundEmail.objects.get()
    assert (row.size, row.is_partial, len(row.raw)) == (len(raw), True, 1024 * 1024)
    message = row.ticket.messages.get()
    assert message.text == "Дивіться файл."
    assert "letter-cut" in message.reading["problems"]
    page = enter(ada).get(reverse("letters:raw_of_message", args=[message.pk]))
    assert b"".join(page.streaming_content) == raw


def test_the_mail_server_keeps_the_letter_while_nothing_can_be_stored():
    away = "postgres://desk@127.0.0.1:1/desk"

    assert status("--mailbox", "Billing", DATABASE_URL=away) == os.EX_TEMPFAIL


def test_wrong_usage_is_told_as_such():
    assert status("--mailbux", "Billing") == os.EX_USAGE
