"""A thousand letters come in and three hundred answers go out while everything is killed.

`python3 desk torture --seed N` tells the same story again, or a longer one.
"""

import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.torture.story import Plan, tell


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that PostgreSQL's account can reach."""
    made = Path(tempfile.mkdtemp(prefix="story-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.needs_dovecot
def test_every_letter_stands_once_in_its_place_and_every_answer_is_accounted_for(folder):
    """Twenty times something dies, worker, clock, database and broker in turn (`desk torture` kills
    each of them twenty times), and the mail server goes wrong in every way."""
    plan = Plan(seed=random.SystemRandom().randrange(10**6), kills=5)
    assert tell(folder, plan, print) == []
