"""Keep a set of programs running: start again what ended, stop all in good order."""

import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from helpdesk.embedded.processes import Child, ServiceError

SETTLED_SECONDS = 30
MOST_QUICK_FAILURES = 8
LONGEST_PAUSE = 10.0


class Supervisor:
    """Watches children until told to stop; `say` gets one line for a person at a time."""

    def __init__(self, say: Callable[[str], None], stop: threading.Event) -> None:
        self.say = say
        self.stop_asked = stop
        self.children: list[Child] = []
        self.failures: Counter[str] = Counter()
        self.due: dict[str, float] = {}

    def add(self, child: Child) -> Child:
        """Watch a child, started already or not, and start it if it is not."""
        self.children.append(child)
        if child.process is None:
            child.start()
        return child

    def watch(self) -> None:
        """Start again whatever ends, later each time it fails at once; return when asked to stop.

        Raises `ServiceError` when one program keeps failing.
        """
        while not self.stop_asked.wait(0.3):
            for child in self.children:
                self.look_after(child, time.monotonic())

    def look_after(self, child: Child, now: float) -> None:
        """Notice that a child has ended, and start it again when its pause is over."""
        name = child.program.name
        if child.running:
            return
        if name not in self.due:
            quick = now - child.started_at < SETTLED_SECONDS
            self.failures[name] = self.failures[name] + 1 if quick else 1
            if self.failures[name] > MOST_QUICK_FAILURES:
                raise ServiceError(
                    f"{name} ended {MOST_QUICK_FAILURES} times in a row at once;"
                    f" see {child.program.log}"
                )
            pause = pause_before(self.failures[name])
            self.due[name] = now + pause
            self.say(f"{name} {child.fate}; starting it again in {pause:g} s")
        elif now >= self.due[name]:
            del self.due[name]
            child.start()

    def stop(self, order: Sequence[Sequence[str]], seconds: float) -> None:
        """Stop all children, group after group, in at most about `seconds` altogether.

        Those whose names are in no group are stopped last, one by one, newest first.
        """
        end = time.monotonic() + seconds
        named = {name for group in order for name in group}
        groups = [[child for child in self.children if child.program.name in group]
                  for group in order]  # fmt: skip
        groups += [[child] for child in reversed(self.children) if child.program.name not in named]
        for number, group in enumerate(groups):
            for child in group:
                child.ask_to_stop()
            # Those that come later need a second each.
            left = end - time.monotonic() - (len(groups) - number - 1)
            for child in group:
                child.stop(patience=max(0.5, min(child.program.patience, left)))


def pause_before(failure: int) -> float:
    """Seconds to wait before the start that follows the `failure`-th quick end: 0.5, 1, 2, 4..."""
    return min(LONGEST_PAUSE, 0.5 * 2.0 ** (failure - 1))


def begin_log(path: Path) -> Path:
    """Keep the log of the last run beside the one that begins now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        path.rename(path.with_name(f"{path.name}.1"))
    path.touch(mode=0o600)
    return path


def say(line: str) -> None:
    """Print one line for a person, at once, wherever the output goes."""
    with suppress(OSError, ValueError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
