"""`manage.py parse_mail --json FILE…`: what the desk reads in letters, without taking them in."""

import json
import multiprocessing
import resource
import sys
from collections.abc import Iterable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from helpdesk.lib import html
from mailgateway import bounds, quoting
from mailgateway.parsing import Address, ParsedEmail
from mailgateway.verdicts import Kind, kind_of

_PATIENCE = 8.5  # seconds the reader has for one letter before it is killed
_MEMORY = 400 * 1024 * 1024  # bytes the reader may add to what it has at its start
_SMALL = 256 * 1024  # bytes that are looked at when the reader did not survive the letter


class Command(BaseCommand):
    """Print one JSON object for every file, in order, whatever the files hold."""

    help = (
        "Read letters from files and print what was found, one JSON object a line. "
        "Nothing is stored and no database is needed."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which files; the form of the answer."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="a letter; - is stdin")
        parser.add_argument(
            "--json", action="store_true", required=True, help="one JSON object a line"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read in a process of its own, which is killed and replaced if a letter is too much."""
        for line in _lines(options["files"]):
            self.stdout.write(line)


def _lines(files: Iterable[str]) -> Iterable[str]:
    reader = _Reader()
    try:
        for file in files:
            raw = sys.stdin.buffer.read(bounds.LARGEST + 1) if file == "-" else b""
            yield reader.ask(file, raw) or _line(file, raw, most=_SMALL, in_short=True)
    finally:
        reader.stop()


class _Reader:
    """A process that reads letters one after the other."""

    def __init__(self) -> None:
        self.process: Any = None
        self.pipe: Connection

    def ask(self, file: str, raw: bytes) -> str | None:
        """The line of one file, or None if reading it took too long or killed the process."""
        if self.process is None:
            self.start()
        try:
            self.pipe.send((file, raw))
            if self.pipe.poll(_PATIENCE):
                return str(self.pipe.recv())
        except (EOFError, OSError):
            pass
        self.stop()
        return None

    def start(self) -> None:
        """A copy of this process, with everything loaded already."""
        context = multiprocessing.get_context("fork")
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_read_on, args=(self.pipe, theirs), daemon=True)
        self.process.start()
        theirs.close()

    def stop(self) -> None:
        """End it, whatever it is doing."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.pipe.close()
            self.process = None


def _read_on(ours: Connection, pipe: Connection) -> None:
    """What the reading process does until the pipe is closed."""
    ours.close()
    _limit_memory()
    while True:
        try:
            file, raw = pipe.recv()
        except EOFError:
            return
        try:
            line = _line(file, raw)
        except Exception:  # whatever it is, the others wait for their lines
            line = _line(file, raw, most=_SMALL, in_short=True)
        pipe.send(line)


def _limit_memory() -> None:
    limit = bounds.size_now() + _MEMORY
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _line(file: str, raw: bytes, *, most: int = bounds.LARGEST + 1, in_short: bool = False) -> str:
    """Everything about one letter; `in_short` only what cannot go wrong any more."""
    answer: dict[str, Any] = {"file": file, "ok": True, "error": None}
    if file != "-":
        try:
            with Path(file).open("rb") as stream:
                raw = stream.read(most)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            answer.update(ok=False, error=f"The file cannot be opened: {why}.")
    parsed = bounds.gist(raw[:most]) if in_short else bounds.read(raw)
    if not answer["ok"]:
        parsed = replace(parsed, html="", text="")
    return json.dumps({**answer, **_told(parsed)})


def _told(parsed: ParsedEmail) -> dict[str, Any]:
    """The letter as the command tells it."""
    machine = _machine(parsed)
    cleaned = html.clean(parsed.html) if parsed.html.strip() else None
    return {
        "message_id": parsed.message_id,
        "in_reply_to": parsed.in_reply_to,
        "references": parsed.references,
        "from": _person(parsed.sender) if parsed.sender else None,
        "reply_to": [_person(one) for one in parsed.reply_to],
        "to": [_person(one) for one in parsed.to],
        "cc": [_person(one) for one in parsed.cc],
        "subject": parsed.subject,
        "date": parsed.date.isoformat() if parsed.date else None,
        "text": parsed.text,
        "html": cleaned,
        "visible_text": quoting.fold_letter(parsed.text, cleaned or "").visible,
        "attachments": [
            {
                "filename": one.name,
                "content_type": one.content_type,
                "size": len(one.content),
                "inline": one.inline,
                "content_id": one.content_id,
            }
            for one in parsed.files
        ],
        **machine,
    }


def _person(one: Address) -> dict[str, str]:
    return {"name": one.name, "email": one.email}


def _machine(parsed: ParsedEmail) -> dict[str, Any]:
    """Whether a machine wrote it (RFC 3834, RFC 3464), and about whom."""
    verdict, report = kind_of(parsed), parsed.delivery_report
    bounce = verdict.kind == Kind.BOUNCE
    return {
        "auto_submitted": verdict.is_automatic,
        "auto_reason": verdict.reason or None if verdict.is_automatic else None,
        "bounce": bounce,
        "bounced_recipients": report.failed if bounce and report else [],
    }
