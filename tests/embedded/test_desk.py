"""The `desk` script: what it says when it cannot go on, and what it runs."""

import subprocess
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "desk"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, at work in a folder of its own."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("desk", str(SCRIPT))
    module = module_from_spec(spec_from_loader("desk", loader))
    loader.exec_module(module)
    module.ROOT = tmp_path
    module.VENV = tmp_path / ".venv"
    module.TOOLS = tmp_path / ".venv-tools"
    module.LOCK = tmp_path / "dev.lock"
    module.STAMP = module.VENV / ".made-from"
    module.UNFINISHED = module.VENV / ".unfinished"
    module.PYTHON = module.VENV / "bin" / "python"
    module.LOCK.write_text("django==5.2\n")
    return module


def script(tmp_path: Path, name: str, body: str) -> str:
    path = tmp_path / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


def test_alone_it_lists_its_commands():
    done = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=True)

    listed = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert listed == [
        *("up", "test", "check", "fix", "messages", "letter", "torture", "bench", "manage"),
    ]


def test_an_unknown_command_is_refused(desk):
    with pytest.raises(desk.Refusal, match="There is no command 'dance'"):
        desk.main(["dance"])


def test_an_old_python_is_refused_in_one_sentence(desk, monkeypatch):
    monkeypatch.setattr(desk.sys, "version_info", (3, 8, 10, "final", 0))

    with pytest.raises(desk.Refusal, match=r"^Python 3\.11 or newer is needed, and this is 3\."):
        desk.main(["up"])


def test_it_is_readable_for_an_old_python():
    import ast

    ast.parse(SCRIPT.read_text(), feature_version=(3, 8))


def test_without_pip_and_uv_it_says_what_to_install(desk, monkeypatch):
    monkeypatch.setattr(desk.shutil, "which", lambda _name: None)
    monkeypatch.setattr(desk, "works", lambda _words: False)

    with pytest.raises(desk.Refusal, match=r"pip is missing for .*apt install python3-pip"):
        desk.uv_command()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("error: No space left on device (os error 28)", "^The disk is full"),
        ("error sending request for url: dns error", "^The package index cannot be reached"),
        ("WARNING: Retrying: NewConnectionError", "^The package index cannot be reached"),
        ("hash mismatch for x", "^The packages could not be installed: hash mismatch for x$"),
    ],
)
def test_a_failed_installation_becomes_one_sentence(desk, tmp_path, said, sentence):
    fails = script(tmp_path, "pip", f"echo '{said}' >&2; exit 2")

    with pytest.raises(desk.Refusal, match=sentence):
        desk.install([fails])


def test_an_environment_is_made_once(desk, tmp_path, monkeypatch):
    calls = []

    def install(words):
        calls.append(words[1])
        if words[1] == "venv":
            desk.VENV.mkdir()

    monkeypatch.setattr(desk, "uv_command", lambda: "uv")
    monkeypatch.setattr(desk, "install", install)
    desk.make_environment()
    desk.make_environment()
    assert calls == ["venv", "pip"]

    desk.LOCK.write_text("django==5.2.1\n")
    desk.make_environment()
    assert calls == ["venv", "pip", "venv", "pip"]


def test_a_broken_off_installation_is_made_anew(desk, monkeypatch):
    def break_off(words):
        if words[1] == "venv":
            desk.VENV.mkdir()
            (desk.VENV / "half a package").touch()
        else:
            raise KeyboardInterrupt

    monkeypatch.setattr(desk, "uv_command", lambda: "uv")
    monkeypatch.setattr(desk, "install", break_off)
    with pytest.raises(KeyboardInterrupt):
        desk.make_environment()
    assert desk.stamp() == ""

    monkeypatch.setattr(desk, "install", lambda words: desk.VENV.mkdir(exist_ok=True))
    desk.make_environment()

    assert desk.stamp() == desk.wanted_stamp()
    assert not (desk.VENV / "half a package").exists()


def test_an_environment_of_another_python_does_not_fit(desk):
    desk.VENV.mkdir()
    settings = desk.VENV / "pyvenv.cfg"
    settings.write_text("home = /usr/bin\nversion_info = 3.9.2\n")
    assert not desk.fits(desk.VENV)

    settings.write_text(f"version_info = {'.'.join(map(str, sys.version_info[:3]))}\n")
    assert desk.fits(desk.VENV)


def test_whole_runs_use_two_processes_and_narrow_ones_one(desk):
    assert desk.test_command([])[-4:] == ["-n", "2", "--dist", "worksteal"]
    assert "-n" in desk.test_command(["-q"])
    for narrow in (["-k", "reply"], ["tests/tickets"], ["-x"], ["-n0"]):
        assert desk.test_command(narrow)[3:] == narrow


def test_files_of_a_letter_are_named_from_where_one_stands(desk, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert desk.with_whole_paths(["--to", "a@b.example", "--file", "x.png", "--file=y.pdf"]) == [
        *("--to", "a@b.example"),
        *("--file", f"{tmp_path}/x.png", f"--file={tmp_path}/y.pdf"),
    ]


def test_check_goes_from_cheap_to_dear_and_stops_at_the_first_failure(
    desk, tmp_path, monkeypatch, capfd
):
    assert [name for name, _words in desk.steps()] == [
        *("ruff", "ruff format", "djlint format", "djlint", "import-linter", "mypy"),
        *("migrations", "translations", "tests"),
    ]
    good, bad = script(tmp_path, "good", "exit 0"), script(tmp_path, "bad", "exit 7")
    never = script(tmp_path, "never", f"touch '{tmp_path}/came'")
    monkeypatch.setattr(
        desk, "steps", lambda: [("ruff", [good]), ("mypy", [bad]), ("tests", [never])]
    )

    assert desk.check() == 1

    assert capfd.readouterr().out.splitlines()[-1] == "== mypy FAILED (ruff 0 s, mypy 0 s)"
    assert not (tmp_path / "came").exists()
