"""`manage.py up`: the whole desk on this machine.

Not one of Django's own commands: it makes the secrets and starts the services without which the
settings cannot be read.
"""

import argparse
import errno
from collections.abc import Sequence
from pathlib import Path

from helpdesk.embedded.address import USUAL
from helpdesk.embedded.environment import ensure_keys
from helpdesk.embedded.processes import ServiceError
from helpdesk.embedded.trial_run import TrialRun


def main(root: Path, args: Sequence[str]) -> str | None:
    """Run the desk of this checkout until asked to stop; returns one sentence if it cannot be."""
    parser = argparse.ArgumentParser(
        prog="desk up",
        description="Run the whole desk here; what the environment does not name is brought along.",
    )
    parser.add_argument("--bind", metavar="HOST:PORT", help=f"where the web listens: {USUAL}")
    try:
        bind = parser.parse_args(args).bind
        ensure_keys(root / ".env")
        TrialRun(root, bind).run()
    except ServiceError as refusal:
        return f"desk: {refusal}"
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        return f"desk: The disk that holds {root} is full: make room and start again."
    return None
