"""The supervisor starts again what ends, and gives up on what cannot run."""

import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from helpdesk.embedded.processes import Child, Program, ServiceError
from helpdesk.embedded.supervisor import MOST_QUICK_FAILURES, Supervisor, begin_log, pause_before

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]):
    supervisor = Supervisor(said.append, threading.Event())
    yield supervisor
    supervisor.stop((), 1)


def program(folder: Path, name: str, code: str, patience: float = 5) -> Program:
    return Program(
        name=name,
        command=[sys.executable, "-c", code],
        log=folder / f"{name}.log",
        env={},
        patience=patience,
    )


def test_a_killed_child_is_started_again_and_a_line_says_so(supervisor, said, home):
    child = supervisor.add(Child(program(home, "worker", "import time; time.sleep(60)")))
    first = child.process
    first.send_signal(signal.SIGKILL)
    first.wait()

    supervisor.look_after(child, now=time.monotonic())
    assert said == ["worker was killed by SIGKILL; starting it again in 0.5 s"]
    assert not child.running

    supervisor.look_after(child, now=time.monotonic() + 0.6)
    assert child.running
    assert child.process.pid != first.pid


def test_the_pauses_grow_to_a_bound():
    assert [pause_before(failure) for failure in range(1, 8)] == [0.5, 1, 2, 4, 8, 10, 10]


def test_a_program_that_always_fails_at_once_ends_the_run(supervisor, said, home):
    child = supervisor.add(Child(program(home, "web", "raise SystemExit(3)")))

    def fail_again_and_again():
        for attempt in range(3 * MOST_QUICK_FAILURES):
            child.process.wait()
            child.started_at = 11.0 * attempt
            supervisor.look_after(child, now=11.0 * attempt)

    with pytest.raises(ServiceError, match=r"web ended 8 times in a row at once; see .*web\.log"):
        fail_again_and_again()

    assert len(said) == MOST_QUICK_FAILURES
    assert said[0] == "web ended with status 3; starting it again in 0.5 s"


def test_one_that_does_not_listen_is_killed_in_time(supervisor, home):
    ready = home / "stubborn.log"
    child = supervisor.add(Child(program(home, "stubborn", f"print(1, flush=True);{STUBBORN}")))
    while not ready.read_text():
        time.sleep(0.02)
    time.sleep(0.2)

    began = time.monotonic()
    supervisor.stop((("stubborn",),), seconds=1)

    assert time.monotonic() - began < 2
    assert child.process.returncode == -signal.SIGKILL


def test_children_end_with_the_one_that_started_them(home):
    code = (
        "import os, signal, sys, time\n"
        "from pathlib import Path\n"
        "from helpdesk.embedded.processes import Child, Program\n"
        "child = Child(Program('sleeper', ['/bin/sleep', '60'], Path(sys.argv[1]) / 'log', {}))\n"
        "child.start(); print(child.process.pid, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    parent = Child(
        Program(
            name="parent",
            command=[sys.executable, "-c", code, str(home)],
            log=home / "parent.log",
            env={},
            cwd=Path.cwd(),
        )
    )
    parent.start()
    parent.process.wait()
    pid = int((home / "parent.log").read_text())

    end = time.monotonic() + 5
    while time.monotonic() < end and Path(f"/proc/{pid}/cmdline").exists():
        if not Path(f"/proc/{pid}/cmdline").read_bytes():
            break
        time.sleep(0.02)
    else:
        assert not Path(f"/proc/{pid}").exists()


def test_the_log_of_the_last_run_is_kept(home):
    log = begin_log(home / "log" / "web.log")
    log.write_text("yesterday\n")

    assert begin_log(log).read_text() == ""
    assert log.with_name("web.log.1").read_text() == "yesterday\n"
