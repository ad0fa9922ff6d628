"""`manage.py healthy`: does the web server of this container answer, with database and Redis?"""

import http.client
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Ask `/readyz` on this machine, under the name the desk is known by."""

    help = "Ask the web server of this machine whether it is ready."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which port to ask."""
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        """End with status 1 unless the answer is 200."""
        headers = {"Host": urlsplit(settings.DESK_URL).netloc}
        if settings.SECURE_PROXY_SSL_HEADER:
            headers["X-Forwarded-Proto"] = "https"
        connection = http.client.HTTPConnection("127.0.0.1", options["port"], timeout=8)
        try:
            connection.request("GET", "/readyz", headers=headers)
            status = connection.getresponse().status
        except OSError as error:
            raise CommandError(f"The web server does not answer: {error}") from error
        if status != http.client.OK:
            raise CommandError(f"The web server answered {status}.")
        self.stdout.write("ready")
