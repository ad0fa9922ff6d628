"""Finished requests cost a customer's pages nothing, by whichever way they are theirs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.models import Brand, Organisation, User
from tests.bench.filling import FIRST, copy
from tests.tickets.plans import SPARE, blocks
from tickets import actions
from tickets.lifecycle import Status
from tickets.models import Follower, Ticket

FEW, MANY = 50, 2000
"""Of each kind: their own, in copy, of a colleague."""
APART = 10_000

PAGES = (
    "/",
    "/?closed={place}",
    "/?text=needle",
    "/news/?since=2026-01-01T00:00:00Z",
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
    one = actions.open_ticket(customer=carla, by=carla, subject="Old", body="Old")
    actions.close_ticket(one, by=ada)

    def fill(first, last):
        at = f"now() - n %% {APART} * interval '1 hour'"
        with connection.cursor() as cursor:
            for kind, owner in enumerate((carla, mallory, colleague)):
                own = {"customer_id": str(owner.pk), "created_at": at, "updated_at": at}
                start = kind * APART
                copy(cursor, "tickets_ticket", one.pk, own, start + first, start + last)
        Follower.objects.bulk_create(
            Follower(ticket_id=FIRST + APART + number, user=carla, in_copy=True)
            for number in range(first, last + 1)
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list('ticket_by_words')")
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
            address = page.format(number=ticket.number, place=place)
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(address, headers={"host": host}).status_code in {200, 204}
            found[page] = blocks(asked)
        return found

    bury(1, FEW)
    least = costs()
    bury(FEW + 1, MANY)

    assert {page: cost for page, cost in costs().items() if cost > least[page] + SPARE} == {}
    page = browser.get("/", headers={"host": host}).context
    assert (len(page["open"].rows), len(page["closed"].rows)) == (1, 25)


def test_pages_of_finished_tickets_show_each_once_in_order(enter, carla, bury):
    bury(1, FEW)
    browser, seen, onward = enter(carla), [], ""

    for _page in range(5):
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
