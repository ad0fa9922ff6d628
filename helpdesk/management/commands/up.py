"""`manage.py up`: the whole desk on this machine."""

import errno
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.embedded.processes import ServiceError
from helpdesk.embedded.trial_run import TrialRun


class Command(BaseCommand):
    """Bring up database, queue, trial mail server, web server and workers, and watch them."""

    help = "Run the whole desk here, with embedded parts where the environment names none."
    # Whatever is checked needs the services that this command is about to start.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One choice: where the web server listens."""
        parser.add_argument(
            "--bind", metavar="HOST:PORT", help="where the web server listens: 127.0.0.1:8000"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until asked to stop; every refusal is one sentence."""
        try:
            TrialRun(settings.BASE_DIR, options["bind"]).run()
        except ServiceError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise CommandError(
                f"The disk that holds {settings.VAR_DIR} is full: make room and start again."
            ) from error
