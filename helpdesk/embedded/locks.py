"""Two locks of `up`: who runs here, and which of its processes still live.

The first names the run. The second is inherited by every child, so it stays held until the last
process of a run has gone, even when that run was killed and nobody is left to wait for them.
"""

import fcntl
import os
import signal
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from helpdesk.embedded.processes import ServiceError

PATIENCE = 8.0


def lock(path: Path) -> IO[str] | None:
    """Hold a file until it is closed; None if somebody else holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def take_run_lock(path: Path, address: str) -> IO[str]:
    """Become the one run of this desk, or raise `ServiceError` that names the other."""
    file = lock(path)
    if file is None:
        raise ServiceError(f"The desk is already running: {path.read_text().strip()}.")
    file.truncate(0)
    file.write(f"pid {os.getpid()}, at {address}")
    file.flush()
    return file


def take_children_lock(path: Path, patience: float = PATIENCE) -> IO[str]:
    """Wait until the last process of an earlier run has gone; end it when it does not go."""
    end = time.monotonic() + patience
    while (file := lock(path)) is None:
        if time.monotonic() > end:
            for pid in holders(path):
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            end = time.monotonic() + patience
        time.sleep(0.05)
    return file


def holders(path: Path) -> list[int]:
    """The processes that have this file open (Linux only; elsewhere none are found)."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if any(entry.samefile(path) for entry in (folder / "fd").iterdir() if entry.exists()):
                found.append(int(folder.name))
    return [pid for pid in found if pid != os.getpid()]
