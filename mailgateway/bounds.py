"""Reading one letter within bounds of size, time and memory.

What takes more is read a second time, its beginning only, and `problems` says so: such a letter is
still a letter with a sender, a subject and some words, and its bytes are in the ledger.
"""

import re
import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType

from mailgateway.parsing import ParsedEmail, parse

LARGEST = 56 * 1024 * 1024  # bytes of a letter that are read; what stands behind is not
_MEMORY = 352 * 1024 * 1024  # bytes on top of what the process has already
_SECONDS = 5.0
_BEGINNING = 128 * 1024
_SECONDS_FOR_BEGINNING = 1.5
_BARE = 20_000
_TELLING = re.compile(
    rb"^(?:from|to|cc|subject|date|message-id|in-reply-to|references|reply-to|auto-submitted"
    rb"|return-path)[ \t]*:[^\r\n]{0,2000}",
    re.IGNORECASE | re.MULTILINE,
)


class Exceeded(BaseException):
    """A bound was reached. No `Exception`, so that nothing on the way takes it for its own."""


def read(
    raw: bytes, received_at: datetime | None = None, *, charset: str | None = None
) -> ParsedEmail:
    """Read one letter as far as the bounds allow, in `charset` if somebody chose one; never raises
    for what is in it."""
    size_problem = "letter-cut" if len(raw) > LARGEST else ""
    attempts = ((LARGEST, _SECONDS, size_problem), (_BEGINNING, _SECONDS_FOR_BEGINNING, "time-cut"))
    for size, seconds, problem in attempts:
        try:
            with bounded(seconds, _MEMORY):
                parsed = parse(raw[:size], received_at, charset=charset)
        except (Exceeded, MemoryError, RecursionError):
            continue
        if problem:
            parsed.problems.append(problem)
        return parsed
    return gist(raw, received_at)


def gist(raw: bytes, received_at: datetime | None = None) -> ParsedEmail:
    """The headers that matter and some words of the body, read as the plainest letter there is."""
    head, gap, body = raw[: _BEGINNING * 2].replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = [found[0] for found in _TELLING.finditer(head[:_BEGINNING])]
    bare = b"\n".join([*lines[:50], b"", (body if gap else head)[:_BARE]])
    parsed = parse(bare, received_at)
    parsed.problems.append("time-cut")
    return parsed


@contextmanager
def bounded(seconds: float, memory: int) -> Iterator[None]:
    """Raise `Exceeded` after `seconds` of wall clock, MemoryError beyond `memory` more bytes.

    Only in the main thread, where signals arrive; elsewhere nothing is limited. A timer that was
    running before goes on afterwards.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise Exceeded

    began = time.monotonic()
    handler = signal.signal(signal.SIGALRM, stop)
    waiting, _interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        size = size_now()
        ceiling = size + memory
        if size and (soft == resource.RLIM_INFINITY or ceiling < soft):
            resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        if waiting:
            left = waiting - (time.monotonic() - began)
            signal.setitimer(signal.ITIMER_REAL, max(left, 0.001))


def size_now() -> int:
    """The address space of this process in bytes; 0 where the system does not tell (no /proc)."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()
