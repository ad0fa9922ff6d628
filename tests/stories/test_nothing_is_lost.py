"""A hundred letters come in while worker and database are killed. Every one is there once."""

import os
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from celery import Celery

from helpdesk.embedded.postgres import Postgres
from helpdesk.embedded.valkey import Valkey
from tests.letters import letter

ROOT = Path(__file__).resolve().parents[2]
SUPPORT = "support@desk.example"
LETTERS = 100
PATIENCE = 50
SET_UP = """
import django, os
django.setup()
from django.core.management import call_command
from departments.models import Department
from mailgateway.models import Mailbox
call_command("migrate", verbosity=0)
place = Department.objects.create(name="Support", slug="support", is_triage=True)
servers = {}
for kind in ("imap", "smtp"):
    servers |= {f"{kind}_host": "127.0.0.1", f"{kind}_port": os.environ[f"STORY_{kind.upper()}"],
                f"{kind}_security": "none", f"{kind}_user": os.environ["STORY_ADDRESS"],
                f"{kind}_password": os.environ["STORY_PASSWORD"]}
Mailbox.objects.create(name="S", address=os.environ["STORY_ADDRESS"], department=place, **servers)
"""


class Desk:
    """A desk of its own: database, queue and worker as processes, the clock in a thread."""

    def __init__(self, folder: Path, imap_server) -> None:
        self.folder = folder
        self.postgres = Postgres(folder / "postgres")
        self.valkey = Valkey(folder / "valkey")
        self.worker: subprocess.Popen[bytes] | None = None
        self.stopped = threading.Event()
        self.postgres.start()
        self.postgres.create_database("story")
        self.valkey.start()
        self.env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
            "DATABASE_URL": self.postgres.url("story"),
            "REDIS_URL": self.valkey.url,
            "DESK_FILES_DIR": str(folder / "files"),
            "DESK_POLL_SECONDS": "1",
            "STORY_ADDRESS": SUPPORT,
            "STORY_PASSWORD": imap_server.password,
            "STORY_IMAP": str(imap_server.port),
            "STORY_SMTP": str(imap_server.smtp_port),
        }
        self._python("-c", SET_UP).wait()
        self.start_worker()
        self.clock = threading.Thread(target=self._tick)
        self.clock.start()

    def start_worker(self) -> None:
        """A real worker with two processes."""
        self.worker = self._python("-m", "celery", "-A", "helpdesk", "worker", "--concurrency=2")

    def kill_worker(self) -> None:
        """All of it at once, as `kill -9` does."""
        if self.worker:
            os.killpg(self.worker.pid, signal.SIGKILL)
            self.worker.wait()

    def kill_postgres(self) -> None:
        """The server and every process of it."""
        child = self.postgres.child
        assert child is not None
        assert child.process is not None
        server = child.process.pid
        for pid in [server, *children_of(server)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        child.process.wait()

    def count(self, question: str) -> int:
        """The one figure that an SQL question gives; -1 while the database is away."""
        try:
            with psycopg.connect(self.postgres.url("story")) as connection:
                return connection.execute(question).fetchone()[0]
        except psycopg.OperationalError:
            return -1

    def rows(self, question: str) -> list[tuple]:
        with psycopg.connect(self.postgres.url("story")) as connection:
            return connection.execute(question).fetchall()

    def time_passes(self) -> None:
        """The wait after a broken try is over."""
        with psycopg.connect(self.postgres.url("story")) as connection:
            connection.execute(
                "UPDATE mailgateway_inboundemail SET next_try_at = now() WHERE handled_at IS NULL"
            )
            connection.execute("UPDATE mailgateway_mailbox SET next_poll_at = now()")

    def close(self) -> None:
        self.stopped.set()
        self.clock.join(10)
        self.kill_worker()
        self.valkey.stop()
        self.postgres.stop()

    def _tick(self) -> None:
        socket = quote(str(self.valkey.socket))
        queue = Celery("clock", broker=f"redis+socket://{socket}?virtual_host=0")
        while not self.stopped.wait(1):
            for name in ("poll_mailboxes", "sweep_ledger"):
                queue.send_task(f"mailgateway.tasks.{name}", expires=5)
        queue.close()

    def _python(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def children_of(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


@pytest.fixture
def desk(tmp_path, imap_server) -> Iterator[Desk]:
    imap_server.add_account(SUPPORT)
    found = Desk(tmp_path, imap_server)
    yield found
    found.close()


def wait_until(true: Callable[[], bool], seconds: float, why: str) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, why
        time.sleep(0.1)


@pytest.mark.slow
def test_a_hundred_letters_survive_the_death_of_worker_and_database(desk, imap_server):
    def write_letters() -> None:
        with smtplib.SMTP(imap_server.host, imap_server.smtp_port, timeout=30) as line:
            for number in range(LETTERS):
                sender = f"customer-{number}@customer.example"
                raw = letter(f"Лист {number}", sender=sender, to=SUPPORT, subject=f"№ {number}")
                line.sendmail(sender, [SUPPORT], raw)

    writer = threading.Thread(target=write_letters)
    writer.start()
    tickets = "SELECT count(*) FROM tickets_ticket"
    wait_until(lambda: desk.count(tickets) >= LETTERS // 4, PATIENCE, "nothing came in")

    desk.kill_worker()
    desk.start_worker()
    done = desk.count(tickets)
    assert done < LETTERS
    wait_until(lambda: desk.count(tickets) > done, PATIENCE, "the new worker does nothing")

    desk.kill_postgres()
    desk.postgres.start()
    writer.join()
    for _waited in range(5):
        desk.time_passes()
        with suppress(AssertionError):
            wait_until(lambda: desk.count(tickets) >= LETTERS, PATIENCE / 5, "not all yet")
            break

    subjects = Counter(row[0] for row in desk.rows("SELECT subject FROM tickets_ticket"))
    assert subjects == {f"№ {number}": 1 for number in range(LETTERS)}
    assert desk.count("SELECT count(*) FROM tickets_message") == LETTERS
    states = Counter(row[0] for row in desk.rows("SELECT state FROM mailgateway_inboundemail"))
    assert states == {"ticket": LETTERS}
    # Every confirmation is written once, in the transaction of its ticket.
    assert desk.count("SELECT count(*) FROM mailgateway_outboundemail") == LETTERS
