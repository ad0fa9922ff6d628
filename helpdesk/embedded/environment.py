"""The small files through which `up` and the settings speak: `.env`, `var/run.env`, `var/up.json`.

`.env` holds what belongs to one installation, first of all its secrets. `var/run.env` holds the
addresses of what `up` brought along, while it runs, so that commands in another shell reach the
same services. Settings read both, and variables that are already set win.
"""

import base64
import json
import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

ASSIGNMENT = re.compile(r"^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$")
HEAD = "# Made by `up`. Keep it secret and keep it: what it opens cannot be opened without it.\n"


def read_env(path: Path) -> dict[str, str]:
    """The variables that a file of `NAME=value` lines sets; none if there is no file."""
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    found = (ASSIGNMENT.match(line.strip()) for line in lines)
    return {match[1]: unquoted(match[2].strip()) for match in found if match}


def unquoted(value: str) -> str:
    """A value without the quotation marks around it."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value


def write_privately(path: Path, text: str) -> None:
    """Replace a file at once; only its owner may read it."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.rename(path)


def write_env(path: Path, variables: Mapping[str, str]) -> None:
    """Write a file of `NAME=value` lines that only its owner may read."""
    write_privately(path, "".join(f"{name}={value}\n" for name, value in variables.items()))


def ensure_keys(path: Path) -> None:
    """Add fresh secrets to `.env` for those that neither it nor the environment holds."""
    present = {**read_env(path), **os.environ}
    fresh = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DESK_SEAL_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    }
    missing = {
        name: value
        for name, value in fresh.items()
        if not present.get(name) and not present.get(f"{name}_FILE")
    }
    if missing:
        text = path.read_text() if path.exists() else HEAD
        for name, value in missing.items():
            empty = re.compile(rf"^{name}=[ \t]*$", re.M)
            if empty.search(text):
                text = empty.sub(f"{name}={value}", text, count=1)
            else:
                text = f"{text.rstrip()}\n{name}={value}\n"
        write_privately(path, text)


def without_leftovers(run_env: Path, env_file: Path) -> dict[str, str]:
    """Our environment without what a run that was killed left in `var/run.env`.

    Settings have already copied that file into `os.environ`; it names sockets that are gone.
    """
    leftovers, lasting = read_env(run_env), read_env(env_file)
    environment = {
        name: value for name, value in os.environ.items() if leftovers.get(name) != value
    }
    return {**lasting, **environment}


def read_json(path: Path) -> Any:
    """What a JSON file holds, or None if there is none that can be read."""
    with suppress(OSError, ValueError):
        return json.loads(path.read_text())
    return None
