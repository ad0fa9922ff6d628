"""From many mailboxes at once, whatever a server does: no letter is lost, none stops the others."""

import tracemalloc
from datetime import timedelta

import pytest
from django.utils import timezone

from mailgateway import imap, inbound
from mailgateway.imap.excerpt import TextPart, excerpt, first_text
from mailgateway.models import AfterImport, InboundEmail, Mailbox, Security, UnfetchedLetter
from tests.letters import letter
from tickets.models import Ticket

ADDRESS = "billing@desk.example"
DOVECOT = pytest.mark.needs_dovecot


def on(server, mailbox: Mailbox, **fields) -> Mailbox:
    """The mailbox as it is read from `server`."""
    mailbox.imap_host, mailbox.imap_port = server.host, server.port
    mailbox.imap_security = Security.NONE
    mailbox.imap_password = "only-for-tests"
    for name, value in fields.items():
        setattr(mailbox, name, value)
    mailbox.save()
    return mailbox


@pytest.fixture
def box(mailbox, imap_server) -> Mailbox:
    """Billing's mailbox on the trial mail server."""
    imap_server.add_account(ADDRESS)
    return on(imap_server, mailbox)


@pytest.fixture
def dovecot_box(mailbox, dovecot) -> Mailbox:
    """Billing's mailbox on Dovecot."""
    dovecot.add_account(ADDRESS)
    return on(dovecot, mailbox)


def poll(box: Mailbox) -> list[int]:
    """Read it, and understand what came."""
    found = list(inbound.poll(box.pk))
    for pk in found:
        inbound.handle(pk)
    box.refresh_from_db()
    return found


def compare(box: Mailbox) -> tuple[int, int]:
    """Compare all letters now; the two numbers."""
    list(inbound.compare_all(box.pk))
    box.refresh_from_db()
    return box.server_count, box.ledger_count


def letters_in(server, folder: str = "INBOX") -> list[bytes]:
    with server.client(ADDRESS) as client:
        client.select_folder(folder, readonly=True)
        found = client.fetch(client.search(), ["BODY.PEEK[]"])
        return [facts[b"BODY[]"] for _uid, facts in sorted(found.items())]


def unseen(server) -> int:
    with server.client(ADDRESS) as client:
        client.select_folder("INBOX", readonly=True)
        return len(client.search(["UNSEEN"]))


def time_passes(wait: timedelta) -> None:
    """What waits on the server's side waits so much less."""
    for row in InboundEmail.objects.exclude(next_file_at=None).only("next_file_at", "received_at"):
        InboundEmail.objects.filter(pk=row.pk).update(
            next_file_at=row.next_file_at - wait, received_at=row.received_at - wait
        )
    for late in UnfetchedLetter.objects.exclude(next_try_at=None):
        UnfetchedLetter.objects.filter(pk=late.pk).update(next_try_at=late.next_try_at - wait)


# Letters that break the reading


def test_a_letter_the_server_refuses_is_passed_by_and_comes_later(box, imap_server, troublemaker):
    on(troublemaker, box)
    for number in range(1, 4):
        imap_server.deliver(ADDRESS, letter(f"{number}"))
    troublemaker.faults[r"UID FETCH 2 \(BODY"] = "NO this one is damaged"

    assert len(poll(box)) == 2
    late = UnfetchedLetter.objects.get()
    assert (late.uid, late.mailbox) == (2, box)
    assert "this one is damaged" in late.error
    assert (box.last_uid, box.failures) == (3, 0)

    troublemaker.faults.clear()
    assert poll(box) == []
    time_passes(timedelta(minutes=6))
    assert len(poll(box)) == 1
    assert not UnfetchedLetter.objects.exists()
    assert Ticket.objects.count() == 3


def test_a_letter_that_cannot_be_listed_does_not_hide_its_neighbours(
    box, imap_server, troublemaker
):
    on(troublemaker, box)
    for number in range(1, 4):
        imap_server.deliver(ADDRESS, letter(f"{number}"))
    troublemaker.faults[r"UID FETCH (1,2,3|1:3|2) \(RFC822.SIZE"] = "BAD internal error"

    assert len(poll(box)) == 2
    assert UnfetchedLetter.objects.get().uid == 2


