"""A process that has loaded the desk's programs and forks one whenever a line asks for it.

A worker that is killed twenty times need not be loaded twenty times. Reads lines of JSON, a list of
words each:

    ["worker", …] and ["beat", …]   the programs of Celery; answered with the number of the process
    ["chores.NAME", …]              a function of `tests.torture.chores`; answered at its end, with
                                    its exit status

Every child leads a session of its own. When the input ends, everything that still runs is killed.
"""

import importlib
import json
import os
import signal
import sys
import time
import traceback
from contextlib import suppress
from types import FrameType

import django

from helpdesk.celery import app

django.setup()

from helpdesk.lib import words  # noqa: E402
from tests.torture import chores  # noqa: E402

CHORE = "chores."
# What Celery loads only when it begins.
PARTS = (
    *("celery.bin.celery", "celery.apps.beat", "celery.apps.worker", "celery.concurrency.prefork"),
    *("celery.worker.consumer", "celery.worker.autoscale", "kombu.transport.redis"),
)
ended: dict[int, int] = {}


def main() -> None:
    """Load everything, then fork until nobody asks any more."""
    app.loader.import_default_modules()
    app.finalize()
    for part in PARTS:
        importlib.import_module(part)
    words.forms("лист")
    signal.signal(signal.SIGCHLD, _note_the_dead)
    started = []
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    answers.write("ready\n")
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            answers.close()
            _be(asked)
        started.append(child)
        while asked[0].startswith(CHORE) and child not in ended:
            time.sleep(0.01)
        answers.write(f"{ended.get(child, child)}\n")
    for child in started:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)


def _note_the_dead(_signal: int, _frame: FrameType | None) -> None:
    with suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            ended[found[0]] = found[1]


def _be(asked: list[str]) -> None:
    """Become the program that was asked for; never returns."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    status = 1
    try:
        if asked[0].startswith(CHORE):
            getattr(chores, asked[0].removeprefix(CHORE))(*asked[1:])
        else:
            app.start(asked)
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
