"""`python3 desk torture`: what `tests/stories/test_nothing_is_lost.py` tells, for longer."""

import argparse
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.surroundings import SYSTEM_PATH
from tests.torture.story import Plan, tell

BROKEN = 1


def main() -> int:
    """Run until the minutes are over, at least once; 1 as soon as something is wrong."""
    usual = Plan(seed=0)
    parser = argparse.ArgumentParser(prog="desk torture", description=__doc__)
    parser.add_argument("--letters", type=int, default=usual.letters)
    parser.add_argument("--answers", type=int, default=usual.answers)
    parser.add_argument("--kills", type=int, default=usual.kills, help="of each kind of process")
    parser.add_argument("--waiting", type=int, default=20_000, help="letters in a full mailbox")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--minutes", type=float, default=0, help="begin anew until they are over")
    wished = parser.parse_args()
    end = time.monotonic() + wished.minutes * 60
    seed = wished.seed
    if shutil.which("dovecot", path=SYSTEM_PATH) is None:
        sys.exit("desk torture: Dovecot is not installed (apt install dovecot-imapd).")
    while True:
        plan = Plan(seed, wished.letters, wished.kills, wished.answers, wished.waiting)
        if not _once(plan):
            return BROKEN
        if time.monotonic() >= end:
            return 0
        seed += 1


def _once(plan: Plan) -> bool:
    """Tell the story once; whether everything held. Where not, the evidence stays."""
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    folder.chmod(0o755)
    wrong = tell(folder, plan, _say)
    if not wrong:
        shutil.rmtree(folder)
        _say(f"seed {plan.seed}: everything holds")
        return True
    for sentence in wrong:
        _say(f"WRONG: {sentence}")
    (folder / "wrong").write_text("\n".join([f"{plan}", *wrong]) + "\n")
    _say(f"seed {plan.seed}: {len(wrong)} things are wrong; logs and data stay in {folder}")
    return False


def _say(line: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
