"""Reading mailboxes, on a real IMAP server."""

import socket
import ssl
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from helpdesk.embedded.processes import free_port
from mailgateway import imap, inbound
from mailgateway.models import InboundEmail, Mailbox, Security
from mailgateway.problems import connection_problem
from tests.letters import letter
from tickets import actions
from tickets.models import Ticket

ADDRESS = "billing@desk.example"


@pytest.fixture
def box(mailbox, imap_server) -> Mailbox:
    """Billing's mailbox on the server of this test."""
    imap_server.add_account(ADDRESS)
    mailbox.imap_host, mailbox.imap_port = imap_server.host, imap_server.port
    mailbox.imap_security = Security.NONE
    mailbox.imap_password = imap_server.password
    mailbox.save()
    return mailbox


def poll(box: Mailbox) -> list[int]:
    """Read it, and understand what came."""
    found = list(inbound.poll(box.pk))
    for pk in found:
        inbound.handle(pk)
    box.refresh_from_db()
    return found


def test_every_letter_is_fetched_once_byte_for_byte(box, imap_server):
    raw = letter("Раз.")
    imap_server.deliver(ADDRESS, raw)
    imap_server.deliver(ADDRESS, letter("Два."))

    assert len(poll(box)) == 2
    assert poll(box) == []
    imap_server.deliver(ADDRESS, letter("Три."))
    assert len(poll(box)) == 1

    assert bytes(InboundEmail.objects.order_by("id")[0].raw) == raw
    assert Ticket.objects.count() == 3
    assert box.last_success_at is not None


def test_letters_on_the_server_stay_as_they_are(box, imap_server):
    imap_server.deliver(ADDRESS, letter())

    poll(box)

    with imap_server.client(ADDRESS) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.search(["UNSEEN"]) == client.search(["ALL"])


def test_a_letter_read_by_somebody_else_is_fetched_as_well(box, imap_server):
    imap_server.deliver(ADDRESS, letter())
    with imap_server.client(ADDRESS) as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(), [rb"\Seen"])

    assert len(poll(box)) == 1


def test_a_server_that_counts_anew_brings_nothing_twice(box, imap_server):
    old = letter("Старий лист.")
    imap_server.deliver(ADDRESS, old)
    poll(box)
    before = box.uid_validity
    imap_server.begin_anew(ADDRESS)
    imap_server.deliver(ADDRESS, old)
    imap_server.deliver(ADDRESS, letter("Новий лист."))

    poll(box)

    assert box.uid_validity != before
    assert InboundEmail.objects.count() == 2
    assert Ticket.objects.count() == 2


def test_what_lay_there_before_is_left_alone(box, imap_server):
    imap_server.deliver(ADDRESS, letter())
    Mailbox.objects.update(letters_since=timezone.localdate() + timedelta(days=3))

    assert poll(box) == []

    Mailbox.objects.update(letters_since=None)
    assert len(poll(box)) == 1


def test_a_letter_is_kept_before_the_position_moves(box, imap_server):
    for number in range(3):
        imap_server.deliver(ADDRESS, letter(f"{number}"))
    reading = inbound.poll(box.pk)

    first = next(reading)
    reading.close()  # as if killed here

    box.refresh_from_db()
    assert InboundEmail.objects.get(pk=first).uid == 1
    assert box.last_uid == 0
    assert len(poll(box)) == 3
    assert Ticket.objects.count() == 3


def test_a_full_batch_is_followed_by_the_next(box, imap_server, monkeypatch):
    monkeypatch.setattr("mailgateway.inbound.reading.BATCH", 2)
    for number in range(3):
        imap_server.deliver(ADDRESS, letter(f"{number}"))

    assert len(poll(box)) == 2
    assert box.pk in inbound.mailboxes_due()
    assert len(poll(box)) == 1


