"""`manage.py letter`: write to the desk through the trial mail server."""

import json
import mimetypes
import smtplib
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Send one letter by SMTP to the trial mail server of the running desk."""

    help = "Send a letter to the trial mail server of the running desk."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Who writes to whom, and what."""
        parser.add_argument("--to", required=True, action="append", metavar="ADDRESS")
        parser.add_argument("--from", required=True, dest="sender", metavar="ADDRESS")
        parser.add_argument("--subject", required=True)
        parser.add_argument("--text", default="Good morning,\n\nI have a question.\n")
        parser.add_argument(
            "--file", action="append", default=[], type=Path, metavar="PATH", dest="files"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write and send the letter; say so, or why not, in one sentence."""
        letter = written(
            options["sender"], options["to"], options["subject"], options["text"], options["files"]
        )
        host, port = trial_smtp()
        try:
            with smtplib.SMTP(host, port, timeout=30) as smtp:
                smtp.send_message(letter, options["sender"], options["to"])
        except ConnectionRefusedError as error:
            raise CommandError(not_running()) from error
        except (OSError, smtplib.SMTPException) as error:
            raise CommandError(f"The trial mail server did not take the letter: {error}") from error
        self.stdout.write(f"Sent to {', '.join(options['to'])}.")


def written(
    sender: str, recipients: list[str], subject: str, text: str, files: list[Path]
) -> EmailMessage:
    """A letter with these files attached; raises `CommandError` for one that cannot be read."""
    letter = EmailMessage()
    letter["From"] = sender
    letter["To"] = ", ".join(recipients)
    letter["Subject"] = subject
    letter["Date"] = formatdate(localtime=True)
    letter["Message-ID"] = make_msgid(domain="letter.localhost")
    letter.set_content(text)
    for path in files:
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        kind, encoding = mimetypes.guess_type(path.name)
        main, _, sub = ("application/octet-stream" if encoding or not kind else kind).partition("/")
        letter.add_attachment(content, main, sub, filename=path.name)
    return letter


def trial_smtp() -> tuple[str, int]:
    """Host and port of the running trial mail server; raises `CommandError` without one."""
    try:
        address = json.loads((settings.VAR_DIR / "up.json").read_text())["smtp"]
    except (OSError, ValueError, KeyError) as error:
        raise CommandError(not_running()) from error
    host, _, port = address.partition(":")
    return host, int(port)


def not_running() -> str:
    """What to say when there is no trial mail server."""
    return "The desk does not run here: start it with `python3 desk up` in another terminal."
