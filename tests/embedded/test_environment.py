"""The files through which `up` and the settings speak."""

import stat

import pytest
from cryptography.fernet import Fernet

from helpdesk.embedded.environment import (
    ensure_keys,
    read_env,
    read_json,
    without_leftovers,
    write_env,
)


@pytest.fixture(autouse=True)
def nothing_given(monkeypatch):
    for name in ("SECRET_KEY", "DESK_SEAL_KEY", "DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


def test_fresh_secrets_are_made_once_and_kept_private(home):
    path = home / ".env"
    ensure_keys(path)
    made = read_env(path)
    ensure_keys(path)

    assert read_env(path) == made
    assert len(made["SECRET_KEY"]) > 50
    Fernet(made["DESK_SEAL_KEY"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_empty_lines_of_the_example_are_filled_and_others_left(home):
    path = home / ".env"
    path.write_text("# ours\nSECRET_KEY=\nDESK_NAME='Our desk'\nDESK_SEAL_KEY=kept")
    ensure_keys(path)

    lines = path.read_text().splitlines()
    assert lines[0] == "# ours"
    assert lines[1].startswith("SECRET_KEY=")
    assert len(lines[1]) > 50
    assert lines[2:] == ["DESK_NAME='Our desk'", "DESK_SEAL_KEY=kept"]
    assert read_env(path)["DESK_NAME"] == "Our desk"


def test_a_secret_from_the_environment_or_a_file_is_not_made_again(home, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.setenv("DESK_SEAL_KEY_FILE", "/run/secrets/seal")
    ensure_keys(home / ".env")

    assert not (home / ".env").exists()


def test_what_a_killed_run_left_behind_counts_for_nothing(home, monkeypatch):
    write_env(home / "run.env", {"DATABASE_URL": "postgres:///gone", "REDIS_URL": "unix:///gone"})
    write_env(home / ".env", {"REDIS_URL": "redis://ours:6379/0"})
    # The settings have copied the leftovers, as they do.
    monkeypatch.setenv("DATABASE_URL", "postgres:///gone")
    monkeypatch.setenv("REDIS_URL", "unix:///gone")

    environment = without_leftovers(home / "run.env", home / ".env")

    assert "DATABASE_URL" not in environment
    assert environment["REDIS_URL"] == "redis://ours:6379/0"


def test_a_torn_json_file_is_as_good_as_none(home):
    (home / "x.json").write_text('{"smtp": ')

    assert read_json(home / "x.json") is None
    assert read_json(home / "y.json") is None
