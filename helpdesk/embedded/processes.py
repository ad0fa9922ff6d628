"""Child processes that never outlive the one that started them."""

import ctypes
import hashlib
import importlib.util
import os
import random
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

NAME = "helpdesk"
NEEDED_BYTES = 200 * 1024 * 1024
PR_SET_PDEATHSIG = 1


class ServiceError(Exception):
    """Something the desk brings along cannot run; the text is one sentence for a person."""


@dataclass(frozen=True)
class Account:
    """Whom a child runs as: numeric user and group."""

    uid: int
    gid: int


@dataclass
class Program:
    """How to run one child process.

    `stop_signal` asks it to end, `patience` says how many seconds it gets before it is killed.
    `ready`, if given, says whether the running child can be used; it is asked every few
    hundredths of a second and may look at whatever the child leaves behind.
    """

    name: str
    command: list[str]
    log: Path
    env: Mapping[str, str]
    cwd: Path = Path(os.sep)
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 8
    account: Account | None = None
    ready: Callable[[int], bool] | None = None
    keep_open: tuple[int, ...] = ()


@dataclass
class Child:
    """One program and its running process, if any. Start it from a thread that stays alive.

    Linux ends a child whose starting thread has ended, so start children from the main thread.
    """

    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = field(default=0.0, init=False)

    @property
    def running(self) -> bool:
        """Whether the process lives now."""
        return self.process is not None and self.process.poll() is None

    @property
    def fate(self) -> str:
        """How the process ended, for people: `ended with status 3` or `was killed by SIGKILL`."""
        code = self.process.poll() if self.process else None
        if code is None:
            return "is running"
        if code >= 0:
            return f"ended with status {code}"
        return f"was killed by {signal.Signals(-code).name}"

    def start(self) -> None:
        """Start the process and return at once."""
        program = self.program
        account = program.account
        self.started_at = time.monotonic()
        with program.log.open("ab") as log:
            self.process = subprocess.Popen(
                program.command,
                env=dict(program.env),
                cwd=program.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=program.keep_open,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                preexec_fn=ends_with_parent(program.stop_signal),
            )

    def wait_until_ready(self, timeout: float = 60) -> None:
        """Wait until the child can be used, or raise `ServiceError`."""
        ready, process = self.program.ready, self.process
        if ready is None or process is None:
            return
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            if process.poll() is not None:
                raise ServiceError(
                    why_it_ended(self.program.log)
                    or f"{self.program.name} {self.fate}; see {self.program.log}"
                )
            if ready(process.pid):
                return
            time.sleep(0.02)
        self.stop()
        raise ServiceError(
            f"{self.program.name} was not ready after {timeout:.0f} s; see {self.program.log}"
        )

    def ask_to_stop(self) -> None:
        """Send the stop signal, without waiting."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.program.stop_signal)

    def stop(self, patience: float | None = None) -> None:
        """End the process: politely, and after its patience by SIGKILL to its whole session."""
        if not self.process or self.process.poll() is not None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(self.program.patience if patience is None else patience)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def ends_with_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """A hook for the child, after fork: ask Linux to signal it when its parent ends."""
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def hook() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:
            os._exit(1)

    return hook


def package_dir(name: str) -> Path:
    """Where a package lies, without importing it: importing these has side effects."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(
            f"The package {name} is not installed for this platform:"
            " set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(spec.submodule_search_locations[0])


def socket_dir(preferred: Path, owner: Account | None = None) -> Path:
    """A folder whose socket paths are short enough: `preferred`, or a private temporary one."""
    # A socket's path may hold 107 bytes, on macOS 103.
    if len(os.fsencode(preferred)) <= 80:
        return preferred
    tag = hashlib.sha256(os.fsencode(preferred)).hexdigest()[:10]
    folder = Path(tempfile.gettempdir()) / f"{NAME}-{os.geteuid()}-{tag}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    mine = {os.geteuid(), owner.uid if owner else os.geteuid()}
    if stat.S_ISLNK(found.st_mode) or found.st_uid not in mine:
        raise ServiceError(f"The folder {folder} belongs to somebody else; remove it.")
    if owner:
        os.chown(folder, owner.uid, owner.gid)
    return folder


def free_port(preferred: Iterable[int] = ()) -> int:
    """A TCP port on loopback that nobody listens on: the first free of `preferred`, or any.

    Any is one below those that systems give to outgoing connections (from 32768 on Linux), which
    would take it before it is listened on.
    """
    for port in [*preferred, *random.sample(range(20_000, 32_000), 100)]:
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise ServiceError("This machine has no free TCP port.")


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody accepts connections on this TCP port."""
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False


def require_space(folder: Path, needed: int = NEEDED_BYTES) -> None:
    """Raise `ServiceError` when the disk of `folder` has fewer than `needed` bytes left."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ServiceError(
            f"The disk that holds {folder} is full: {free // 2**20} MB are free,"
            f" at least {needed // 2**20} MB are needed."
        )


def why_it_ended(log: Path) -> str:
    """A sentence for a cause that the end of a log names plainly, or nothing."""
    with suppress(OSError):
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4000))
            end = file.read().decode(errors="replace")
        if "No space left on device" in end:
            return f"The disk that holds {log.parent} is full: make room and start again."
    return ""
