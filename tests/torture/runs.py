"""The runs: letters come in, or answers go out, while the desk is killed to pieces."""

import random
import time
from collections.abc import Callable
from contextlib import suppress

import psycopg

from tests.letters import letter
from tests.mail_servers import Dovecot
from tests.torture.house import KINDS, House, wait_until
from tests.torture.letters import FULL, SALES, SUPPORT, Sent, correspondence
from tests.torture.moody_smtp import MoodySmtp

PENDING = (
    "SELECT count(*) FROM mailgateway_inboundemail"
    " WHERE handled_at IS NULL AND next_try_at IS NOT NULL"
)
HANDLED = "SELECT count(*) FROM mailgateway_inboundemail WHERE handled_at IS NOT NULL"
UNSENT = (
    "SELECT count(*) FROM mailgateway_outboundemail WHERE kind = 'replied' AND state = 'queued'"
)
KEPT = (
    "SELECT count(*), count(DISTINCT sha256) FROM mailgateway_inboundemail l"
    " JOIN mailgateway_mailbox m ON m.id = l.mailbox_id WHERE m.address = %s"
)
READ = "SELECT letter_id FROM mailgateway_inboundemail WHERE handled_at IS NOT NULL"
LEDGER = "SELECT count(*) FROM mailgateway_inboundemail"
# How long a worker may be slow before it is killed all the same, in seconds.
LIFE = 15.0
# Seconds without a connection after which the worker has nothing to send. Longer than it takes to
# begin, and than the mail server hangs.
QUIET = 4.0
Say = Callable[[str], None]


def letters_come_in(
    house: House, dovecot: Dovecot, chance: random.Random, *, letters: int, kills: int, say: Say
) -> list[Sent]:
    """`letters` letters are delivered while each of KINDS is killed `kills` times and the broker is
    emptied every fourth time. Returns what was sent, once everything has come to rest.

    Raises AssertionError if it does not come to rest.
    """
    waiting = correspondence(letters, chance)
    sent = list(waiting)
    copies = sum(len(one.boxes) for one in sent)
    for round_ in range(kills):
        share = len(waiting) // (kills - round_)
        waiting = _deliver(house, dovecot, waiting[:share]) + waiting[share:]
        for kind in chance.sample(KINDS, len(KINDS)):
            if kind == "worker":
                _let_it_work(house, copies * chance.uniform(round_, round_ + 1) / kills)
            time.sleep(chance.uniform(0.0, 0.3))
            say(f"{round_ + 1} of {kills}: killed {house.kill(kind, chance)}")
        if round_ % 4 == 3:
            house.empty_the_broker()
            say("emptied the broker")
        with suppress(psycopg.OperationalError):
            house.waits_are_over()
        say(_how_far(house, copies))
    end = time.monotonic() + 120 + letters * 2
    while waiting or house.figure(LEDGER) < copies or house.figure(PENDING) != 0:
        assert time.monotonic() < end, f"the letters do not come to rest: {_how_far(house, copies)}"
        waiting = _deliver(house, dovecot, waiting)
        house.waits_are_over()
        time.sleep(1)
    return sent


def _how_far(house: House, copies: int) -> str:
    return f"{house.figure(LEDGER)} of {copies} in the ledger, {house.figure(HANDLED)} handled"


def answers_go_out(
    house: House, smtp: MoodySmtp, chance: random.Random, *, answers: int, kills: int, say: Say
) -> None:
    """Ada answers `answers` tickets while the mail server fails in every way and the worker is
    killed at least `kills` times. Returns when no answer waits any more.

    Raises AssertionError if that does not come about.
    """
    house.end_worker()
    smtp.be_moody()
    house.chore("answer", str(answers))
    end = time.monotonic() + 120 + answers * 3
    killed = 0
    while killed < kills or house.figure(UNSENT):
        assert time.monotonic() < end, f"{house.figure(UNSENT)} answers still wait"
        house.start("worker")
        enough = len(smtp.tries) + chance.randint(1, 1 + answers // kills)
        _let_it_send(house, smtp, enough)
        house.end_worker()
        killed += 1
        house.an_hour_passes()
        say(f"killed the worker {killed} times; {house.figure(UNSENT)} answers wait")
    house.start("worker")


def a_full_mailbox(house: House, dovecot: Dovecot, letters: int) -> list[str]:
    """`letters` letters lie in a mailbox that was never read; what is wrong after reading them."""
    house.end_worker()
    dovecot.deliver_many(FULL, (letter(sender=FULL, to=FULL) for _number in range(letters)))
    wrong = []
    if house.chore("read_everything", FULL):
        wrong.append(f"Reading {letters} letters at once took too much: see {house.log}.")
    kept, different = house.rows(KEPT, FULL)[0]
    if not kept == different == letters:
        wrong.append(f"{letters} lie in the full mailbox, {different} of {kept} rows differ.")
    return wrong


def _let_it_send(house: House, smtp: MoodySmtp, tries: int) -> None:
    """Until the server has seen so many tries, or nobody talks to it any more: what is left waits
    for its time."""
    end, talks, since = time.monotonic() + LIFE, -1, 0.0
    while len(smtp.tries) < tries and house.figure(UNSENT) and time.monotonic() < end:
        if (seen := sum(smtp.drawn.values())) != talks:
            talks, since = seen, time.monotonic()
        elif talks and time.monotonic() - since > QUIET:
            return
        time.sleep(0.1)


def _deliver(house: House, dovecot: Dovecot, letters: list[Sent]) -> list[Sent]:
    """Deliver these, but answers only to what was read already; what has to wait."""
    try:
        read = {letter_id for (letter_id,) in house.rows(READ)}
    except psycopg.OperationalError:
        return letters
    early = [
        one
        for one in letters
        if one.answers is not None and f"no-{one.answers:06}-on@customer.example" not in read
    ]
    ready = [one for one in letters if one not in early]
    for box in (SUPPORT, SALES):
        dovecot.deliver_many(box, [one.raw for one in ready for to in one.boxes if to == box])
    return early


def _let_it_work(house: House, handled: float) -> None:
    """Until the worker has understood so many letters, so that it is killed at work."""
    with suppress(AssertionError):
        wait_until(lambda: house.figure(HANDLED) >= handled, LIFE, "it is slow")
