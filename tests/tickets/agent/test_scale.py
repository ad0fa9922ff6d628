"""Finished tickets cost the pages of agents nothing; `desk bench lists` measures a million."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.actions import join_department
from tests.bench.filling import FIRST, copy
from tests.tickets.plans import SPARE, blocks, only_by_index
from tickets.actions import add_note, close_ticket, save_workspace
from tickets.agent.lists import VIEWS, WORK_SORTS
from tickets.agent.paging import page_of
from tickets.models import Rating

CLOSED = 5000


@pytest.fixture
def bury(write, ada):
    """`bury()`: many closed tickets of the same department."""

    def fill():
        (one,) = write(1)
        close_ticket(one, by=ada)
        with connection.cursor() as cursor:
            own = {"email": "'filled-' || n || '@customer.example'"}
            copy(cursor, "departments_user", one.customer_id, own, 1, CLOSED)
            own = {"customer_id": "{first} + n"}
            copy(cursor, "tickets_ticket", one.pk, own, 1, CLOSED)
            own = {"ticket_id": "{first} + n"}
            copy(cursor, "tickets_message", one.messages.get().pk, own, 1, CLOSED)
            copy(cursor, "tickets_event", one.events.latest("pk").pk, own, 1, CLOSED)
            for index in ("ticket_by_words", "message_by_words", "person_by_part"):
                cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
            cursor.execute("ANALYZE")

    return fill


PAGES = (
    "/agent/tickets/{number}/",
    "/agent/search/?q=needle",
    "/agent/views/waiting/",
    "/agent/views/all/",
    "/agent/views/all/?sort=waiting",
    "/agent/views/all/?sort=updated",
    "/agent/views/mine/",
    "/agent/views/due/",
    "/agent/departments/billing/",
    "/agent/live/?counts=1",
    "/agent/live/?since=2000000000&view=all",
)


def test_closed_tickets_cost_a_page_nothing(enter, ada, write, bury):
    *_rest, last = write(30)
    add_note(last, by=ada, body="A needle")
    save_workspace(by=ada, name="Urgent", query="view=all&priority=4")
    # Each line behind the bell is a look of its own into an index: with none the rest can be seen.
    ada.notifications.update(read_at=timezone.now())
    browser = enter(ada)

    def costs():
        found = {}
        for address in PAGES:
            with CaptureQueriesContext(connection) as asked:
                browser.get(address.format(number=last.number))
            found[address] = blocks(asked)
        return found

    least = costs()
    bury()

    assert {page: cost for page, cost in costs().items() if cost > least[page] + SPARE} == {}


def test_what_a_customer_wrote_before_costs_their_pages_nothing(enter, ada, carla, ticket):
    browser = enter(ada)
    pages = (f"/agent/tickets/{ticket.number}/", f"/agent/customers/{carla.pk}/")

    def costs():
        found = {}
        for address in pages:
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(address).status_code == 200
            found[address] = blocks(asked)
        return found

    def bury(first, last):
        with connection.cursor() as cursor:
            own = {"status": "'closed'", "updated_at": "now() - n * interval '1 hour'"}
            copy(cursor, "tickets_ticket", ticket.pk, own, first, last)
        Rating.objects.bulk_create(
            Rating(ticket_id=FIRST + number, customer=carla, score=4)
            for number in range(first, last + 1)
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    only_by_index()
    bury(1, 100)
    least = costs()
    bury(101, 100 + CLOSED)

    assert {page: cost for page, cost in costs().items() if cost > least[page] + SPARE} == {}


def test_a_list_is_read_in_its_order_without_sorting(ada, hosting):
    join_department(ada, hosting)
    used = {}
    with connection.cursor() as cursor:
        # On a small table any way is as good; here only the way by an index is left.
        for way in ("sort", "incremental_sort", "seqscan", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        for sort in WORK_SORTS:
            with CaptureQueriesContext(connection) as asked:
                page_of(VIEWS["all"].tickets(ada), sort, "", 50)
            cursor.execute(f"EXPLAIN {asked[-1]['sql']}")
            lines = [line for (line,) in cursor.fetchall()]
            # Above it the rows of the page are put together; how they are chosen stands below.
            plan = "\n".join(lines[next(at for at, line in enumerate(lines) if "Limit" in line) :])
            assert "Sort" not in plan
            used[sort] = re.search(r"using (\w+)", plan)[1]

    assert used == {
        "due": "list_by_due",
        "waiting": "list_by_waiting",
        "updated": "list_by_update",
        "newest": "list_by_newest",
    }
