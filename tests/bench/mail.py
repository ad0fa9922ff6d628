"""What a letter costs, and where the time goes."""

import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from pkgutil import resolve_name
from typing import Any
from unittest.mock import patch

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from departments.models import Department
from helpdesk.celery import app
from helpdesk.embedded.postgres import Postgres
from mailgateway import tasks
from mailgateway.models import InboundEmail, Mailbox, Security
from tests.bench.filling import fill
from tests.letters import letter
from tests.mail_servers import Dovecot
from tests.surroundings import ROOT
from tests.torture.house import children_of

ADDRESS = "support@desk.example"
WARM_UP = 50
# Which function counts as which stage; what none of them does belongs to the stage around it.
STAGES = {
    "mailgateway.inbound.fetching.receive": "keep the bytes",
    "mailgateway.inbound.understanding.parsed_of": "read the bytes",
    "mailgateway.inbound.understanding.screening.verdict": "what kind of letter",
    "mailgateway.inbound.understanding._seen_before": "seen before?",
    "mailgateway.inbound.conversation.welcome": "who wrote",
    "mailgateway.inbound.conversation.copies": "who else has it",
    "mailgateway.inbound.conversation.routing.find_route": "which ticket",
    "mailgateway.inbound.conversation.body_of": "fold and clean",
    "tickets.attachments.store": "files",
    "tickets.search.remember": "search words",
    "tickets.search.ticket_words": "search words",
    "tickets.events.record": "history and bells",
    "mailgateway.outbound.prepare": "confirmation",
    "celery.app.task.Task.apply_async": "queue",
}


