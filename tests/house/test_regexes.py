r"""No possessive groups such as `(?:a|b)*+`, and no atomic ones, in our regular expressions.

Up to about 3.11.4 (Debian 12 has 3.11.2) Python lets them end in the wrong place: a letter would be
read differently there, and nothing would say so. An unrolled loop does the same work in the same
linear time: `"[^"\\]*+(?:\\.[^"\\]*+)*"`. A possessive single character or class is fine.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
SOURCES = sorted(
    path for package in ROOT.glob("*/__init__.py") for path in package.parent.rglob("*.py")
)
OURS = [path for path in SOURCES if "tests" not in path.relative_to(ROOT).parts]

# Escaped characters and classes are looked past: a bracket there opens and closes no group.
HARMLESS = re.compile(r"\\.|\[\^?\]?(?:[^\]\\]|\\.)*\]", re.DOTALL)
POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+|\(\?>")


def strings(source: str) -> Iterator[tuple[int, str]]:
    """Every string or bytes constant with its line; neighbouring literals are one constant."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            value = node.value
            yield node.lineno, value if isinstance(value, str) else value.decode("latin-1")


def possessive_groups(source: str) -> list[int]:
    """The lines whose strings have a possessive or an atomic group."""
    return [
        line for line, text in strings(source) if POSSESSIVE_GROUP.search(HARMLESS.sub("_", text))
    ]


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_regular_expression_has_a_possessive_group(path: Path):
    assert possessive_groups(path.read_text(encoding="utf-8")) == []


def test_the_sources_are_all_looked_at():
    names = {path.relative_to(ROOT).parts[0] for path in OURS}

    assert {"helpdesk", "mailgateway", "tickets"} <= names


@pytest.mark.parametrize(
    "source",
    [
        r"""re.compile(r'"(?:[^"\\]|\\.)*+"')""",
        r"""re.compile(rb"(a|b)++")""",
        r"""re.compile("(?:ab)?+")""",
        r"""re.compile("(?:ab){2,5}+")""",
        r"""re.compile(r"(?>a|b)c")""",
        r"""re.compile(rb"(a|b)" rb"*+" + REST)""",
        r"""re.compile(rf"(?:{WORD}|b)*+")""",
    ],
)
def test_a_possessive_group_is_found(source: str):
    assert possessive_groups(source) == [1]


@pytest.mark.parametrize(
    "source",
    [
        r"""re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*"')""",
        r"""re.compile(r"\(\w++\)*+")""",
        r"""re.compile(rb"[()*+]")""",
        r"""re.compile(r"(?:a|b)+")""",
        r"""(one)++(two)  # no string at all""",
    ],
)
def test_what_only_looks_like_one_is_let_pass(source: str):
    assert possessive_groups(source) == []