def test_a_letter_that_breaks_the_line_three_times_is_passed_by(box, imap_server, troublemaker):
    on(troublemaker, box)
    for number in range(1, 4):
        imap_server.deliver(ADDRESS, letter(f"{number}"))
    troublemaker.faults[r"UID FETCH 2 \(BODY"] = None

    tries = [len(poll(box)) for _try in range(4)]

    # The first try got as far as the second letter; three more begin with it.
    assert tries == [1, 0, 0, 0]
    assert box.failures == 4
    assert len(poll(box)) == 1
    assert box.failures == 0
    assert "broke" in UnfetchedLetter.objects.get().error
    assert InboundEmail.objects.count() == 2


def test_a_broken_letter_is_tried_ever_more_seldom_and_at_last_left(
    box, imap_server, troublemaker, monkeypatch
):
    monkeypatch.setattr("mailgateway.inbound.fetching.MOST_TRIES", 5)
    on(troublemaker, box)
    imap_server.deliver(ADDRESS, letter())
    troublemaker.faults[r"UID FETCH 1 \(BODY"] = "NO damaged"
    poll(box)
    waits = []
    for _try in range(4):
        time_passes(timedelta(days=1))
        poll(box)
        late = UnfetchedLetter.objects.get()
        waits.append(late.next_try_at and late.next_try_at - timezone.now())

    assert waits[0] < waits[1] < waits[2]
    assert waits[3] is None


def test_a_mailbox_in_trouble_stops_no_other(box, imap_server, hosting):
    imap_server.deliver("hosting@desk.example", letter(to="hosting@desk.example"))
    other = Mailbox.objects.create(name="Hosting", address="hosting@desk.example",
                                   department=hosting)  # fmt: skip
    on(imap_server, other)
    on(imap_server, box, imap_password="changed")

    assert poll(box) == []
    assert "refuses this user and password" in box.last_error
    assert len(poll(other)) == 1

    imap_server.deliver(ADDRESS, letter())
    on(imap_server, box)
    assert len(poll(box)) == 1
    assert box.last_error == ""


def test_letters_of_another_place_are_others_though_their_numbers_are_the_same(box, imap_server):
    imap_server.deliver(ADDRESS, letter("Перший."))
    poll(box)
    validity = box.uid_validity
    imap_server.deliver("second@desk.example", letter("Другий."))
    box.place, box.imap_user, box.uid_validity, box.last_uid = 1, "second@desk.example", None, 0
    box.save()
    poll(box)
    InboundEmail.objects.filter(place=1).update(uid_validity=validity)

    assert InboundEmail.objects.filter(uid=1, uid_validity=validity).count() == 2


# Letters that are too large


def huge(size: int, **headers: str) -> bytes:
    """A letter with a text, its HTML twin and a file of so many bytes."""
    return letter(
        "Дивіться файл.",
        html="<p>Дивіться файл.</p>",
        files=[("diск.img", "application/octet-stream", b"x" * size)],
        subject="Великий файл",
        **headers,
    )


@pytest.mark.parametrize("server", ["box", pytest.param("dovecot_box", marks=DOVECOT)])
def test_of_a_letter_that_is_too_large_headers_and_text_are_fetched(server, request):
    box = request.getfixturevalue(server)
    place = request.getfixturevalue({"box": "imap_server", "dovecot_box": "dovecot"}[server])
    on(place, box, largest_letter_mb=1)
    raw = huge(1024 * 1024)
    place.deliver(ADDRESS, raw)
    place.deliver(ADDRESS, letter("Звичайний."))

    assert len(poll(box)) == 2

    row = InboundEmail.objects.get(is_partial=True)
    assert row.size == len(raw)
    assert len(row.raw) < 2000
    message = row.ticket.messages.get()
    assert row.ticket.subject == "Великий файл"
    assert message.text == "Дивіться файл."
    assert message.author.email == "carla@customer.example"
    assert "too-large" in message.reading["problems"]


