"""What a page may weigh and ask: every number has its test."""

import gzip
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models import Organisation
from tests.tickets.agent.test_queue import numbers
from tickets import presence
from tickets.actions import add_note, assign_ticket, reply_to_ticket, set_priority, tag_ticket
from tickets.models import Notification, Ticket, Workspace

MOST_QUERIES = 12
MOST_BYTES_OF_A_LIST = 60 * 1024
MOST_BYTES_OF_A_FIRST_VISIT = 150_000
MOST_QUERIES_OF_A_TICKET = 15

ASSET = re.compile(r'(?:src|href)="/static/([^"#]+?)(?:#[^"]*)?"')
IMPORTS = {
    ".css": re.compile(r'@import url\("([^"]+)"\)'),
    ".js": re.compile(r'^(?:im|ex)port\b.{,200}?"(\.[^"]+)";$', re.MULTILINE),
}


def loaded_by(page: str) -> set[str]:
    """Every style, script and picture that a browser fetches for `page`, as paths below static/."""
    waiting, found = set(ASSET.findall(page)), set()
    while waiting:
        path = waiting.pop()
        found.add(path)
        file = settings.BASE_DIR / "static" / path
        pattern = IMPORTS.get(file.suffix)
        for name in pattern.findall(file.read_text()) if pattern else ():
            beside = (file.parent / name).resolve().relative_to(settings.BASE_DIR / "static")
            waiting |= {beside.as_posix()} - found
    return found


def weight(paths: set[str]) -> int:
    """Bytes on the way when each is compressed for itself."""
    static = settings.BASE_DIR / "static"
    return sum(len(gzip.compress((static / path).read_bytes(), mtime=0)) for path in paths)


@pytest.fixture
def busy(write, ada, grace, carla):
    """Fifty tickets with everything a row may show, and some workspaces beside them."""
    carla.organisation = Organisation.objects.create(name="Akme")
    carla.save()
    ada.list_size = 50
    ada.save()
    for number, one in enumerate(write(50)):
        assign_ticket(one, to=grace, by=ada)
        if number % 2:
            tag_ticket(one, by=ada, add=["invoice"])
        if number % 5 == 0:
            set_priority(one, priority=3, by=ada)
        if number % 10 == 0:
            presence.look(one.number, grace)
    Ticket.objects.update(
        subject="The invoice for October has not arrived yet",
        preview="Good morning! The invoice for October has not arrived yet. " * 3,
        due_at=timezone.now() + timedelta(days=1),
    )
    Ticket.objects.filter(priority=3).update(has_files=True)
    Notification.objects.exclude(event__ticket__priority=3).update(read_at=timezone.now())
    for number in range(5):
        Workspace.objects.create(name=f"Mine {number}", owner=ada, query=f"assignee={grace.pk}")


@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_list_of_fifty_rows_is_light(enter, ada, busy, language):
    ada.language = language
    ada.save()
    browser = enter(ada)
    browser.get("/agent/views/all/")
    with CaptureQueriesContext(connection) as queries:
        page = browser.get("/agent/views/all/")

    assert len(numbers(page)) == 50
    assert len(queries) <= MOST_QUERIES
    assert len(page.content) <= MOST_BYTES_OF_A_LIST


@pytest.mark.parametrize("address", ["/agent/", "ticket"])
def test_a_first_visit_loads_little(enter, ada, ticket, address):
    address = f"/agent/tickets/{ticket.number}/" if address == "ticket" else address
    page = enter(ada).get(address).content.decode()

    loaded = loaded_by(page)

    assert {"css/main.css", "css/parts/queue.css", "icons.svg"} <= loaded
    assert any(path.startswith("vendor/htmx") for path in loaded)
    assert weight(loaded) <= MOST_BYTES_OF_A_FIRST_VISIT


def test_a_ticket_with_a_hundred_messages_asks_little(enter, ada, carla, ticket):
    for number in range(33):
        reply_to_ticket(ticket, by=carla, body=f"Питання {number}")
        reply_to_ticket(ticket, by=ada, body=f"Відповідь {number}")
        add_note(ticket, by=ada, body=f"Примітка {number}")
    browser = enter(ada)
    address = f"/agent/tickets/{ticket.number}/"
    browser.get(address)
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(address)

    assert "Питання 32" in page.content.decode()
    assert ticket.messages.count() == 100
    assert len(queries) <= MOST_QUERIES_OF_A_TICKET
