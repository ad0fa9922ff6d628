"""What the tests of the launchers share. They need no Django database."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.embedded.postgres import UNSAFE_BUT_QUICK, Postgres
from helpdesk.embedded.valkey import Valkey


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder with a space in its path, into which every account may look.

    pytest's own folders are closed to others, and as root PostgreSQL runs as `nobody`.
    """
    folder = Path(tempfile.mkdtemp(prefix="our desk "))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(home: Path) -> Iterator[Postgres]:
    """A server of our own, not started."""
    server = Postgres(home / "postgres", UNSAFE_BUT_QUICK)
    yield server
    server.stop()


@pytest.fixture
def valkey(home: Path) -> Iterator[Valkey]:
    """A server of our own, not started."""
    server = Valkey(home / "valkey")
    yield server
    server.stop()
