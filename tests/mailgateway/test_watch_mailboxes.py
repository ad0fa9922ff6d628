"""Letters are heard of the moment they come; without it they only come a little later."""

import queue
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from mailgateway.management.commands import watch_mailboxes
from mailgateway.management.commands.watch_mailboxes import look_around
from mailgateway.models import Mailbox, Security
from tests.letters import letter

ADDRESS = "billing@desk.example"


@pytest.fixture
def watch():
    """`look()` looks for mailboxes; `heard` and `watchers` are what came of it."""

    class Watch:
        heard = queue.SimpleQueue()
        watchers = {}

        def look(self):
            look_around(self.watchers, self.heard)

    watch = Watch()
    yield watch
    for watcher in watch.watchers.values():
        watcher.ended.set()


@pytest.fixture(params=["imap_server", pytest.param("dovecot", marks=pytest.mark.needs_dovecot)])
def server(request, mailbox):
    server = request.getfixturevalue(request.param)
    server.add_account(ADDRESS)
    read_from(server, mailbox)
    return server


def read_from(server, mailbox: Mailbox) -> None:
    mailbox.imap_host, mailbox.imap_port = server.host, server.port
    mailbox.imap_security, mailbox.imap_password = Security.NONE, server.password
    mailbox.save()


def test_a_letter_is_heard_of_when_it_comes(watch, server, mailbox):
    watch.look()
    assert watch.heard.get(timeout=10) == mailbox.pk  # what came before we listened
    time.sleep(0.5)
    assert watch.heard.empty()

    server.deliver(ADDRESS, letter())

    assert watch.heard.get(timeout=10) == mailbox.pk


def test_a_line_that_broke_is_tried_again(watch, imap_server, mailbox, troublemaker, monkeypatch):
    monkeypatch.setattr(watch_mailboxes, "PAUSES", (0.1,))
    imap_server.add_account(ADDRESS)
    mailbox.imap_password = imap_server.password
    mailbox.imap_host, mailbox.imap_port = troublemaker.host, troublemaker.port
    mailbox.imap_security = Security.NONE
    mailbox.save()
    watch.look()
    watch.heard.get(timeout=10)

    troublemaker.cut()

    assert watch.heard.get(timeout=10) == mailbox.pk
    time.sleep(0.5)
    imap_server.deliver(ADDRESS, letter())
    assert watch.heard.get(timeout=10) == mailbox.pk


def test_mailboxes_that_change_are_listened_to_anew_and_others_not_at_all(watch, mailbox):
    Mailbox.objects.update(imap_host="127.0.0.1", imap_port=1, imap_security=Security.NONE)
    watch.look()
    first = watch.watchers[mailbox.pk]
    watch.look()
    assert watch.watchers[mailbox.pk] is first

    Mailbox.objects.update(imap_folder="Support")
    watch.look()
    assert first.ended.is_set()
    assert watch.watchers[mailbox.pk] is not first

    Mailbox.objects.update(is_active=False)
    watch.look()
    assert watch.watchers == {}


def test_a_password_that_cannot_be_opened_stops_no_other(watch, mailbox, hosting):
    Mailbox.objects.create(
        name="Hosting", address="hosting@desk.example", department=hosting, imap_host="127.0.0.1"
    )
    Mailbox.objects.update(imap_host="127.0.0.1", imap_port=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE mailgateway_mailbox SET imap_password = 'x' WHERE id = %s", [mailbox.pk]
        )

    watch.look()

    assert len(watch.watchers) == 1


def test_what_is_heard_is_passed_on_once(mailbox, monkeypatch):
    stop, asked = threading.Event(), []

    def some_news(_watchers, heard):
        for _time in range(3):
            heard.put(mailbox.pk)

    def note(_task, pk):
        asked.append(pk)
        stop.set()

    monkeypatch.setattr(watch_mailboxes, "BREATH", 0.01)
    monkeypatch.setattr(watch_mailboxes, "look_around", some_news)
    monkeypatch.setattr(watch_mailboxes, "enqueue_on_commit", note)
    watch_mailboxes.watch(stop)

    assert asked == [mailbox.pk]


def test_it_ends_at_once_when_asked_even_without_a_database():
    env = {
        "SECRET_KEY": "x",
        "DESK_SEAL_KEY": settings.DESK_SEAL_KEYS[0],
        "DATABASE_URL": "postgres://desk@127.0.0.1:1/desk",
    }
    child = subprocess.Popen(
        [sys.executable, "manage.py", "watch_mailboxes"], cwd=settings.BASE_DIR, env=env
    )
    end = time.monotonic() + 60
    while not listens_to(child.pid, signal.SIGTERM) and time.monotonic() < end:
        time.sleep(0.1)
    began = time.monotonic()
    child.send_signal(signal.SIGTERM)

    assert child.wait(20) == 0
    assert time.monotonic() - began < 5


def listens_to(pid: int, number: int) -> bool:
    """Whether a process has set a handler for a signal."""
    status = Path(f"/proc/{pid}/status").read_text()
    caught = int(status.partition("SigCgt:")[2].split()[0], 16)
    return bool(caught >> (number - 1) & 1)
