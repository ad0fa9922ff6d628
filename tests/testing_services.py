"""An early pytest plugin: PostgreSQL and Valkey for the tests, before Django reads its settings.

`pytest -p tests.testing_services`. Where `DATABASE_URL` or `REDIS_URL` are given, those servers
are used. Otherwise every run takes a free folder under `var/test`, so that two runs at once do not
meet; workers of pytest-xdist share the run's PostgreSQL (each has its own database there) and get
a Valkey each.

Tests that need a program of the operating system carry a marker (`NEEDS`). They are left out
where it is missing, and the closing lines say how many, by name; with `CI` or `DESK_REQUIRE_ALL`
set they fail instead.
"""

import atexit
import fcntl
import os
import shutil
from collections import Counter
from pathlib import Path
from typing import IO

import pytest

from helpdesk.embedded.postgres import UNSAFE_BUT_QUICK, Postgres
from helpdesk.embedded.processes import ServiceError
from helpdesk.embedded.valkey import Valkey
from helpdesk.management.catalogues import compile_catalogues
from tests.surroundings import FACTS, SYSTEM_PATH

ROOT = Path(__file__).resolve().parent.parent
DEBIAN_POSTGRES = Path("/usr/lib/postgresql")
NEEDS = {
    "needs_dovecot": ("Dovecot", lambda: shutil.which("dovecot", path=SYSTEM_PATH)),
    "needs_chromium": ("Chromium", lambda: shutil.which("chromium", path=SYSTEM_PATH)),
    "needs_debian_postgres": ("PostgreSQL from Debian", lambda: debian_postgres_bin()),
    "needs_redis": ("Redis", lambda: shutil.which("redis-server", path=SYSTEM_PATH)),
}
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
SERVICES = ("DATABASE_URL", "REDIS_URL")


def debian_postgres_bin() -> Path | None:
    """The `bin` folder of Debian's newest PostgreSQL server, if installed."""
    found = sorted(DEBIAN_POSTGRES.glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def take_folder() -> tuple[Path, IO[str]]:
    """The first folder under `var/test` that no other run holds, and the lock that keeps it."""
    for number in range(100):
        folder = ROOT / "var" / "test" / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
        else:
            return folder, lock
    raise ServiceError(f"All folders under {ROOT / 'var' / 'test'} are taken.")


class Services:
    """What this run started, and what it found missing."""

    def __init__(self) -> None:
        self.started: list[Postgres | Valkey] = []
        self.lock: IO[str] | None = None

    def start(self) -> None:
        """Start what the environment does not name, and write its addresses there."""
        os.environ.update({name: value for name, value in FACTS.items() if name not in SERVICES})
        if not WORKER:
            compile_catalogues(ROOT / "locale")
        if WORKER:
            folder = Path(os.environ.get("DESK_TEST_FOLDER", ROOT / "var" / "test" / "given"))
        else:
            folder, self.lock = take_folder()
            os.environ["DESK_TEST_FOLDER"] = str(folder)
        if not os.environ.get("DATABASE_URL"):
            postgres = self._start_postgres(folder / "postgres")
            os.environ["DATABASE_URL"] = postgres.url("postgres")
        if os.environ.get("DESK_TEST_VALKEY") or not os.environ.get("REDIS_URL"):
            shutil.rmtree(folder / f"valkey{WORKER}", ignore_errors=True)
            valkey = Valkey(folder / f"valkey{WORKER}")
            self.started.append(valkey)
            valkey.start()
            os.environ.update(REDIS_URL=valkey.url, DESK_TEST_VALKEY="1")

    def _start_postgres(self, home: Path) -> Postgres:
        postgres = Postgres(home, UNSAFE_BUT_QUICK)
        self.started.append(postgres)
        try:
            postgres.start()
        except ServiceError:
            # Nothing in it is worth keeping: begin anew, once.
            shutil.rmtree(postgres.home, ignore_errors=True)
            postgres.start()
        return postgres

    def stop(self) -> None:
        """Stop what was started, last first."""
        while self.started:
            self.started.pop().stop()
        if self.lock:
            self.lock.close()
            self.lock = None


services = Services()
services.start()
atexit.register(services.stop)


def pytest_configure(config: pytest.Config) -> None:
    for marker, (program, _find) in NEEDS.items():
        config.addinivalue_line("markers", f"{marker}: needs {program} on this machine")
    config.addinivalue_line("markers", "slow: takes more than a few seconds")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (program, find) in NEEDS.items():
        if item.get_closest_marker(marker) and not find():
            if os.environ.get("CI") or os.environ.get("DESK_REQUIRE_ALL"):
                pytest.fail(left_out(program))
            pytest.skip(left_out(program))


def left_out(program: str) -> str:
    """Why a test is left out."""
    return f"{program} is not installed"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(
        str(report.longrepr[2]).removeprefix("Skipped: ")
        for report in skipped
        if isinstance(report.longrepr, tuple)
    )
    known = {left_out(program) for program, _find in NEEDS.values()}
    found = [(reason, count) for reason, count in sorted(reasons.items()) if reason in known]
    if found:
        terminalreporter.section("left out on this machine")
        for reason, count in found:
            terminalreporter.line(f"{count} tests left out: {reason}")


def pytest_unconfigure() -> None:
    services.stop()