@pytest.mark.django_db(transaction=True)
def test_only_one_reads_a_mailbox(box, imap_server):
    imap_server.deliver(ADDRESS, letter())
    found = []

    def somebody_else():
        found.append(list(inbound.poll(box.pk)))
        connection.close()

    with imap.held(box.pk) as ours:
        assert ours
        thread = threading.Thread(target=somebody_else)
        thread.start()
        thread.join(20)

    assert found == [[]]
    assert len(poll(box)) == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"imap_password": "wrong"}, "refuses this user and password"),
        ({"imap_folder": "Nowhere"}, "There is no folder “Nowhere”"),
        ({"imap_host": "nowhere.invalid", "imap_security": "tls"}, "There is no server named"),
        ({"imap_host": "mail.example"}, "Choose TLS or STARTTLS"),
        ({"imap_security": "tls"}, "TLS"),
        ({"imap_security": "starttls"}, "refuses"),
        ({"imap_port": 1}, "lets nobody in on port 1"),
        ({"imap_host": ""}, "No IMAP server is entered"),
    ],
)
def test_wrong_settings_are_said_in_words(box, change, sentence):
    Mailbox.objects.update(**change)
    box.refresh_from_db()

    steps = imap.check(box)

    assert not steps[-1].done
    assert sentence in str(steps[-1])


def test_right_settings_are_said_as_well(box, imap_server):
    imap_server.deliver(ADDRESS, letter())

    steps = imap.check(box)

    assert [str(step) for step in steps] == [
        f"Connected to 127.0.0.1 (127.0.0.1), port {imap_server.port}.",
        "Without TLS, on this machine only.",
        "Signed in as billing@desk.example.",
        "The folder “INBOX” is open. Letters: 1, to be read: 1.",
    ]
    assert all(step.done for step in steps)


def test_a_mailbox_in_trouble_is_left_alone_longer_each_time(box):
    Mailbox.objects.update(imap_port=free_port())
    waits = []
    for _attempt in range(3):
        poll(box)
        waits.append(box.next_poll_at - timezone.now())

    assert box.failures == 3
    assert "lets nobody in" in box.last_error
    assert waits[0] < waits[1] < waits[2]
    assert box.pk not in inbound.mailboxes_due()


def test_recovery_forgets_the_trouble(box, imap_server):
    Mailbox.objects.update(failures=4, last_error="broken")

    poll(box)

    assert (box.failures, box.last_error) == (0, "")


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ssl.SSLCertVerificationError("x"), "certificate of h is not valid"),
        (TimeoutError(), "did not answer in time on port 1"),
        (socket.gaierror(), "There is no server named “h”"),
        (ConnectionResetError("reset"), "broke: reset"),
    ],
)
def test_what_can_happen_to_a_line_has_a_sentence(error, sentence):
    if isinstance(error, ssl.SSLCertVerificationError):
        error.verify_message = "self-signed certificate"
    assert sentence in str(connection_problem(error, "h", 1))


@pytest.mark.needs_dovecot
def test_dovecot_is_read_as_well(mailbox, dovecot):
    dovecot.add_account(ADDRESS)
    raw = letter("Лист.")
    dovecot.deliver(ADDRESS, raw)
    Mailbox.objects.update(
        imap_host=dovecot.host,
        imap_port=dovecot.port,
        imap_security=Security.NONE,
    )
    mailbox.refresh_from_db()
    mailbox.imap_password = dovecot.password
    mailbox.save()

    assert len(poll(mailbox)) == 1
    assert poll(mailbox) == []
    assert bytes(InboundEmail.objects.get().raw) == raw


def test_a_password_whose_key_is_lost_is_said_and_stops_only_the_reading(box, ticket, ada):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mailgateway_mailbox SET imap_password = 'x', smtp_password = 'x'")

    assert list(inbound.poll(box.pk)) == []
    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо.")

    said = Mailbox.objects.unopened().get(pk=box.pk).last_error
    assert "DESK_SEAL_KEY" in said
