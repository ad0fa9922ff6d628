"""`manage.py watch_mailboxes`: hear of letters the moment they come, and have them fetched.

One thread and one connection a mailbox, all of them idle. Nothing is read here and nothing depends
on it: mailboxes are polled all the same.
"""

import logging
import queue
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, close_old_connections, connection

from helpdesk.lib.errors import DeskError
from helpdesk.lib.queue import enqueue_on_commit
from mailgateway import imap, tasks
from mailgateway.models import Mailbox

log = logging.getLogger(__name__)

# Seconds: between two looks for mailboxes that were added or changed; between two nudges; before a
# broken line is tried again, longer each time; before a server without IDLE is asked again.
LOOK, BREATH = 15, 1
PAUSES = (5, 30, 120, 600)
NO_IDLE = 1800
# What decides how a mailbox is reached.
SETTINGS = (
    *("imap_host", "imap_port", "imap_security", "imap_user", "imap_password", "imap_folder"),
    "sign_in",
)


class Watcher(threading.Thread):
    """Listens to one mailbox and says its key into `heard` whenever something may have come."""

    def __init__(self, mailbox: Mailbox, heard: "queue.SimpleQueue[int]") -> None:
        super().__init__(daemon=True, name=f"watcher of {mailbox}")
        self.mailbox = mailbox
        self.heard = heard
        self.ended = threading.Event()
        self.failures = 0

    def run(self) -> None:
        """Listen, and begin anew when the line breaks, until told to end."""
        while not self.ended.is_set():
            self.ended.wait(self._listen() * random.uniform(0.8, 1.2))  # noqa: S311

    def _listen(self) -> float:
        """Listen as long as it goes well; the seconds to wait then."""
        try:
            for _news in imap.news(self.mailbox):
                if self.ended.is_set():
                    return 0
                self.failures = 0
                self.heard.put(self.mailbox.pk)
        except (DeskError, DatabaseError, InterfaceError) as problem:
            log.info("%s: %s", self.mailbox, problem)
        except Exception:
            log.exception("Listening to %s broke off", self.mailbox)
        else:
            return NO_IDLE
        finally:
            connection.close()  # a token may have been asked for
        self.failures += 1
        return PAUSES[min(self.failures, len(PAUSES)) - 1]


class Command(BaseCommand):
    """Keep a watcher for each active mailbox; pass on what they hear."""

    help = "Hear of letters the moment they come (IMAP IDLE), and have the worker fetch them."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())
        watch(stop)


def watch(stop: threading.Event) -> None:
    """Watch all mailboxes until `stop` is set."""
    heard: queue.SimpleQueue[int] = queue.SimpleQueue()
    watchers: dict[int, Watcher] = {}
    next_look = 0.0
    while not stop.wait(BREATH):
        # While the database is away nothing can be fetched either.
        with suppress(DatabaseError, InterfaceError):
            if time.monotonic() >= next_look:
                close_old_connections()
                look_around(watchers, heard)
                next_look = time.monotonic() + LOOK
            for mailbox in set(_all(heard)):
                enqueue_on_commit(tasks.poll_mailbox, mailbox)
    for watcher in watchers.values():
        watcher.ended.set()


def look_around(watchers: dict[int, Watcher], heard: "queue.SimpleQueue[int]") -> None:
    """A watcher for each mailbox that is to be read, as it is set up now; none for the others."""
    active = Mailbox.objects.filter(is_active=True).exclude(imap_host="")
    wanted: dict[int, Mailbox] = {}
    for pk in active.values_list("pk", flat=True):
        with suppress(DeskError):  # its password cannot be opened: polling says so
            wanted[pk] = active.get(pk=pk)
    for pk, watcher in list(watchers.items()):
        if pk not in wanted or _reached(wanted[pk]) != _reached(watcher.mailbox):
            watchers.pop(pk).ended.set()
    for pk in wanted.keys() - watchers.keys():
        watchers[pk] = Watcher(wanted[pk], heard)
        watchers[pk].start()


def _reached(mailbox: Mailbox) -> list[Any]:
    return [getattr(mailbox, name) for name in SETTINGS]


def _all(heard: "queue.SimpleQueue[int]") -> Iterator[int]:
    with suppress(queue.Empty):
        while True:
            yield heard.get_nowait()
