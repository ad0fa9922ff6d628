"""The whole story, as the tests tell it and `python3 desk torture` tells it longer."""

import random
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.mail_servers import running_dovecot
from tests.torture import judge, runs
from tests.torture.house import House
from tests.torture.letters import FULL, SALES, SUPPORT
from tests.torture.moody_smtp import MoodySmtp

STATES = "SELECT state, count(*) FROM mailgateway_{} GROUP BY 1"


@dataclass(frozen=True)
class Plan:
    """How much of everything. The same plan draws the same letters, kills and moods again; what
    they hit depends on the machine."""

    seed: int
    letters: int = 1000
    kills: int = 20  # of each: worker, clock, database, broker
    answers: int = 300
    waiting: int = 0  # letters that lie in a mailbox nobody has read yet


def tell(folder: Path, plan: Plan, say: runs.Say) -> list[str]:
    """Letters come in, answers go out, everything is killed; what is wrong afterwards.

    `folder` must be one that other accounts can reach, and keeps logs and data.
    """
    chance = random.Random(plan.seed)
    say(f"{plan}")
    with ExitStack() as stack:
        dovecot = stack.enter_context(running_dovecot())
        smtp = stack.enter_context(MoodySmtp(random.Random(plan.seed)))
        boxes = []
        for address in (SUPPORT, SALES, FULL):
            dovecot.add_account(address)
            dovecot.deliver_many(address, [])
            imap = {"host": dovecot.host, "port": dovecot.port, "password": dovecot.password}
            own = {f"imap_{name}": value for name, value in imap.items()}
            own |= {"smtp_host": smtp.host, "smtp_port": smtp.port}
            own |= {"imap_security": "none", "smtp_security": "none"}
            boxes.append({"address": address, **own})
        house = stack.enter_context(House(folder, boxes))
        began = time.monotonic()
        try:
            sent = runs.letters_come_in(
                house, dovecot, chance, letters=plan.letters, kills=plan.kills, say=say
            )
            wrong = judge.letters_in(house, dovecot, sent)
            _sum_up(house, "inboundemail", began, say)
            say(f"letters: {dict(Counter(one.kind for one in sent))}, kills: {dict(house.kills)}")
            began = time.monotonic()
            runs.answers_go_out(
                house, smtp, chance, answers=plan.answers, kills=plan.kills, say=say
            )
            wrong += judge.answers_out(house, smtp, plan.answers)
            _sum_up(house, "outboundemail", began, say)
            if plan.waiting:
                wrong += runs.a_full_mailbox(house, dovecot, plan.waiting)
                say(f"read a mailbox of {plan.waiting} letters")
        except AssertionError as error:
            return [f"{error}"]
    return wrong


def _sum_up(house: House, table: str, began: float, say: runs.Say) -> None:
    states = dict(house.rows(STATES.format(table)))
    say(f"{table} after {time.monotonic() - began:.0f} s: {states}")
