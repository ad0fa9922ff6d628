"""Only one run of a desk, and none over the remains of another."""

import subprocess
import sys
import time

import pytest

from helpdesk.embedded.locks import holders, take_children_lock, take_run_lock
from helpdesk.embedded.processes import ServiceError


def test_a_second_run_is_refused_by_name_of_the_first(home):
    with (
        take_run_lock(home / "up.lock", "http://127.0.0.1:8000"),
        pytest.raises(ServiceError, match=r"already running: pid \d+, at http://127.0.0.1:80"),
    ):
        take_run_lock(home / "up.lock", "http://127.0.0.1:9999")

    take_run_lock(home / "up.lock", "http://127.0.0.1:9999").close()


def test_the_next_run_waits_until_the_last_process_of_the_one_before_has_gone(home):
    path = home / "children.lock"
    with take_children_lock(path) as lock:
        remains = subprocess.Popen(["/bin/sleep", "1"], pass_fds=[lock.fileno()])
    began = time.monotonic()

    take_children_lock(path).close()

    assert time.monotonic() - began > 0.5
    assert remains.wait() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells who holds a file")
def test_a_process_that_does_not_go_is_ended(home):
    path = home / "children.lock"
    with take_children_lock(path) as lock:
        remains = subprocess.Popen(["/bin/sleep", "60"], pass_fds=[lock.fileno()])
    assert holders(path) == [remains.pid]

    take_children_lock(path, patience=0.2).close()

    assert remains.wait() == -9