@pytest.mark.needs_dovecot
def test_a_huge_letter_does_not_fill_the_memory(dovecot_box, dovecot):
    with dovecot.drop(ADDRESS) as file:
        file.write(b"From: carla@customer.example\r\nMessage-ID: <huge@customer.example>\r\n")
        file.write(b"Subject: Backup\r\nContent-Type: text/plain\r\n\r\nHere it is\r\n")
        line = b"0123456789" * 7 + b"\r\n"
        for _megabyte in range(70):
            file.write(line * (1024 * 1024 // len(line)))

    tracemalloc.start()
    poll(dovecot_box)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    row = InboundEmail.objects.get()
    assert row.is_partial
    assert row.size > 69 * 1024 * 1024
    assert row.ticket.messages.get().text.startswith("Here it is")
    assert peak < 24 * 1024 * 1024


@pytest.mark.parametrize(
    ("structure", "part"),
    [
        ((b"TEXT", b"PLAIN", (b"CHARSET", b"koi8-r"), None, None, b"8BIT", 9, 1),
         TextPart("1", "plain", "koi8-r", "8BIT")),
        ((b"TEXT", b"HTML", None, None, None, b"QUOTED-PRINTABLE", 9, 1),
         TextPart("1", "html", "", "QUOTED-PRINTABLE")),
        (([(b"TEXT", b"HTML", None, None, None, b"7BIT", 9, 1),
           ([(b"TEXT", b"PLAIN", None, None, None, b"7BIT", 9, 1)], b"ALTERNATIVE")], b"MIXED"),
         TextPart("2.1", "plain", "", "7BIT")),
        (([(b"TEXT", b"PLAIN", None, None, None, b"7BIT", 9, 1, None,
            (b"ATTACHMENT", (b"FILENAME", b"log.txt")))], b"MIXED"), None),
        ((b"APPLICATION", b"PDF", None, None, None, b"BASE64", 9), None),
        ((b"TEXT", b"PLAIN", (b"CHARSET", b"x\r\nBcc: a@b"), None, None, b"7BIT\r\n", 9, 1),
         TextPart("1", "plain", "", "")),
    ],
)  # fmt: skip
def test_where_the_first_text_of_a_letter_stands(structure, part):
    assert first_text(structure) == part


def test_an_excerpt_has_the_headers_as_they_came_but_for_the_structure():
    head = (
        b"Subject: =?utf-8?q?x?=\r\nContent-Type: multipart/mixed;\r\n boundary=b\r\n"
        b"CONTENT-transfer-encoding: 8bit\r\nX-Content-Type: kept\r\n\r\n"
    )

    assert excerpt(head, TextPart("1.1", "html", "koi8-r", "base64"), b"PGI+") == (
        b"Subject: =?utf-8?q?x?=\r\nX-Content-Type: kept\r\n"
        b'Content-Type: text/html; charset="koi8-r"\r\nContent-Transfer-Encoding: base64\r\n'
        b"\r\nPGI+"
    )


# Counting anew


@pytest.mark.needs_dovecot
def test_what_is_known_by_its_outline_is_not_fetched_again(dovecot_box, dovecot, monkeypatch):
    for number in range(3):
        dovecot.deliver(ADDRESS, letter(f"{number}"))
    poll(dovecot_box)
    before = dovecot_box.uid_validity
    dovecot.count_anew(ADDRESS)
    dovecot.deliver(ADDRESS, letter("Новий лист."))
    fetched = []
    whole = imap.Folder.letter
    monkeypatch.setattr(
        imap.Folder, "letter", lambda self, one: fetched.append(one.uid) or whole(self, one)
    )

    assert len(poll(dovecot_box)) == 1

    assert dovecot_box.uid_validity != before
    assert len(fetched) == 1
    assert Ticket.objects.count() == InboundEmail.objects.count() == 4
    assert compare(dovecot_box) == (4, 4)


def test_counting_anew_over_several_batches_brings_nothing_twice(box, imap_server, monkeypatch):
    monkeypatch.setattr("mailgateway.inbound.reading.BATCH", 2)
    letters = [letter(f"{number}") for number in range(5)]
    for raw in letters:
        imap_server.deliver(ADDRESS, raw)
    for _batch in range(3):
        poll(box)
    imap_server.begin_anew(ADDRESS)
    for raw in [*letters, letters[0]]:
        imap_server.deliver(ADDRESS, raw)

    for _batch in range(4):
        poll(box)

    assert Ticket.objects.count() == 5
    assert InboundEmail.objects.filter(state="duplicate").count() == 1
    assert compare(box) == (6, 6)


# Comparing both sides


def test_a_letter_that_was_skipped_is_found_by_comparing(box, imap_server):
    for number in range(3):
        imap_server.deliver(ADDRESS, letter(f"{number}"))
    poll(box)
    lost = InboundEmail.objects.get(uid=2)
    Ticket.objects.filter(pk=lost.ticket_id)
    InboundEmail.objects.filter(pk=lost.pk).update(uid=999)

    assert compare(box) == (3, 3)
    assert InboundEmail.objects.filter(uid=2).exists()


def test_numbers_that_differ_are_kept_and_shown_as_they_are(box, imap_server, troublemaker):
    on(troublemaker, box)
    for number in range(3):
        imap_server.deliver(ADDRESS, letter(f"{number}"))
    troublemaker.faults[r"UID FETCH 2 \(BODY"] = "NO damaged"
    poll(box)

    assert compare(box) == (3, 2)


def test_every_night_the_last_days_are_compared(box, imap_server):
    imap_server.deliver(ADDRESS, letter())
    poll(box)
    assert (box.server_count, box.ledger_count) == (1, 1)
    assert timedelta(0) < box.next_compare_at - timezone.now() <= timedelta(days=2)

    InboundEmail.objects.update(uid=999)
    assert poll(box) == []
    Mailbox.objects.update(next_compare_at=timezone.now())
    assert len(poll(box)) == 1


def test_comparing_leaves_alone_what_lay_there_before(box, imap_server):
    imap_server.deliver(ADDRESS, letter())
    on(imap_server, box, letters_since=timezone.localdate() + timedelta(days=3))

    assert compare(box) == (0, 0)
    assert not InboundEmail.objects.exists()


# After they were fetched


@pytest.mark.needs_dovecot
def test_letters_are_marked_as_read_where_that_is_wanted(dovecot_box, dovecot):
    on(dovecot, dovecot_box, after_import=AfterImport.SEEN)
    dovecot.deliver(ADDRESS, letter())

    poll(dovecot_box)

    assert unseen(dovecot) == 0
    assert len(letters_in(dovecot)) == 1
    assert InboundEmail.objects.get().filed_at is not None


@pytest.mark.needs_dovecot
@pytest.mark.parametrize("can", [True, False], ids=["in one step", "by copying"])
def test_letters_move_to_another_folder(dovecot_box, dovecot, monkeypatch, can):
    if not can:
        without("MOVE", monkeypatch)
    on(dovecot, dovecot_box, after_import=AfterImport.MOVE, move_to="Опрацьовано/Desk")
    raw = letter("Лист.")
    dovecot.deliver(ADDRESS, raw)
    dovecot.deliver(ADDRESS, letter("Другий."))

    assert len(poll(dovecot_box)) == 2

    assert letters_in(dovecot) == []
    assert letters_in(dovecot, "Опрацьовано/Desk")[0] == raw
    assert poll(dovecot_box) == []


@pytest.mark.needs_dovecot
def test_a_move_that_broke_off_after_copying_does_not_copy_again(dovecot_box, dovecot, monkeypatch):
    without("MOVE", monkeypatch)
    on(dovecot, dovecot_box, after_import=AfterImport.MOVE, move_to="Done")
    dovecot.deliver(ADDRESS, letter())

    def killed(*_args):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("mailgateway.imap.Folder.delete", killed)
        with pytest.raises(KeyboardInterrupt):
            poll(dovecot_box)
    assert len(letters_in(dovecot)) == len(letters_in(dovecot, "Done")) == 1
    time_passes(timedelta(hours=1))
    poll(dovecot_box)

    assert len(letters_in(dovecot)) == 0
    assert len(letters_in(dovecot, "Done")) == 1
    assert InboundEmail.objects.count() == 1


@pytest.mark.needs_dovecot
def test_letters_are_deleted_when_their_days_are_over_and_no_others(dovecot_box, dovecot):
    on(dovecot, dovecot_box, after_import=AfterImport.DELETE, delete_after_days=30)
    dovecot.deliver(ADDRESS, letter("Наш."))
    poll(dovecot_box)
    dovecot.deliver(ADDRESS, letter("Ще не прочитаний."))
    with dovecot.client(ADDRESS) as client:  # somebody else is about to delete this one
        client.select_folder("INBOX")
        client.add_flags([2], [rb"\Deleted"])

    time_passes(timedelta(days=29))
    poll(dovecot_box)
    assert len(letters_in(dovecot)) == 2

    time_passes(timedelta(days=1, minutes=1))
    InboundEmail.objects.filter(uid=2).update(next_file_at=None)
    poll(dovecot_box)
    assert len(letters_in(dovecot)) == 1
    assert InboundEmail.objects.count() == 2


@pytest.mark.needs_dovecot
def test_a_letter_that_was_fetched_in_part_is_never_deleted(dovecot_box, dovecot):
    policy = {"after_import": AfterImport.DELETE, "delete_after_days": 1}
    on(dovecot, dovecot_box, largest_letter_mb=1, **policy)
    dovecot.deliver(ADDRESS, huge(1024 * 1024))
    poll(dovecot_box)

    time_passes(timedelta(days=2))
    poll(dovecot_box)

    assert len(letters_in(dovecot)) == 1


@pytest.mark.needs_dovecot
def test_another_letter_under_the_same_number_is_left_alone(dovecot_box, dovecot):
    on(dovecot, dovecot_box, after_import=AfterImport.DELETE, delete_after_days=1)
    dovecot.deliver(ADDRESS, letter())
    poll(dovecot_box)
    InboundEmail.objects.update(size=1, sha256="another")

    time_passes(timedelta(days=2))
    poll(dovecot_box)

    assert len(letters_in(dovecot)) == 1


@pytest.mark.needs_dovecot
def test_numbers_from_before_the_server_counted_anew_are_never_touched(dovecot_box, dovecot):
    on(dovecot, dovecot_box, after_import=AfterImport.DELETE, delete_after_days=1)
    dovecot.deliver(ADDRESS, letter())
    poll(dovecot_box)
    InboundEmail.objects.update(uid_validity=7)

    time_passes(timedelta(days=2))
    list(inbound.poll(dovecot_box.pk))

    assert len(letters_in(dovecot)) == 1


@pytest.mark.needs_dovecot
def test_a_mind_that_was_changed_counts(dovecot_box, dovecot):
    on(dovecot, dovecot_box, after_import=AfterImport.DELETE, delete_after_days=1)
    dovecot.deliver(ADDRESS, letter())
    poll(dovecot_box)
    on(dovecot, dovecot_box, after_import=AfterImport.LEAVE)

    time_passes(timedelta(days=2))
    poll(dovecot_box)

    assert len(letters_in(dovecot)) == 1
    assert InboundEmail.objects.get().next_file_at is None


def test_what_cannot_be_tidied_up_is_said_and_stops_no_reading(box, imap_server, troublemaker):
    on(troublemaker, box, after_import=AfterImport.SEEN)
    imap_server.deliver(ADDRESS, letter())
    troublemaker.faults["STORE"] = "NO not here"

    assert len(poll(box)) == 1
    assert "not here" in box.filing_error
    assert box.failures == 0

    troublemaker.faults.clear()
    time_passes(timedelta(minutes=2))
    poll(box)
    assert box.filing_error == ""
    assert unseen(imap_server) == 0


def without(capability: str, monkeypatch) -> None:
    """A server that cannot do this."""
    from imapclient import IMAPClient

    known = IMAPClient.has_capability
    monkeypatch.setattr(
        IMAPClient,
        "has_capability",
        lambda self, name: name != capability and known(self, name),
    )
