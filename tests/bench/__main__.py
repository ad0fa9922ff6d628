"""`python3 desk bench mail`: what a letter costs from the mail server to the history.
`python3 desk bench lists`: what agents' pages cost, and whether many more tickets change that.

A PostgreSQL and a Valkey of its own; for letters a real Dovecot. This process does what worker or
web server do, one thing after the other, without Celery's or gunicorn's own share; what
PostgreSQL's processes take is counted beside it. Figures are milliseconds of processor time.
"""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

import django

from helpdesk.embedded.postgres import UNSAFE_BUT_QUICK, Postgres
from helpdesk.embedded.valkey import Valkey
from tests.mail_servers import running_dovecot
from tests.surroundings import FACTS

FILLINGS = {"mail": [20_000, 200_000], "lists": [20_000, 1_000_000]}

# Pages need no collected files to be measured; letters are handled as in earnest.
SETTINGS = {"mail": "helpdesk.settings", "lists": "tests.settings"}
# A million tickets are filled in minutes, and nothing is cleaned up while pages are measured.
OPTIONS = {
    "mail": (),
    "lists": (
        *UNSAFE_BUT_QUICK,
        "autovacuum=off",
        "shared_buffers=512MB",
        "maintenance_work_mem=512MB",
        "max_wal_size=8GB",
        "max_parallel_workers_per_gather=0",
    ),
}


def main() -> int:
    """Bring the servers, then measure."""
    parser = argparse.ArgumentParser(prog="desk bench", description=__doc__)
    parser.add_argument("subject", choices=FILLINGS)
    parser.add_argument("--letters", type=int, default=200, help="mail: of each kind")
    parser.add_argument("--times", type=int, default=15, help="lists: answers of each page")
    parser.add_argument(
        "--tickets",
        type=int,
        nargs="*",
        help="to how many tickets the desk is filled before it is measured again",
    )
    wished = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    folder.chmod(0o755)
    fillings = sorted(wished.tickets or FILLINGS[wished.subject])
    postgres = Postgres(folder / "postgres", OPTIONS[wished.subject])
    valkey = Valkey(folder / "valkey")
    try:
        postgres.start()
        postgres.create_database("bench")
        valkey.start()
        os.environ |= {
            **FACTS,
            "DJANGO_SETTINGS_MODULE": SETTINGS[wished.subject],
            "DATABASE_URL": postgres.url("bench"),
            "REDIS_URL": valkey.url,
            "DESK_FILES_DIR": str(folder / "files"),
            "LOG_LEVEL": "ERROR",
        }
        django.setup()
        # Only now, for they know models.
        if wished.subject == "lists":
            from tests.bench import lists

            return lists.measure(fillings, wished.times)
        from tests.bench import mail

        with running_dovecot() as dovecot:
            mail.measure(postgres, dovecot, wished.letters, fillings)
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
