"""The embedded PostgreSQL: starts anywhere, keeps what it acknowledged, reads Cyrillic."""

import os
import shutil
import signal

import psycopg
import pytest

from helpdesk.embedded import processes
from helpdesk.embedded.postgres import Postgres
from helpdesk.embedded.processes import ServiceError


def ask(postgres: Postgres, question: str) -> object:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        row = connection.execute(question).fetchone()
    return row[0] if row else None


def test_it_starts_in_a_path_with_a_space_and_stops_cleanly(postgres: Postgres):
    child = postgres.start()
    postgres.create_database("helpdesk")
    postgres.create_database("helpdesk")

    assert ask(postgres, "SELECT count(*) FROM pg_database WHERE datname = 'helpdesk'") == 1

    postgres.stop()
    assert child.process.returncode == 0


def test_it_folds_and_compares_cyrillic_letters(postgres: Postgres):
    postgres.start()

    assert ask(postgres, "SELECT lower('ҐРУНТ') = 'ґрунт'") is True
    with psycopg.connect(postgres.url("postgres")) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        (near,) = connection.execute("SELECT similarity('помилка', 'помилки')").fetchone()
    assert near > 0.5


def test_a_killed_server_comes_back_with_everything_acknowledged(postgres: Postgres):
    postgres.options = ()  # as in real life: nothing is acknowledged before it is on the disk
    child = postgres.start()
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE TABLE letters AS SELECT generate_series(1, 100) AS number")
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()

    postgres.start()

    assert ask(postgres, "SELECT count(*) FROM letters") == 100


def test_an_interrupted_first_start_is_made_good(postgres: Postgres):
    unfinished = postgres.home / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    postgres.start()

    assert ask(postgres, "SELECT 1") == 1


def test_data_of_another_version_is_left_alone(postgres: Postgres):
    postgres.start()
    postgres.stop()
    version = postgres.data / "PG_VERSION"
    version.write_text("17\n")

    with pytest.raises(ServiceError, match=r"made by PostgreSQL 17.*brings PostgreSQL 18"):
        Postgres(postgres.home).start()

    assert version.read_text() == "17\n"


def test_a_full_disk_is_said_in_one_sentence(postgres: Postgres, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        processes.shutil, "disk_usage", lambda _folder: processes.shutil._ntuple_diskusage(9, 9, 0)
    )

    with pytest.raises(ServiceError, match=r"^The disk that holds .* is full: 0 MB are free"):
        postgres.start()


def test_a_long_path_gets_its_socket_elsewhere(postgres: Postgres):
    long = postgres.home / ("x" * 90)
    server = Postgres(long, postgres.options)
    server.start()
    try:
        assert len(str(server.sockets)) < 90
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()


def test_a_home_made_anew_at_the_same_path_is_another_desk(tmp_path):
    home = tmp_path / "postgres"
    home.mkdir()
    first = Postgres(home).place_elsewhere()

    assert Postgres(home).place_elsewhere() == first
    shutil.rmtree(home)
    home.mkdir()
    assert Postgres(home).place_elsewhere() != first
