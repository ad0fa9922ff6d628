"""The whole desk by one command: it opens, keeps running, closes, and survives being killed.

A copy of the checkout is started in a folder with a space in its path.
"""

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from helpdesk.embedded.environment import read_env
from helpdesk.embedded.locks import holders
from helpdesk.embedded.processes import free_port
from tests.mail_servers import ImapServer
from tests.surroundings import FACTS

ROOT = Path(__file__).resolve().parents[2]
LEFT_OUT = shutil.ignore_patterns(
    *(".git", ".venv", ".venv-tools", "var", "staticfiles", "node_modules", ".env", "*_cache"),
    *("tests", "__pycache__"),
)
OURS = {*FACTS, "DESK_TEST_VALKEY", "DJANGO_SETTINGS_MODULE"}

pytestmark = pytest.mark.slow


class Up:
    """`manage.py up` in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = free_port()
        self.env = {name: value for name, value in os.environ.items() if name not in OURS}
        self.said = root / "said.log"

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` with these words to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=self.root,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, seconds: float = 120) -> None:
        """Start, and wait until the desk says that it is open."""
        with self.said.open("w") as said:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--bind", f"127.0.0.1:{self.port}"],
                cwd=self.root,
                env=self.env,
                stdout=said,
                stderr=said,
            )
        self.wait_for(lambda: "Ctrl-C" in self.said.read_text(), seconds)

    def wait_for(self, look: Callable[[], object], seconds: float = 60) -> None:
        """Look again and again; fail with what was said when it does not come."""
        end, trouble = time.monotonic() + seconds, None
        while time.monotonic() < end:
            try:
                if look():
                    return
            except (OSError, psycopg.Error, http.client.HTTPException) as error:
                trouble = error
            assert self.process.poll() is None, self.said.read_text()
            time.sleep(0.2)
        pytest.fail(f"waited {seconds} s ({trouble!r}); {self.all_said()}")

    def all_said(self) -> str:
        """What the run and its children said, the end of each."""
        logs = [self.said, *sorted((self.root / "var" / "log").glob("*.log"))]
        return "\n".join(f"== {log.name}\n{log.read_text()[-3000:]}" for log in logs)

    def serves(self) -> bool:
        """Whether the front page answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200

    def count(self, question: str, *values: object) -> int:
        """The number that a question to the database gives."""
        url = read_env(self.root / "var" / "run.env")["DATABASE_URL"]
        with psycopg.connect(url) as connection:
            return connection.execute(question, values).fetchone()[0]

    def processes(self) -> list[int]:
        """Every process of this run but the first."""
        lock = self.root / "var" / "up.children.lock"
        return [pid for pid in holders(lock) if pid != self.process.pid]

    def stop(self) -> int:
        """Ask it to end and return its status."""
        self.process.terminate()
        return self.process.wait(20)

    def kill_all(self) -> None:
        """Kill every process, the first included, at once."""
        pids = [self.process.pid, *self.processes()]
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def up(home: Path) -> Iterator[Up]:
    """A checkout that was never started."""
    root = home / "check out"
    shutil.copytree(ROOT, root, ignore=LEFT_OUT)
    run = Up(root)
    yield run
    if (process := getattr(run, "process", None)) and process.poll() is None:
        run.kill_all()


def test_the_desk_opens_takes_a_letter_survives_and_closes(up: Up):
    # The first start makes secrets, people and letters boxes.
    up.start()
    assert up.serves()
    assert (up.root / ".env").stat().st_mode & 0o777 == 0o600
    facts = json.loads((up.root / "var" / "up.json").read_text())
    assert facts["url"] == f"http://127.0.0.1:{up.port}"
    accounts = json.loads((up.root / "var" / "demo-accounts.json").read_text())
    assert {account["role"] for account in accounts} >= {
        *("agent", "lead", "administrator", "customer"),
    }
    said = up.said.read_text()
    for account in accounts:
        assert account["email"] in said
        assert account["password"] in said

    # A second one is refused by name of the first.
    second = up.command("up")
    assert second.returncode == 1
    assert f"already running: pid {up.process.pid}, at http://127.0.0.1:{up.port}" in second.stderr

    # A letter becomes a ticket.
    desk = json.loads((up.root / "var" / "demo-mailboxes.json").read_text())[0]
    sent = up.command(
        *("letter", "--to", desk, "--from", "new@customer.example"),
        *("--subject", "Перший лист", "--file", str(up.root / "CHANGELOG.md")),
    )
    assert sent.returncode == 0, sent.stderr
    question = "SELECT count(*) FROM tickets_ticket WHERE subject = %s"
    up.wait_for(lambda: up.count(question, "Перший лист") == 1)

    # What is killed comes back, and a line says so.
    for name in ("worker", "valkey", "postgres"):
        os.kill(pid_of(up, name), signal.SIGKILL)
    up.wait_for(lambda: all(f"{name} was killed" in up.said.read_text()
                            for name in ("worker", "valkey", "postgres")))  # fmt: skip
    up.wait_for(up.serves)

    # Everything is killed, and the next start just works.
    up.kill_all()
    began = time.monotonic()
    up.start()
    took = time.monotonic() - began
    assert up.serves()
    assert up.count(question, "Перший лист") == 1
    assert took < 20, f"the second start took {took:.1f} s"

    # It ends cleanly and leaves nobody behind.
    began = time.monotonic()
    assert up.stop() == 0
    assert time.monotonic() - began < 10
    assert up.processes() == []
    assert not (up.root / "var" / "run.env").exists()
    assert not (up.root / "var" / "up.json").exists()

    # And then a letter has nowhere to go.
    late = up.command("letter", "--to", desk, "--from", "a@b.example", "--subject", "Late")
    assert "The desk does not run here: start it" in late.stderr


def pid_of(up: Up, name: str) -> int:
    """The process of one service of the run."""
    needles = {
        "worker": b"celery\0-A\0helpdesk\0worker",
        "valkey": b"valkey-server",
        "postgres": b"bin/postgres\0-D",
    }
    return min(pid for pid in up.processes() if needles[name] in words_of(pid))


def words_of(pid: int) -> bytes:
    """What a process was started with; nothing if it has ended meanwhile, as those of a connection
    to PostgreSQL do."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def test_a_port_in_use_is_one_sentence(up: Up, imap_server: ImapServer):
    refused = up.command("up", "--bind", f"127.0.0.1:{imap_server.port}")

    assert refused.returncode == 1
    (line,) = refused.stderr.strip().splitlines()
    assert line.startswith(f"desk: The desk cannot listen on 127.0.0.1:{imap_server.port}")
    assert not (up.root / "var" / "postgres").exists()
