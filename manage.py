#!/usr/bin/env python3
"""Django's command line."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command that was asked for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
    if sys.argv[1:2] == ["up"]:
        from helpdesk.embedded import up

        sys.exit(up.main(Path(__file__).resolve().parent, sys.argv[2:]))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
