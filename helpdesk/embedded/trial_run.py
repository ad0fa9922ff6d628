"""One run of the whole desk on this machine: what `manage.py up` does.

Order of start: PostgreSQL, Valkey and trial mail server; then `manage.py prepare`; then web,
worker, beat and watcher. Order of stop: the other way round, the database last.
"""

import hashlib
import http.client
import json
import secrets
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import IO
from urllib.parse import urlsplit

from helpdesk.embedded.address import USUAL, Address
from helpdesk.embedded.environment import (
    read_json,
    without_leftovers,
    write_env,
    write_privately,
)
from helpdesk.embedded.locks import take_children_lock, take_run_lock
from helpdesk.embedded.postgres import Postgres
from helpdesk.embedded.processes import (
    Child,
    Program,
    ServiceError,
    answers,
    free_port,
    require_space,
)
from helpdesk.embedded.supervisor import Supervisor, begin_log, say
from helpdesk.embedded.valkey import Valkey

SECONDS_TO_STOP = 9.0
STOP_ORDER = (("beat", "watcher"), ("web", "worker"), ("trial mail",), ("valkey",))
SMTP_PORTS, IMAP_PORTS = range(8025, 8100), range(8143, 8220)
POLL_SECONDS = "3"
WATCHED = ("*/migrations/*.py", "static/**/*", "locale/**/*.po", "requirements/*.lock")


class Stopped(Exception):
    """Somebody asked us to stop while we were still starting."""


