"""Scripts under names with their digest, as a browser asks for them."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from helpdesk.lib.statics import StaticStorage

OURS = Path(settings.BASE_DIR) / "static" / "js"
IMPORTED = re.compile(r"""\b(?:from|import)\s*\(?\s*["'](\.[^"']+)["']""")
DIGEST = re.compile(r"\.[0-9a-f]{12}\.js$")


@pytest.fixture(scope="module")
def processed(tmp_path_factory) -> Path:
    """The scripts as they are put down for the browser."""
    folder = tmp_path_factory.mktemp("static")
    source = FileSystemStorage(OURS.parent)
    scripts = {f"js/{one.name}": (source, f"js/{one.name}") for one in OURS.glob("*.js")}
    storage = StaticStorage(location=folder, base_url="/static/")
    for name in scripts:
        with source.open(name) as script:
            FileSystemStorage(folder).save(name, script)
    for name, _path, done in storage.post_process(scripts):
        if isinstance(done, Exception):
            raise AssertionError(name) from done
    return folder / "js"


def imports(folder: Path, names: set[str]) -> list[str]:
    return [
        found for name in sorted(names) for found in IMPORTED.findall((folder / name).read_text())
    ]


def test_one_script_imports_another_by_the_name_that_pages_have_for_it(processed):
    plain = {one.name for one in OURS.glob("*.js")}
    kept = {one.name for one in processed.glob("*.js")} - plain

    named = imports(processed, kept)

    assert len(kept) == len(plain)
    assert len(named) == len(imports(OURS, plain)) > 0
    assert [name for name in named if not DIGEST.search(name)] == []
    assert {Path(name).name for name in named} <= kept
