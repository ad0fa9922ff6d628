"""Finished requests cost a customer's pages nothing, by whichever way they are theirs."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models import Brand, Organisation, User
from tests.bench.filling import FIRST, copy
from tests.tickets.plans import SPARE, blocks, only_by_index
from tickets import actions
from tickets.lifecycle import Status
from tickets.models import Follower, Ticket

FEW, MANY = 300, 3000
"""Of each kind: their own, in copy, of a colleague."""
ENOUGH = 800
APART = 10_000
ABOUT = {"subject": "The invoice of October", "body": "The invoice of October is not here yet"}

PAGES = (
    "/",
    "/?closed={place}",
    "/?text=needle",
    "/news/?since={since}",
    "/tickets/{number}/",
    "/tickets/{number}/news/?shown=1&status=x",
)


@pytest.fixture
def akme(carla, billing):
    """Carla's organisation, whose people see each other's tickets."""
    akme = Organisation.objects.create(name="Akme", shares_tickets=True)
    User.objects.filter(pk=carla.pk).update(organisation=akme)
    carla.refresh_from_db()
    return akme


@pytest.fixture
def colleague(akme):
    return User.objects.create_user("clerk@customer.example", organisation=akme)


@pytest.fixture
def bury(carla, colleague, mallory, ada):
    """`bury(first, last)`: for each number closed tickets that Carla may read, one of each kind."""
    one = actions.open_ticket(customer=carla, by=carla, subject="Old", body="On paper")
    actions.close_ticket(one, by=ada)
    asked = one.messages.get()

    def fill(first, last):
        at = f"now() - n %% {APART} * interval '1 hour'"
        with connection.cursor() as cursor:
            for kind, owner in enumerate((carla, mallory, colleague)):
                own = {"customer_id": str(owner.pk), "created_at": at, "updated_at": at}
                start = kind * APART
                copy(cursor, "tickets_ticket", one.pk, own, start + first, start + last)
                own = {"ticket_id": "{first} + n"}
                copy(cursor, "tickets_message", asked.pk, own, start + first, start + last)
        Follower.objects.bulk_create(
            Follower(ticket_id=FIRST + APART + number, user=carla, in_copy=True)
            for number in range(first, last + 1)
        )
        with connection.cursor() as cursor:
            for index in ("ticket_by_words", "message_by_words"):
                cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
            cursor.execute("ANALYZE")

    return fill


@pytest.mark.parametrize("host", ["testserver", "help.akme.example"])
def test_finished_tickets_cost_a_page_nothing(
    enter, carla, ada, billing, ticket, bury, settings, host
):
    settings.ALLOWED_HOSTS = ["testserver", "help.akme.example"]
    billing.brand = Brand.objects.create(name="Akme", host="help.akme.example")
    billing.save()
    actions.reply_to_ticket(ticket, by=ada, body="The needle")
    browser = enter(carla)

    def costs():
        found = {}
        for page in PAGES:
            place = f"{2_000_000_000_000_000}.{FIRST + 9 * APART}"
            since = quote((timezone.now() - timedelta(hours=1)).isoformat())
            address = page.format(number=ticket.number, place=place, since=since)
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(address, headers={"host": host}).status_code in {200, 204}
            found[page] = blocks(asked)
        with CaptureQueriesContext(connection) as asked:
            browser.post("/tickets/new/hints/", ABOUT, headers={"host": host, "HX-Request": "true"})
        found["hints"] = blocks(asked)
        return found

    only_by_index()
    # Indexes are as deep then as they are with all of them.
    bury(1, ENOUGH)
    least = costs()
    bury(ENOUGH + 1, MANY)

    assert {page: cost for page, cost in costs().items() if cost > least[page] + SPARE} == {}
    page = browser.get("/", headers={"host": host}).context
    assert (len(page["open"].rows), len(page["closed"].rows)) == (1, 25)


def test_pages_of_finished_tickets_show_each_once_in_order(enter, carla, bury):
    bury(1, FEW)
    browser, seen, onward = enter(carla), [], ""

    for _page in range(8):
        page = browser.get("/", {"closed": onward}).context["closed"]
        seen += page.rows
        onward = page.after

    mine = Ticket.objects.of_customer(carla).filter(status=Status.CLOSED)
    assert [one.pk for one in seen] == [
        one.pk for one in mine.order_by("-updated_at", "-pk")[: len(seen)]
    ]
    ways = {(one.customer == carla, one.customer.organisation_id is None) for one in seen}
    assert len(ways) == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda ticket, ada, hosting: actions.solve_ticket(ticket, by=ada),
        lambda ticket, ada, hosting: actions.move_ticket(ticket, to=hosting, by=ada),
        lambda ticket, ada, hosting: actions.reply_to_ticket(ticket, by=ada, body="Here"),
        lambda ticket, ada, hosting: Ticket.objects.update(status=Status.SPAM),
    ],
)
def test_a_copy_knows_how_its_ticket_stands(ticket, mallory, ada, hosting, change):
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)

    change(ticket, ada, hosting)

    ticket.refresh_from_db()
    copied = Follower.objects.get(user=mallory)
    assert (copied.status, copied.updated_at, copied.department) == (
        ticket.status,
        ticket.updated_at,
        ticket.department,
    )


def test_who_comes_into_an_organisation_brings_their_tickets_along(carla, akme, mallory, hosting):
    old = actions.open_ticket(customer=mallory, by=mallory, subject="Old", body="Old")
    assert old not in Ticket.objects.of_customer(carla)

    mallory.organisation = akme
    mallory.save()
    assert old in Ticket.objects.of_customer(carla)
    new = actions.open_ticket(customer=mallory, by=mallory, subject="New", body="New")
    assert new in Ticket.objects.of_customer(carla)

    mallory.organisation = None
    mallory.save()
    assert not {old, new} & set(Ticket.objects.of_customer(carla))


def test_a_ticket_that_gets_another_customer_is_that_customers_organisations(
    carla, akme, colleague, mallory
):
    one = actions.open_ticket(customer=mallory, by=mallory, subject="Old", body="Old")

    Ticket.objects.filter(pk=one.pk).update(customer=colleague)

    assert one in Ticket.objects.of_customer(carla)


def test_an_organisation_that_is_deleted_shares_nothing(akme, colleague):
    one = actions.open_ticket(customer=colleague, by=colleague, subject="Old", body="Old")

    akme.delete()

    one.refresh_from_db()
    assert one.organisation_id is None


def test_a_search_for_common_words_stops_when_the_page_is_full(enter, carla, bury, monkeypatch):
    monkeypatch.setattr("tickets.search.query.MOST_LOOKED_UP", 5)
    bury(1, FEW)
    browser = enter(carla)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            page = browser.get("/", {"text": "paper"}).context
        assert len(page["closed"].rows) == 25
        return blocks(asked)

    least = cost()
    bury(FEW + 1, MANY)

    assert cost() <= least + SPARE


def test_what_is_listed_for_a_program_is_what_its_person_sees(carla, mallory, bury, ticket):
    actions.open_ticket(customer=mallory, by=mallory, subject="Hers", body="Hers")
    bury(1, FEW)

    listed = Ticket.objects.listed_for(carla)

    assert len(listed) == 3 * FEW + 2
    assert set(listed) == set(Ticket.objects.of_customer(carla))


def test_tickets_of_others_cost_a_program_nothing(mallory, carla, bury, ticket):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            list(Ticket.objects.listed_for(stranger).order_by("-pk")[:50])
        return blocks(asked)

    stranger = User.objects.create_user("stranger@customer.example")
    bury(1, FEW)
    least = cost()
    bury(FEW + 1, MANY)

    assert cost() <= least + SPARE
