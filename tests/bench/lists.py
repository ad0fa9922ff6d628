"""What the agents' pages cost, and what many more tickets change."""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test import Client

from departments.models import User
from tests.bench.house import RARE, House, newest, some_ticket
from tickets import actions
from tickets.agent.places import place_in
from tickets.models import Workspace

BOUND: Final = 1.3
POLLING_AGENTS, POLLED_EVERY = 200, (15, 30)
WARM_UP: Final = 3

Address = Callable[[], str]


def measure(fillings: list[int], times: int) -> int:
    """Print what each page costs at every filling, and how much more that is than at the first;
    1 if any costs more than `BOUND` times as much."""
    call_command("migrate", verbosity=0)
    house = House()
    ada = house.agents[0]
    ada.list_size = 50
    ada.save()
    browser = Client()
    browser.force_login(ada)
    pages = pages_of(ada, house)
    first: dict[str, Cost] = {}
    worst = 0.0
    for tickets in fillings:
        began = time.monotonic()
        house.fill(tickets)
        _print(f"\n{tickets:,} tickets, filled in {time.monotonic() - began:.0f} s\n")
        _print(f"{'':28}{'python':>9}{'database':>9}{'together':>9}{'blocks':>9}{'ratio':>8}")
        for name, address in pages.items():
            cost = cost_of(browser, address(), times)
            before = first.setdefault(name, cost)
            ratio = cost.together / before.together
            worst = max(worst, ratio)
            _print(f"{name:28}{cost}{ratio:8.2f}{' !' if ratio > BOUND else ''}")
        poll = cost_of(browser, pages["live poll"](), times).together / 1000
        for seconds in POLLED_EVERY:
            share = POLLING_AGENTS * poll / seconds
            _print(
                f"{POLLING_AGENTS} agents who poll every {seconds} s: {share:.1%} of a processor"
            )
    return int(worst > BOUND)


def pages_of(ada: User, house: House) -> dict[str, Address]:
    """What is measured: name and address, which may depend on what is there."""
    query = f"view=all&category={house.categories[1].slug}&sort=due"
    saved = Workspace.objects.create(name="Narrow", owner=ada, query=query)
    wordy = Workspace.objects.create(name="Words", owner=ada, query=f"view=all&q={RARE}")
    feed = actions.renew_feed("all", by=ada)
    mine = actions.renew_feed(f"workspace:{saved.pk}", by=ada)
    found = {
        "waiting for us": "/agent/views/waiting/",
        "all, due first": "/agent/views/all/",
        "all, longest waiting first": "/agent/views/all/?sort=waiting",
        "all, last message first": "/agent/views/all/?sort=updated",
        "all, newest first": "/agent/views/all/?sort=newest",
        "closed, newest first": "/agent/views/all/?status=closed",
        "mine": "/agent/views/mine/",
        "due soon": "/agent/views/due/",
        "spam": "/agent/views/spam/",
        "a department": "/agent/departments/d1/",
        "a workspace": f"/agent/workspaces/{saved.pk}/",
        "a workspace of words": f"/agent/workspaces/{wordy.pk}/",
        "rows alone": "/agent/views/all/?part",
        "counters": "/agent/live/?counts=1",
        "feed of a list": f"/agent/feeds/{feed.token}.atom",
        "feed of a workspace": f"/agent/feeds/{mine.token}.atom",
        "search for a rare word": f"/agent/search/?q={RARE}",
        "search for a number": "/agent/search/?q=%231000000020",
    }
    later: dict[str, Address] = {
        "live poll": lambda: f"/agent/live/?since={newest()}&view=all",
        "a ticket": lambda: f"/agent/tickets/{some_ticket(ada).number}/?list=all",
        "next ticket": lambda: _next(ada),
    }
    return {name: lambda url=url: url for name, url in found.items()} | later  # type: ignore[misc]


def _next(ada: User) -> str:
    ticket = some_ticket(ada)
    return f"/agent/tickets/{ticket.number}/next/?{place_in(QueryDict('list=all'), ticket)}"


@dataclass
class Cost:
    """Milliseconds of processor time for one answer, and blocks the database touched for it."""

    python: float
    database: float
    blocks: float

    @property
    def together(self) -> float:
        return self.python + self.database

    def __str__(self) -> str:
        spent = f"{self.python:9.1f}{self.database:9.1f}{self.together:9.1f}"
        return f"{spent}{self.blocks:9.0f}"


def cost_of(browser: Client, address: str, times: int) -> Cost:
    """What a quarter of so many answers stay below: others use the machine as well."""
    headers = {"HX-Request": "true"} if address.endswith("?part") else {}
    for _time in range(WARM_UP):
        answer = browser.get(address, headers=headers)
        assert answer.status_code in {200, 204, 302}, f"{address}: {answer.status_code}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (server,) = cursor.fetchone()
    python, database = [], []
    blocks = _blocks()
    for _time in range(times):
        began = time.process_time(), _computed(server)
        browser.get(address, headers=headers)
        python.append((time.process_time() - began[0]) * 1000)
        database.append(_computed(server) - began[1])
    touched = (_blocks() - blocks) / times
    return Cost(_lower(python), _lower(database), touched)


def _lower(spent: list[float]) -> float:
    return statistics.quantiles(spent, n=4)[0]


def _blocks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT blks_hit + blks_read FROM pg_stat_database WHERE datname = current_database()"
        )
        (touched,) = cursor.fetchone()
    return int(touched)


def _computed(pid: int) -> float:
    """Milliseconds that a process of PostgreSQL has computed."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
