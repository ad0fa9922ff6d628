"""What a letter may cost. In seconds: `python3 desk bench mail`."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mailgateway import inbound
from mailgateway.models import InboundEmail, Mailbox, Security
from tests.letters import letter

ADDRESS = "billing@desk.example"
# Statements for one letter of somebody new that opens a ticket and is confirmed, marks of
# transactions and all. Whoever needs one more raises the figure, and says in the change why: the
# last eight ask for siblings, for letters that were overtaken, for addresses of our own, whether
# the address is a further one of somebody known, twice: before and while the person is made, for
# the words of the confirmation, and what is decided for the whole desk, twice: who may write, and
# how much.
MOST_TO_UNDERSTAND = 56
MOST_TO_FETCH = 5


@pytest.fixture
def handled(mailbox):
    """How many questions the database is asked until a letter is understood."""

    def count(number: int) -> int:
        row = inbound.receive(
            mailbox, letter(sender=f"customer-{number}@customer.example", to=ADDRESS)
        )
        with CaptureQueriesContext(
            connection,
        ) as asked:
            inbound.handle(row.pk)
        row.refresh_from_db()
        assert row.state == InboundEmail.State.TICKET
        return len(asked)

    return count


def test_a_letter_asks_the_database_only_so_much_however_many_tickets_there_are(handled):
    first = handled(0)
    later = [handled(number) for number in range(1, 20)]

    assert first <= MOST_TO_UNDERSTAND
    assert set(later) == {first}


def test_another_letter_in_the_mailbox_costs_only_its_own_row(mailbox, imap_server):
    imap_server.add_account(ADDRESS)
    mailbox.imap_host, mailbox.imap_port = imap_server.host, imap_server.port
    mailbox.imap_security = Security.NONE
    mailbox.imap_password = imap_server.password
    mailbox.save()

    def fetch(count: int) -> int:
        for _number in range(count):
            imap_server.deliver(ADDRESS, letter(to=ADDRESS))
        Mailbox.objects.update(next_poll_at=timezone.now())
        with CaptureQueriesContext(connection) as asked:
            assert len(list(inbound.poll(mailbox.pk))) == count
        return len(asked)

    fetch(1)  # what a mailbox costs the first time
    assert (fetch(11) - fetch(1)) / 10 <= MOST_TO_FETCH


def test_the_bytes_of_a_letter_are_written_once_and_never_again(mailbox):
    raw = letter("Дуже довгий лист. " * 5_000, to=ADDRESS)
    row = inbound.receive(mailbox, raw)

    with CaptureQueriesContext(connection) as asked:
        inbound.handle(row.pk)

    updates = [one["sql"] for one in asked if one["sql"].startswith('UPDATE "mailgateway_inbound')]
    assert updates
    assert not [sql for sql in updates if '"raw"' in sql]
