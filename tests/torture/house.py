"""A desk as processes: worker, clock, database, queue. Each may be killed at any time."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import redis

from helpdesk.embedded.postgres import Postgres
from helpdesk.embedded.valkey import Valkey
from tests.surroundings import FACTS, ROOT

DATABASE = "torture"
# Nobody cuts the power here, and what a killed server had written the machine still has.
QUICK = ("fsync=off", "full_page_writes=off")
KINDS = ("worker", "beat", "database", "broker")


class House:
    """Everything `docker-compose.yml` starts but the web, in one folder. Use it in a `with`.

    `boxes` are the fields of its mailboxes. Start it from the main thread.
    """

    def __init__(self, folder: Path, boxes: Iterable[dict[str, Any]]) -> None:
        self.folder = folder
        self.boxes = list(boxes)
        self.kills: Counter[str] = Counter()
        self.postgres = Postgres(folder / "postgres", QUICK)
        self.valkey = Valkey(folder / "valkey")
        self.programs: dict[str, int] = {}
        self.headless: list[int] = []

    def __enter__(self) -> "House":
        self.postgres.start()
        self.postgres.create_database(DATABASE)
        self.valkey.start()
        self.stem = self._stem()
        status = self.chore("furnish", json.dumps(self.boxes))
        assert status == 0, self.log.read_text()[-3000:]
        self.start("worker")
        self.start("beat")
        return self

    def __exit__(self, *_error: object) -> None:
        assert self.stem.stdin is not None
        self.stem.stdin.close()
        self.stem.wait(30)
        self.valkey.stop()
        self.postgres.stop()

    @property
    def log(self) -> Path:
        """What all programs said."""
        return self.folder / "log"

    @property
    def files(self) -> Path:
        """Where the files of letters are kept."""
        return self.folder / "files"

    def chore(self, name: str, *words: str) -> int:
        """Let one of `tests.torture.chores` be done to its end; its exit status."""
        return self._ask(f"chores.{name}", *words)

    def start(self, kind: str) -> None:
        """Start the worker, with two processes, or the clock."""
        words = {
            "worker": (
                "--concurrency=2",
                "--without-mingle",
                f"--hostname=worker-{time.time_ns()}",
            ),
            "beat": (
                *("--schedule", str(self.folder / "beat-schedule")),
                *("--pidfile", str(self.folder / "beat.pid")),
            ),
        }[kind]
        self.programs[kind] = self._ask(kind, "--loglevel=WARNING", *words)

    def kill(self, kind: str, chance: random.Random) -> str:
        """End one of `KINDS` by SIGKILL and start it again; what exactly was killed."""
        how = {
            "worker": self._kill_worker,
            "beat": self._kill_beat,
            "database": self._kill_database,
            "broker": self._kill_broker,
        }[kind]
        what = how(chance)
        self.kills[kind] += 1
        return what

    def end_worker(self) -> None:
        """All of the worker at once, and nobody in its place; waits until its database sessions
        ended, so that nothing it asked for is still being done."""
        sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        for process in [self.programs["worker"], *self.headless]:
            with suppress(ProcessLookupError):
                os.killpg(process, signal.SIGKILL)
        self.headless.clear()
        wait_until(lambda: self.figure(sessions) == 1, 20, "a session of the worker goes on")

    def empty_the_broker(self) -> None:
        """Everything that waits in the queue is forgotten."""
        with redis.Redis(unix_socket_path=str(self.valkey.socket)) as queue:
            queue.flushall()

    def rows(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """The answer to an SQL question."""
        with psycopg.connect(self.postgres.url(DATABASE)) as connection:
            return connection.execute(question, values or None).fetchall()

    def figure(self, question: str, *values: object) -> int:
        """The one figure that an SQL question gives; -1 while the database is away."""
        try:
            return int(self.rows(question, *values)[0][0])
        except psycopg.OperationalError:
            return -1

    def waits_are_over(self) -> None:
        """Whatever waits after a failure to read or to understand waits no longer."""
        with psycopg.connect(self.postgres.url(DATABASE)) as connection:
            connection.execute(
                "UPDATE mailgateway_inboundemail SET next_try_at = now()"
                " WHERE handled_at IS NULL AND next_try_at IS NOT NULL"
            )
            connection.execute("UPDATE mailgateway_mailbox SET next_poll_at = now()")

    def an_hour_passes(self) -> None:
        """For the tray. Only while no worker runs: one that still talks to a mail server must not
        be thought dead."""
        with psycopg.connect(self.postgres.url(DATABASE)) as connection:
            connection.execute(
                "UPDATE mailgateway_outboundemail"
                " SET next_try_at = next_try_at - interval '1 hour' WHERE next_try_at IS NOT NULL"
            )

    def _stem(self) -> subprocess.Popen[str]:
        env = {
            **os.environ,
            **FACTS,
            "DJANGO_SETTINGS_MODULE": "tests.torture.settings",
            "DATABASE_URL": self.postgres.url(DATABASE),
            "REDIS_URL": self.valkey.url,
            "DESK_FILES_DIR": str(self.files),
            "DESK_POLL_SECONDS": "1",
            "DESK_UNDO_SECONDS": "0",
            "LOG_LEVEL": "WARNING",
        }
        with self.log.open("ab") as log:
            stem = subprocess.Popen(
                [sys.executable, "-m", "tests.torture.stem"],
                cwd=ROOT,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                bufsize=1,
            )
        assert stem.stdout is not None
        assert stem.stdout.readline() == "ready\n", self.log.read_text()[-3000:]
        return stem

    def _ask(self, *words: str) -> int:
        assert self.stem.stdin is not None
        assert self.stem.stdout is not None
        self.stem.stdin.write(json.dumps(words) + "\n")
        return int(self.stem.stdout.readline())

    def _kill_worker(self, chance: random.Random) -> str:
        """All of it, its head alone, or one of its processes, which it then replaces itself."""
        worker = self.programs["worker"]
        hands = children_of(worker)
        how = chance.choice(["whole", "whole", "whole", "head", "hand"])
        if how == "hand" and hands:
            os.kill(chance.choice(hands), signal.SIGKILL)
            return "one process of the worker"
        if how == "head":
            os.kill(worker, signal.SIGKILL)
            self.headless.append(worker)
        else:
            self.end_worker()
        self.start("worker")
        return f"the worker ({how})"

    def _kill_beat(self, _chance: random.Random) -> str:
        os.killpg(self.programs["beat"], signal.SIGKILL)
        self.start("beat")
        return "the clock"

    def _kill_database(self, chance: random.Random) -> str:
        """The server and all its processes, or one session, after which it begins anew itself."""
        child = self.postgres.child
        assert child is not None
        assert child.process is not None
        server = child.process.pid
        if chance.random() < 0.2:
            session = (
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() LIMIT 1"
            )
            for (pid,) in self.rows(session):
                os.kill(pid, signal.SIGKILL)
            return "one session of the database"
        for pid in [server, *children_of(server)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        child.process.wait()
        self.postgres.start()
        return "the database (whole)"

    def _kill_broker(self, _chance: random.Random) -> str:
        child = self.valkey.child
        assert child is not None
        assert child.process is not None
        child.process.kill()
        child.process.wait()
        self.valkey.start()
        return "the broker"


def children_of(parent: int) -> list[int]:
    """The processes that a process started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def wait_until(true: Callable[[], bool], seconds: float, why: str) -> None:
    """Look ten times a second until something is true; AssertionError `why` if it stays false."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, why
        time.sleep(0.1)
