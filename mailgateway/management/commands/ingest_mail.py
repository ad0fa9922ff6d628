"""`manage.py ingest_mail`: letters that a mail server hands over, or that lie in files."""

import json
import logging
import sys
from argparse import RawDescriptionHelpFormatter
from dataclasses import dataclass
from os import EX_NOINPUT, EX_NOUSER, EX_TEMPFAIL, EX_USAGE
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError
from django.db.models import Q

from mailgateway import inbound
from mailgateway.models import Mailbox

log = logging.getLogger(__name__)

CHUNK = 1024 * 1024
STDIN = "-"
HELP = """\
Put letters into the ledger of a mailbox, as if they had been fetched from its server, and handle
them at once. Prints one JSON object a line: file, outcome (created, appended, bounce, automatic,
duplicate, own, ignored, quarantined), ticket, message, reason.

Exit status, for mail servers (sysexits.h): 0 once every letter is committed to the ledger, even if
it was not understood; 64 wrong usage; 66 a file cannot be read; 67 no such mailbox; 75 nothing can
be stored now, so the mail server keeps the letter and tries again.

Postfix, in master.cf, and then in transport_maps `support@example.org desk:`
  desk unix - n n - 2 pipe flags=DRhu user=desk
    argv=/path/to/python /path/to/manage.py ingest_mail --mailbox support@example.org
Exim, as a transport that a router names:
  desk:
    driver = pipe
    user = desk
    command = /path/to/python /path/to/manage.py ingest_mail --mailbox support@example.org
    temp_errors = *
"""


@dataclass(frozen=True)
class Given:
    """A letter as it was handed over. Beyond the mailbox's bound `raw` is only its beginning, and
    all of it lies in the file `whole`."""

    raw: bytes
    size: int
    whole: BinaryIO | None = None


class Command(BaseCommand):
    """Commit first, handle afterwards, say what became of each letter."""

    help = HELP
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The help keeps its lines: mail servers' settings are copied from it."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        """Into which mailbox, and where the letters are."""
        parser.add_argument("--mailbox", required=True, metavar="NAME", help="name or address")
        parser.add_argument(
            "files", nargs="*", default=[STDIN], metavar="FILE", help="- is standard input"
        )

    def run_from_argv(self, argv: list[str]) -> None:
        """As any command, with the exit status that mail servers know: no fault of ours may make
        them send a letter back."""
        try:
            super().run_from_argv(argv)
        except SystemExit as end:
            sys.exit(EX_USAGE if end.code == 2 else end.code)
        except Exception:
            log.exception("The letters could not be taken")
            sys.exit(EX_TEMPFAIL)

    def handle(self, *args: Any, **options: Any) -> None:
        """Take every letter; the exit status tells the worst that happened."""
        unreadable = []
        try:
            mailbox = self._mailbox(options["mailbox"])
            for name in options["files"]:
                with TemporaryFile() as aside:
                    try:
                        given = read(name, mailbox.largest_letter, aside)
                    except OSError as error:
                        unreadable.append(f"{name} cannot be read: {error.strerror}.")
                    else:
                        self._take(mailbox, name, given)
        except (DatabaseError, InterfaceError) as error:
            raise CommandError(
                f"Nothing can be stored now: {error}", returncode=EX_TEMPFAIL
            ) from error
        if unreadable:
            raise CommandError("\n".join(unreadable), returncode=EX_NOINPUT)

    def _mailbox(self, name: str) -> Mailbox:
        found = Mailbox.objects.unopened().filter(Q(name__iexact=name) | Q(address__iexact=name))
        mailbox = found.order_by("pk").first()
        if mailbox is None:
            raise CommandError(f"There is no mailbox “{name}”.", returncode=EX_NOUSER)
        return mailbox

    def _take(self, mailbox: Mailbox, name: str, given: Given) -> None:
        letter = inbound.receive(
            mailbox,
            given.raw,
            partial_of=given.size if given.whole else None,
            whole=given.whole,
        )
        try:
            inbound.handle(letter.pk)
            letter.refresh_from_db(fields=["state", "reason", "error", "ticket", "message_pk"])
        except (DatabaseError, InterfaceError) as error:
            # It is in the ledger: a sweep will handle it, and nobody must hand it over again.
            self.stderr.write(f"{name} is stored, and will be handled later: {error}")
        line = {
            "file": name,
            "outcome": inbound.outcome_of(letter),
            "ticket": letter.ticket_id,
            "message": letter.message_pk,
            "reason": letter.reason or letter.error or None,
        }
        self.stdout.write(json.dumps(line))


def read(name: str, most: int, aside: BinaryIO) -> Given:
    """A letter from a file or standard input, at most `most` bytes of it in memory; of a larger one
    all is put into `aside`."""
    if name == STDIN:
        return _read(sys.stdin.buffer, most, aside)
    with Path(name).open("rb") as file:
        return _read(file, most, aside)


def _read(file: BinaryIO, most: int, aside: BinaryIO) -> Given:
    raw, size = bytearray(), 0
    while chunk := file.read(CHUNK):
        if size <= most < size + len(chunk):
            aside.write(raw)
        size += len(chunk)
        if size > most:
            aside.write(chunk)
        raw += chunk[: most - len(raw)]
    aside.seek(0)
    return Given(bytes(raw), size, aside if size > most else None)