def measure(postgres: Postgres, dovecot: Dovecot, count: int, fillings: list[int]) -> None:
    """Print what letters of each kind cost, where the time goes, and what many tickets change."""
    call_command("migrate", verbosity=0)
    dovecot.add_account(ADDRESS)
    Mailbox.objects.create(
        name="Support",
        address=ADDRESS,
        department=Department.objects.create(name="Support", slug="support", is_triage=True),
        imap_host=dovecot.host,
        imap_port=dovecot.port,
        imap_security=Security.NONE,
        imap_password=dovecot.password,
        letters_since=None,
    )
    app.finalize()
    bench = Bench(postgres, dovecot)
    bench.run(plain, WARM_UP)
    _print(f"{_loop():.0f} ms take this machine five million rounds of a loop in Python.\n")
    _print(f"{'':24}{'worker':>9}{'database':>9}{'together':>9}{'p50':>9}{'p95':>9}  (worker)")
    first = None
    for kind in (plain, formatted, with_file):
        cost = bench.run(kind, max(20, count // 10) if kind is with_file else count)
        first = first or cost
        _print(f"{kind.__doc__:24.24}{cost}")
    _print("\nWhere the time goes with a plain letter:\n")
    bench.run_by_stage(plain, count)
    _print("\nA plain letter, and tickets on the desk:\n")
    assert first is not None
    for tickets in fillings:
        fill(tickets)
        bench.run(plain, WARM_UP)
        cost = bench.run(plain, count)
        ratio = cost.together / first.together
        _print(f"{f'{tickets:,} tickets':24}{cost}  {ratio:.2f} times the first")


@dataclass
class Cost:
    """Milliseconds of processor time for each letter."""

    worker: float
    database: float
    each: list[float]

    @property
    def together(self) -> float:
        return self.worker + self.database

    def __str__(self) -> str:
        cuts = statistics.quantiles(self.each, n=20)
        figures = (self.worker, self.database, self.together, cuts[9], cuts[18])
        return "".join(f"{figure:9.2f}" for figure in figures)


@dataclass
class Spent:
    """Milliseconds by stage, of worker and database."""

    database_now: Callable[[], float]
    worker: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    database: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    stack: list[str] = field(default_factory=list)
    last: tuple[float, float] = (0.0, 0.0)

    @contextmanager
    def at(self, stage: str) -> Iterator[None]:
        """What happens inside is spent on `stage`, and no longer on the one around it."""
        self._charge()
        self.stack.append(stage)
        try:
            yield
        finally:
            self._charge()
            self.stack.pop()

    def _charge(self) -> None:
        now = time.process_time() * 1000, self.database_now()
        if self.stack:
            self.worker[self.stack[-1]] += now[0] - self.last[0]
            self.database[self.stack[-1]] += now[1] - self.last[1]
        self.last = now


class Bench:
    """Delivers letters and does with them what the worker does."""

    def __init__(self, postgres: Postgres, dovecot: Dovecot) -> None:
        assert postgres.child is not None
        assert postgres.child.process is not None
        self.server = postgres.child.process.pid
        self.dovecot = dovecot
        self.chance = random.Random(4711)
        self.written = 0

    def run(self, kind: Callable[["Bench"], bytes], count: int) -> Cost:
        """Let `count` letters of a kind go the whole way; what one cost."""
        self._deliver(kind, count)
        began = time.process_time() * 1000, self.database_now()
        read, each = self._read(count), []
        for pk in read:
            start = time.process_time() * 1000
            tasks.handle_inbound(pk)
            each.append(time.process_time() * 1000 - start)
        worker = time.process_time() * 1000 - began[0]
        fetched = (worker - sum(each)) / count
        _check(read)
        return Cost(
            worker / count,
            (self.database_now() - began[1]) / count,
            [fetched + one for one in each],
        )

    def run_by_stage(self, kind: Callable[["Bench"], bytes], count: int) -> None:
        """The same with a clock at every door; prints what each stage took."""
        self._deliver(kind, count)
        spent = Spent(self.database_now)
        with ExitStack() as stack:
            for place, stage in STAGES.items():
                stack.enter_context(_timed(place, stage, spent))
            with spent.at("fetch"):
                read = self._read(count)
            for pk in read:
                with spent.at("rows and transactions"):
                    tasks.handle_inbound(pk)
        _check(read)
        total = sum(spent.worker.values()) + sum(spent.database.values())
        for stage in sorted(spent.worker, key=lambda one: -spent.worker[one] - spent.database[one]):
            both = spent.worker[stage], spent.database[stage]
            figures = "".join(f"{one / count:9.2f}" for one in (*both, sum(both)))
            _print(f"{stage:24}{figures}{sum(both) / total:9.0%}")

    def database_now(self) -> float:
        """Milliseconds that those of PostgreSQL's processes have computed which were there when the
        letters were delivered."""
        return sum(_computed(pid) for pid in self.processes)

    def words(self, length: int) -> str:
        """Some text of about so many bytes in the words of real pages."""
        lines, size = [], 0
        while size < length:
            lines.append(" ".join(self.chance.choices(VOCABULARY, k=12)))
            size += len(lines[-1].encode()) + 2
        return "\n".join(lines)

    def next_customer(self) -> str:
        """Every letter comes from somebody new."""
        self.written += 1
        return f"Customer {self.written} <customer-{self.written}@customer.example>"

    def _deliver(self, kind: Callable[["Bench"], bytes], count: int) -> None:
        self.dovecot.deliver_many(ADDRESS, (kind(self) for _number in range(count)))
        Mailbox.objects.update(next_poll_at=timezone.now())  # our own session is there now
        self.processes = children_of(self.server)

    def _read(self, count: int) -> list[int]:
        before = InboundEmail.objects.count()
        while InboundEmail.objects.count() < before + count:
            Mailbox.objects.update(next_poll_at=timezone.now())
            tasks.poll_mailbox(Mailbox.objects.values_list("pk", flat=True).get())
        waiting = InboundEmail.objects.filter(handled_at__isnull=True)
        return list(waiting.order_by("pk").values_list("pk", flat=True))


def plain(bench: Bench) -> bytes:
    """plain, 4 KB"""
    # Base64 takes a third more.
    return letter(
        bench.words(2600), sender=bench.next_customer(), to=ADDRESS, subject=bench.words(40)
    )


def formatted(bench: Bench) -> bytes:
    """with HTML, 40 KB"""
    text = bench.words(5000)
    row = '<tr><td style="padding:4px"><p class="MsoNormal"><span style="color:#333">{}</span></p>'
    html = "".join(row.format(line) for line in bench.words(12_000).split("\n"))
    return letter(
        text,
        html=f"<html><body><table>{html}</table></body></html>",
        sender=bench.next_customer(),
        to=ADDRESS,
        subject=bench.words(40),
    )


def with_file(bench: Bench) -> bytes:
    """with a file, 2 MB"""
    return letter(
        bench.words(600),
        sender=bench.next_customer(),
        to=ADDRESS,
        subject=bench.words(40),
        files=[("Договір.pdf", "application/pdf", bench.chance.randbytes(2 * 1024 * 1024))],
    )


def _vocabulary() -> list[str]:
    catalogues = (ROOT / "locale").glob("*/LC_MESSAGES/django.po")
    found = {word for one in catalogues for word in one.read_text().split() if word.isalpha()}
    return sorted(word for word in found if len(word) > 2)


VOCABULARY = _vocabulary()


def _timed(place: str, stage: str, spent: Spent) -> Any:
    """The function at `place`, with a clock around it."""
    function = resolve_name(place)

    @wraps(function)
    def timed(*args: Any, **kwargs: Any) -> Any:
        with spent.at(stage):
            return function(*args, **kwargs)

    return patch(place, timed)


def _computed(pid: int) -> float:
    """Milliseconds that a process has computed; 0 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
    except OSError:
        return 0.0


def _check(read: list[int]) -> None:
    state = InboundEmail.State
    done = InboundEmail.objects.filter(pk__in=read, state=state.TICKET).count()
    assert done == len(read), f"only {done} of {len(read)} letters became tickets"
    assert connection.is_usable()


def _loop() -> float:
    start = time.process_time()
    sum(number * number for number in range(5_000_000))
    return (time.process_time() - start) * 1000


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
