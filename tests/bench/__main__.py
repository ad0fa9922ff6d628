"""`python3 desk bench mail`: what a letter costs from the mail server to the history.

A PostgreSQL and a Valkey of its own, a real Dovecot. This process does what the worker does, one
letter after the other, without Celery's own share; what PostgreSQL's processes take is counted
beside it. Figures are milliseconds of processor time for each letter.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

import django

from helpdesk.embedded.postgres import Postgres
from helpdesk.embedded.valkey import Valkey
from tests.mail_servers import running_dovecot
from tests.surroundings import FACTS

SUBJECTS = ("mail",)


def main() -> int:
    """Bring the servers, then measure."""
    parser = argparse.ArgumentParser(prog="desk bench", description=__doc__)
    parser.add_argument("subject", choices=SUBJECTS)
    parser.add_argument("--letters", type=int, default=200, help="of each kind")
    parser.add_argument(
        "--tickets",
        type=int,
        nargs="*",
        default=[20_000, 200_000],
        help="to how many tickets the desk is filled before it is measured again",
    )
    wished = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    folder.chmod(0o755)
    postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
    try:
        postgres.start()
        postgres.create_database("bench")
        valkey.start()
        os.environ |= {
            **FACTS,
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            "DATABASE_URL": postgres.url("bench"),
            "REDIS_URL": valkey.url,
            "DESK_FILES_DIR": str(folder / "files"),
            "LOG_LEVEL": "ERROR",
        }
        django.setup()
        with running_dovecot() as dovecot:
            # Only now, for it knows models.
            from tests.bench import mail

            mail.measure(postgres, dovecot, wished.letters, sorted(wished.tickets))
    except LookupError as missing:
        sys.stderr.write(f"desk bench: {missing}\n")
        return 1
    finally:
        valkey.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
