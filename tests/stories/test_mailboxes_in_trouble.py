"""What becomes of a mailbox whose server moves, forgets, refuses, is away, or is full."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine
from django.db.models import Count, F

from mailgateway import inbound
from mailgateway.models import InboundEmail, Mailbox, Security
from tests.letters import letter
from tests.torture.memory import peak_memory

pytestmark = pytest.mark.needs_dovecot
SUPPORT = "support@desk.example"
MANY = 2_000
BATCH = 200


@pytest.fixture
def box(billing, dovecot) -> Mailbox:
    """Billing's mailbox on a real Dovecot."""
    dovecot.add_account(SUPPORT)
    dovecot.deliver_many(SUPPORT, [])
    return Mailbox.objects.create(
        name="Support",
        address=SUPPORT,
        department=billing,
        imap_host=dovecot.host,
        imap_port=dovecot.port,
        imap_security=Security.NONE,
        imap_password=dovecot.password,
        letters_since=None,
    )


@pytest.fixture
def arrive(dovecot) -> Callable[..., None]:
    """So many new letters lie in the inbox."""

    def deliver(count: int) -> None:
        dovecot.deliver_many(SUPPORT, [letter(to=SUPPORT) for _number in range(count)])

    return deliver


def read(box: Mailbox) -> int:
    """The clock goes round, whatever it still wanted to wait for; how many letters came."""
    Mailbox.objects.update(next_poll_at=F("next_poll_at") - timedelta(hours=1))
    came = [row for pk in inbound.mailboxes_due() for row in inbound.poll(pk)]
    box.refresh_from_db()
    return len(came)


def each_letter_once() -> bool:
    """Whether nothing stands in the ledger twice."""
    twice = InboundEmail.objects.values("sha256").annotate(n=Count("id")).filter(n__gt=1)
    return not twice.exists()


def test_a_server_that_counts_anew_brings_nothing_twice_and_nothing_late(box, dovecot, arrive):
    arrive(30)
    assert read(box) == 30
    counted = box.uid_validity

    dovecot.count_anew(SUPPORT)
    arrive(5)

    assert read(box) == 5
    assert box.uid_validity != counted
    assert read(box) == 0
    assert InboundEmail.objects.count() == dovecot.count(SUPPORT) == 35
    assert each_letter_once()


def test_a_folder_that_goes_and_comes_back_is_said_and_read_on(box, dovecot, arrive):
    Mailbox.objects.update(imap_folder="Tickets")
    with dovecot.client(SUPPORT) as client:
        client.create_folder("Tickets")
        client.append("Tickets", letter("Раз."))
        assert read(box) == 1
        client.rename_folder("Tickets", "Elsewhere")
        client.append("Elsewhere", letter("Два."))

        assert read(box) == 0
        assert box.failures == 1
        assert "“Tickets”" in box.last_error

        client.rename_folder("Elsewhere", "Tickets")

    assert read(box) == 1
    assert (box.failures, box.last_error) == (0, "")
    assert InboundEmail.objects.count() == 2
    assert each_letter_once()


def test_a_password_that_changes_is_said_and_stops_no_other_mailbox(box, dovecot, arrive, hosting):
    sales = "sales@desk.example"
    dovecot.add_account(sales)
    dovecot.deliver(sales, letter(to=sales))
    other = Mailbox.objects.create(
        name="Sales",
        address=sales,
        department=hosting,
        imap_host=dovecot.host,
        imap_port=dovecot.port,
        imap_security=Security.NONE,
        imap_password=dovecot.password,
    )
    arrive(3)
    dovecot.add_account(SUPPORT, password="another one")

    assert read(box) == 1
    other.refresh_from_db()
    assert other.failures == 0
    assert box.failures == 1
    assert "password" in box.last_error
    assert "only-for-tests" not in box.last_error

    dovecot.add_account(SUPPORT)

    assert read(box) == 3
    assert (box.failures, box.last_error) == (0, "")


def test_a_server_that_is_away_for_an_hour_is_asked_ever_more_seldom_and_read_when_it_is_back(
    box, dovecot, arrive
):
    arrive(1)
    assert read(box) == 1
    dovecot.stop()
    asked: list[int] = []
    came: list[int] = []

    def live_through(minutes: range) -> None:
        """The clock goes round every minute, as it does."""
        for minute in minutes:
            clock.move_to(began + timedelta(minutes=minute))
            for pk in inbound.mailboxes_due():
                asked.append(minute)
                came.extend(inbound.poll(pk))

    began = datetime.now(UTC) + timedelta(hours=1)
    with time_machine.travel(began, tick=False) as clock:
        live_through(range(60))
        waits = [later - before for before, later in pairwise(asked)]
        assert 5 <= len(asked) <= 8
        assert waits == sorted(waits)
        assert waits[-1] >= 12
        assert came == []

        dovecot.start()
        arrive(4)
        live_through(range(60, 60 + 40))

    assert len(came) == 4
    box.refresh_from_db()
    assert (box.failures, box.last_error) == (0, "")
    assert each_letter_once()


@pytest.mark.slow
def test_a_full_mailbox_is_read_in_bites_of_bounded_size(box, dovecot, arrive):
    """`python3 desk torture` does the same with 20,000 letters."""
    arrive(MANY)
    bites = []
    with peak_memory() as grown:
        while bite := read(box):
            bites.append(bite)

    assert max(bites) == BATCH
    assert sum(bites) == MANY
    assert InboundEmail.objects.count() == dovecot.count(SUPPORT) == MANY
    assert each_letter_once()
    assert grown.megabytes < 30
