#!/usr/bin/env python3
"""Django's command line."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command that was asked for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    if sys.argv[1:2] == ["up"]:
        # Settings cannot be read without the secrets that the first `up` makes.
        from helpdesk.embedded.environment import ensure_keys

        ensure_keys(Path(__file__).resolve().parent / ".env")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
