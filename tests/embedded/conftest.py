"""What the tests of the launchers share. They need no Django database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.embedded.postgres import UNSAFE_BUT_QUICK, Postgres
from helpdesk.embedded.valkey import Valkey


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a space in its path."""
    folder = tmp_path / "our desk"
    folder.mkdir()
    return folder


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
