"""`manage.py prepare`: what must be done once before this version of the desk may serve."""

import json
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand

from helpdesk.management.catalogues import compile_catalogues
from mailgateway.models import Mailbox


class Command(BaseCommand):
    """Migrate, compile the catalogues, collect static files; a trial desk gets its demo people."""

    help = "Migrate, compile translations, collect static files; fill an empty trial desk."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Do all of it; each step may be repeated without harm."""
        compile_catalogues(settings.LOCALE_PATHS[0])
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if settings.DESK_TRIAL:
            if not get_user_model().objects.exists():
                call_command("seed_demo")
            self.note_mailboxes()

    def note_mailboxes(self) -> None:
        """Write down the addresses one may write to, for the line that `up` prints."""
        addresses = list(
            Mailbox.objects.filter(is_active=True).order_by("pk").values_list("address", flat=True)
        )
        (settings.VAR_DIR / "demo-mailboxes.json").write_text(json.dumps(addresses))
