"""`manage.py seed_demo`: a desk at work, to look around in."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from departments.models import User
from helpdesk.embedded.environment import write_privately
from helpdesk.management.demo import articles, furniture, people, scenes
from helpdesk.management.demo.director import Director
from mailgateway.models import OutboundEmail
from tickets.models import Ticket


class Command(BaseCommand):
    """Fill an empty desk with departments, people and forty conversations."""

    help = "Fill an empty desk with demo departments, people and tickets."

    def add_arguments(self, parser: CommandParser) -> None:
        """One choice: what a desk that is not empty means."""
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where people exist already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """All of it or nothing; the passwords are written to `var/demo-accounts.json`."""
        if User.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("This desk has people already: demo data goes into an empty one.")
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        file = settings.VAR_DIR / "demo-accounts.json"
        with transaction.atomic():
            accounts = self.fill()
            # Before the commit: killed in between, the desk stays empty and is filled again.
            write_privately(file, json.dumps(accounts, indent=2))
        self.stdout.write(f"{Ticket.objects.count()} tickets. Passwords: {file}")

    def fill(self) -> list[dict[str, str]]:
        """Everything; [{role, email, password}]."""
        furniture.dress()
        places = furniture.furnish()
        cast = people.settle(places)
        furniture.open_mailboxes(places)
        furniture.write_canned_replies(places, cast)
        furniture.save_workspaces(places, cast)
        articles.write_articles(cast)
        Director(cast, places).play(scenes.ALL)
        # The play is long over: nobody gets a letter about it.
        OutboundEmail.objects.all().delete()
        return people.give_passwords(cast)