class TrialRun:
    """Everything of one run; `root` is the checkout, `bind` is None for the usual address."""

    def __init__(self, root: Path, bind: str | None) -> None:
        self.root = root
        self.var = root / "var"
        self.address = Address.parse(bind or USUAL)
        self.env = without_leftovers(self.var / "run.env", root / ".env")
        if bind or not self.env.get("DESK_URL"):
            self.env["DESK_URL"] = f"http://{self.address.reachable}"
        self.url = self.env["DESK_URL"]
        self.stop = threading.Event()
        self.starting = True
        self.supervisor = Supervisor(say, self.stop)
        self.locks: list[IO[str]] = []
        # Lies beside the embedded database and says what that was made ready for.
        self.stamp: Path | None = None
        self.began = time.monotonic()

    def run(self) -> None:
        """Start all, print where to go, watch until asked to stop, stop all.

        Raises `ServiceError` with one sentence when the desk cannot run.
        """
        self.var.mkdir(mode=0o700, exist_ok=True)
        self.locks.append(take_run_lock(self.var / "up.lock", self.url))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Under nohup the end of the terminal is none of ours.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._asked_to_stop)
        try:
            with suppress(Stopped):
                self._start()
                self.starting = False
                self.supervisor.watch()
        finally:
            self.starting = False
            if self.supervisor.children:
                say("Stopping.")
            self.supervisor.stop(STOP_ORDER, SECONDS_TO_STOP)
            for name in ("run.env", "up.json"):
                (self.var / name).unlink(missing_ok=True)
            for lock in self.locks:
                lock.close()

    def _asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.stop.set()
        if self.starting:
            self.starting = False
            raise Stopped

    def _start(self) -> None:
        require_space(self.var)
        children_lock = take_children_lock(self.var / "up.children.lock")
        self.locks.append(children_lock)
        self.keep_open = (children_lock.fileno(),)
        self.address.require_free()
        say("Starting the desk ...")
        self._start_services()
        write_env(self.var / "run.env", self._facts())
        self._prepare()
        # One after the other: loading the code is most of the work, and a page is wanted first.
        self.supervisor.add(Child(self._web())).wait_until_ready()
        self._announce()
        for program in (self._worker(), self._beat(), self._watcher()):
            self.supervisor.add(Child(program))

    def _start_services(self) -> None:
        if not self._given("REDIS_URL"):
            valkey = Valkey(self.var / "valkey", self.keep_open)
            # Before it is ready it is already ours to stop.
            self.supervisor.add(valkey.launch())
            self.env["REDIS_URL"] = valkey.url
        self.mail = self.supervisor.add(Child(self._trial_mail()))
        if not self._given("DATABASE_URL"):
            postgres = Postgres(self.var / "postgres", keep_open=self.keep_open)
            self.supervisor.children.insert(0, postgres.start())
            postgres.create_database("helpdesk")
            self.env["DATABASE_URL"] = postgres.url("helpdesk")
            self.stamp = postgres.home / "prepared.json"
        for child in self.supervisor.children:
            if child is not self.mail:
                child.wait_until_ready(20)
        self.env.update(
            DESK_TRIAL="1",
            DESK_POLL_SECONDS=POLL_SECONDS,
            ALLOWED_HOSTS=",".join(sorted(self._hosts())),
        )

    def _given(self, name: str) -> bool:
        return bool(self.env.get(name) or self.env.get(f"{name}_FILE"))

    def _hosts(self) -> set[str]:
        given = {name for name in self.env.get("ALLOWED_HOSTS", "").split(",") if name}
        host = urlsplit(self.url).hostname or "localhost"
        here = {"127.0.0.1", "localhost", "[::1]", socket.gethostname(), self.address.host, host}
        return given | {f"[{name}]" if name.count(":") > 1 and name[0] != "[" else name
                        for name in here}  # fmt: skip

    def _facts(self) -> dict[str, str]:
        """What another shell must know to reach the services of this run."""
        names = (
            *("DATABASE_URL", "REDIS_URL", "DESK_URL", "ALLOWED_HOSTS"),
            *("DESK_TRIAL", "DESK_POLL_SECONDS"),
            *("DESK_TRIAL_SMTP_PORT", "DESK_TRIAL_IMAP_PORT", "DESK_TRIAL_PASSWORD"),
        )
        return {name: self.env[name] for name in names if self.env.get(name)}

    def _program(
        self, name: str, *command: str, patience: float = 4, ready: Callable[[], bool] | None = None
    ) -> Program:
        return Program(
            name=name,
            command=[sys.executable, *command],
            log=begin_log(self.var / "log" / f"{name.replace(' ', '-')}.log"),
            env=self.env,
            cwd=self.root,
            patience=patience,
            ready=(lambda _pid: ready()) if ready else None,
            keep_open=self.keep_open,
        )

    def _trial_mail(self) -> Program:
        """The trial mail server; its ports and password stay the same from run to run."""
        file = self.var / "trial-mail.json"
        known = read_json(file)
        if not isinstance(known, dict):
            known = {
                "smtp": free_port(SMTP_PORTS),
                "imap": free_port(IMAP_PORTS),
                "password": secrets.token_urlsafe(16),
            }
            write_privately(file, json.dumps(known))
        smtp, imap = int(known["smtp"]), int(known["imap"])
        for port in (smtp, imap):
            if answers(port):
                raise ServiceError(
                    f"Port {port}, which this desk's trial mail server uses, is taken by another"
                    " program: end that program and start again."
                )
        self.env.update(
            DESK_TRIAL_SMTP_PORT=str(smtp),
            DESK_TRIAL_IMAP_PORT=str(imap),
            DESK_TRIAL_PASSWORD=str(known["password"]),
        )
        return self._program(
            "trial mail",
            *("-m", "helpdesk.embedded.trial_mail", "--home", str(self.var / "trial-mail")),
            *("--smtp", str(smtp), "--imap", str(imap)),
            ready=lambda: answers(smtp) and answers(imap),
        )

    def _web(self) -> Program:
        return self._program(
            "web",
            *("-m", "gunicorn", "helpdesk.wsgi", "--bind", str(self.address), "--workers", "2"),
            *("--preload", "--no-control-socket", "--graceful-timeout", "3", "--timeout", "300"),
            ready=self._serves,
        )

    def _worker(self) -> Program:
        return self._program(
            "worker",
            *("-m", "celery", "-A", "helpdesk", "worker", "--concurrency", "2"),
            *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
        )

    def _beat(self) -> Program:
        # Every entry of the schedule comes round within minutes, so nothing is lost with this
        # file, and a killed beat may leave it unreadable.
        schedule = self.var / "beat-schedule"
        for leftover in self.var.glob(f"{schedule.name}*"):
            leftover.unlink()
        return self._program(
            "beat",
            *("-m", "celery", "-A", "helpdesk", "beat", "--loglevel", "INFO"),
            *("--schedule", str(schedule), "--pidfile", ""),
        )

    def _watcher(self) -> Program:
        return self._program("watcher", "manage.py", "watch_mailboxes")

    def _serves(self) -> bool:
        address = self.address.reachable
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(address.host, address.port, timeout=2)
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        return False

    def _prepare(self) -> None:
        """Migrate, collect, compile, fill the demo desk; skipped when nothing changed since."""
        print_now = self._fingerprint()
        collected = (self.root / "staticfiles" / "staticfiles.json").exists()
        if collected and self.stamp and read_json(self.stamp) == print_now:
            return
        self.mail.wait_until_ready(20)
        child = Child(self._program("prepare", "manage.py", "prepare", patience=3))
        child.start()
        self.supervisor.children.append(child)
        while child.running:
            time.sleep(0.05)
        self.supervisor.children.remove(child)
        if child.process and child.process.returncode:
            raise ServiceError(last_words(child.program.log))
        if self.stamp:
            write_privately(self.stamp, json.dumps(print_now))

    def _fingerprint(self) -> str:
        """Changes with every migration, static file, catalogue and package list."""
        found = hashlib.sha256(sys.version.encode())
        for path in self._watched():
            state = path.stat()
            found.update(
                f"{path.relative_to(self.root)} {state.st_size} {state.st_mtime_ns}\n".encode()
            )
        return found.hexdigest()

    def _watched(self) -> Iterator[Path]:
        for pattern in WATCHED:
            yield from sorted(path for path in self.root.glob(pattern) if path.is_file())

    def _announce(self) -> None:
        mail = {
            name: f"127.0.0.1:{self.env[f'DESK_TRIAL_{name.upper()}_PORT']}"
            for name in ("smtp", "imap")
        }
        write_privately(self.var / "up.json", json.dumps({"url": self.url, **mail}))
        say(f"\nThe desk is open at {self.url} (after {time.monotonic() - self.began:.1f} s)\n")
        accounts = read_json(self.var / "demo-accounts.json")
        accounts = accounts if isinstance(accounts, list) else []
        for account in accounts:
            say(f"  {account['role']:14} {account['email']:32} {account['password']}")
        sender = next((a["email"] for a in accounts if a["role"] == "customer"), "you@example.org")
        desk = read_json(self.var / "demo-mailboxes.json")
        recipient = desk[0] if isinstance(desk, list) and desk else "support@desk.example"
        say(
            "\nLetters go through the trial mail server and never leave this machine. Write one:\n"
            f"  python3 desk letter --to {recipient} --from {sender} --subject 'Good morning'\n"
            "\nCtrl-C stops everything."
        )


def last_words(log: Path) -> str:
    """The last line that a failed program wrote, and where the rest stands."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return f"{lines[-1] if lines else 'It said nothing.'} (see {log})"
