"""`manage.py messages`: collect, check and compile the translations."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from helpdesk.management import catalogues


class Command(BaseCommand):
    """Bring the catalogues up to date; with `--check` only say what is missing."""

    help = "Collect the strings of code and templates into locale/, and compile them."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do instead of collecting."""
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--check", action="store_true", help="list what is not translated")
        choice.add_argument("--compile", action="store_true", help="only write the .mo files")

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect and compile, or what was chosen; `--check` ends with status 1 if it finds any."""
        locale_dir = settings.LOCALE_PATHS[0]
        languages = [code for code, _name in settings.LANGUAGES]
        if options["check"]:
            found = catalogues.problems(settings.BASE_DIR, locale_dir, languages)
            for line in found:
                self.stdout.write(line)
            if found:
                raise CommandError(f"{len(found)} strings need a translator.")
            return
        if not options["compile"]:
            catalogues.update(settings.BASE_DIR, locale_dir, languages)
        catalogues.compile_catalogues(locale_dir)
