"""From raw bytes in the ledger to a message on a ticket."""

import io
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from PIL import Image

from mailgateway import inbound
from mailgateway.addresses import make_letter_id
from mailgateway.inbound import ledger
from mailgateway.models import InboundEmail, Mailbox, OutboundEmail
from tests.letters import letter
from tickets import actions
from tickets.models import Event, Message, Ticket

State = InboundEmail.State


@pytest.fixture
def our_id_of():
    return lambda ticket: f"<{make_letter_id(ticket.pk, None, 'desk.example')}>"


def a_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (3, 2)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("charset", ["koi8-u", "windows-1251", "utf-8"])
def test_ukrainian_is_read_right_in_every_charset(arrives, charset):
    raw = letter(
        "Добрий день!\n\nЄ питання щодо рахунку, ґрунтовне.",
        subject="Їжак і рахунок",
        sender="=?"
        + charset
        + "?Q?"
        + "".join(f"={byte:02X}" for byte in "Олена Ґудзь".encode(charset))
        + "?= <olena@customer.example>",
        charset=charset,
        files=[("Акт звіряння.txt", "text/plain", b"1 = 1")],
    )

    row = arrives(raw)

    assert row.state == State.TICKET
    message = row.ticket.messages.get()
    assert row.ticket.subject == "Їжак і рахунок"
    assert message.text == "Добрий день!\n\nЄ питання щодо рахунку, ґрунтовне."
    assert message.attachments.get().name == "Акт звіряння.txt"
    assert row.ticket.customer.name == "Олена Ґудзь"
    assert row.ticket.language == "uk"


def test_a_letter_goes_to_the_department_of_its_mailbox(arrives, hosting):
    theirs = Mailbox.objects.create(name="Hosting", address="h@desk.example", department=hosting)

    row = arrives(letter(to="h@desk.example"), at=theirs)

    assert row.ticket.department == hosting
    assert row.ticket.channel == Ticket.Channel.MAIL


def test_the_bytes_are_kept_as_they_came(mailbox):
    raw = b"\x00\xff not a letter at all"

    row = inbound.receive(mailbox, raw)

    row.refresh_from_db()
    assert bytes(row.raw) == raw
    assert row.state == State.RECEIVED


def test_the_same_number_is_kept_once(mailbox):
    first = inbound.receive(mailbox, b"one", uid_validity=1, uid=7)
    again = inbound.receive(mailbox, b"one", uid_validity=1, uid=7)

    assert first.sha256 == again.sha256
    assert InboundEmail.objects.count() == 1


def test_handling_twice_makes_one_ticket(arrives):
    row = arrives(letter())
    InboundEmail.objects.update(next_try_at=timezone.now())

    inbound.handle(row.pk)

    assert Ticket.objects.count() == 1
    assert Message.objects.count() == 1


def test_a_letter_that_breaks_us_stays_and_stops_nothing(mailbox, monkeypatch):
    broken = inbound.receive(mailbox, letter(subject="Broken"))
    good = inbound.receive(mailbox, letter(subject="Good"))
    understand = ledger.understand

    def breaks(row):
        if row.pk == broken.pk:
            Ticket.objects.filter(pk=0).update(subject="half done")
            raise ValueError("what is this?")
        understand(row)

    monkeypatch.setattr(ledger, "understand", breaks)
    for pk in inbound.to_sweep():
        inbound.handle(pk)

    broken.refresh_from_db()
    good.refresh_from_db()
    assert broken.state == State.FAILED
    assert broken.error == "ValueError: what is this?"
    assert broken.next_try_at > timezone.now()
    assert good.state == State.TICKET


def test_after_the_last_try_it_waits_for_the_administrator(mailbox, monkeypatch):
    row = inbound.receive(mailbox, letter())
    monkeypatch.setattr(ledger, "understand", lambda _row: 1 / 0)
    for _try in range(10):
        InboundEmail.objects.filter(next_try_at__isnull=False).update(next_try_at=timezone.now())
        inbound.handle(row.pk)

    row.refresh_from_db()
    assert row.state == State.FAILED
    assert row.next_try_at is None
    assert "ZeroDivisionError" in row.error

    monkeypatch.undo()
    assert inbound.try_again(InboundEmail.objects.all()) == 1
    inbound.handle(row.pk)
    row.refresh_from_db()
    assert row.state == State.TICKET


def test_a_worker_that_died_is_replaced_and_its_tries_are_counted(mailbox, monkeypatch):
    row = inbound.receive(mailbox, letter())

    def killed(_row):
        raise KeyboardInterrupt

    monkeypatch.setattr(ledger, "understand", killed)
    with pytest.raises(KeyboardInterrupt):
        inbound.handle(row.pk)

    row.refresh_from_db()
    assert row.tries == 1
    assert row.handled_at is None
    assert timezone.now() < row.next_try_at < timezone.now() + timedelta(minutes=1)


def test_one_letter_in_two_mailboxes_is_one_message(arrives, hosting, mailbox):
    other = Mailbox.objects.create(name="Other", address="o@desk.example", department=hosting)
    raw = letter(letter_id="one@customer.example")
    first = arrives(raw)

    second = arrives(b"Received: from elsewhere; now\r\n" + raw, at=other)

    assert second.state == State.DUPLICATE
    assert second.ticket == first.ticket
    assert str(first.pk) in second.reason
    assert Message.objects.count() == 1


def test_a_message_id_used_twice_is_two_letters(arrives):
    arrives(letter("One.", letter_id="same@customer.example"))

    second = arrives(letter("Two.", letter_id="same@customer.example"))

    assert second.state == State.TICKET
    assert Ticket.objects.count() == 2


def test_quotations_and_signatures_are_folded_not_lost(arrives):
    text = "Дякую!\n\nOn Mon, 2 Nov 2026 at 10:00, Ada <ada@desk.example> wrote:\n> Готово.\n> Ada"

    message = arrives(letter(text)).ticket.messages.get()

    assert message.text == "Дякую!"
    assert "> Готово." in message.quoted_text


def test_a_picture_in_the_text_is_shown_from_our_files(arrives):
    raw = letter(
        html='<p>Ось: <img src="cid:shot@1"><script>alert(1)</script></p>',
        pictures=[("shot@1", a_picture())],
    )

    message = arrives(raw).ticket.messages.get()

    picture = message.attachments.get()
    assert picture.is_inline
    assert f'src="{picture.get_absolute_url()}"' in message.html
    assert "script" not in message.html


def test_people_in_cc_are_kept_in_copy_but_not_we_nor_machines(arrives, ada):
    raw = letter(
        to="billing@desk.example, dmytro@customer.example",
        Cc="Ada <ada@desk.example>, no-reply@shop.example, Olha <olha@customer.example>",
    )

    ticket = arrives(raw).ticket

    in_copy = ticket.followers.filter(in_copy=True).values_list("user__email", flat=True)
    assert set(in_copy) == {"dmytro@customer.example", "olha@customer.example"}


def test_a_letter_without_sender_is_kept_and_nobody_is_answered(arrives):
    row = arrives(letter(sender=""))

    assert row.state == State.TICKET
    assert row.ticket.customer.email.endswith(".invalid")
    assert not OutboundEmail.objects.exists()


def test_an_empty_letter_is_a_ticket_that_says_so(arrives):
    row = arrives(b"From: carla@customer.example\r\n\r\n")

    assert row.ticket.messages.get().text == "(no text)"


def test_a_form_on_the_web_speaks_for_whom_reply_to_names(arrives, mailbox):
    raw = letter(sender="Form <billing@desk.example>", Reply_To="Carla <carla@customer.example>")

    assert arrives(raw).ticket.customer.email == "carla@customer.example"


def test_one_letter_to_two_mailboxes_goes_where_to_names_first(arrives, hosting, billing):
    """However they are fetched: the ticket is the same, and says where else the letter went."""
    other = Mailbox.objects.create(name="Other", address="o@desk.example", department=hosting)
    raw = letter(to="o+x@desk.example, billing@desk.example", letter_id="one@customer.example")

    first = arrives(raw)
    second = arrives(raw, at=other)
    arrives(raw, at=other)

    assert (first.ticket.department, second.ticket) == (hosting, first.ticket)
    noted = first.ticket.events.filter(kind=Event.Kind.COPIED)
    assert [one.details for one in noted] == [{"mailbox": "o@desk.example"}]


def test_a_letter_to_no_mailbox_of_ours_belongs_where_it_was_found(arrives, billing):
    assert arrives(letter(to="old-name@desk.example")).ticket.department == billing


def test_answers_go_where_reply_to_wishes(arrives, ada, carla):
    raw = letter(Reply_To="Team <team@customer.example>", Cc="olha@customer.example")

    ticket = arrives(raw).ticket

    assert ticket.customer == carla
    standing_in = ticket.followers.get(stands_in=True)
    assert standing_in.user.email == "team@customer.example"
    actions.reply_to_ticket(ticket, by=ada, body="Готово.")
    row = OutboundEmail.objects.get(kind="replied")
    assert (row.recipient, row.copies) == ("team@customer.example", ["olha@customer.example"])
    arrives(letter("Дякуємо.", sender="team@customer.example", subject=f"[#{ticket.pk}]"))
    assert ticket.messages.filter(kind="reply", from_customer=True).count() == 2


def test_reply_to_in_a_later_letter_changes_nothing(arrives, ticket):
    """It would let a forger read what we answer."""
    raw = letter(subject=f"[#{ticket.pk}]", Reply_To="mallory@elsewhere.example")

    assert arrives(raw).ticket == ticket
    assert not ticket.followers.exists()


@pytest.mark.parametrize(
    "reply_to",
    [
        "carla@customer.example",
        "billing+x@desk.example",
        "no-reply@customer.example",
        "ada@desk.example",
        "Carla <carla@customer.example>, team@customer.example",
    ],
)
def test_not_every_reply_to_is_a_wish(arrives, ada, reply_to):
    assert not arrives(letter(Reply_To=reply_to)).ticket.followers.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {
            "sender": "'Carla Bondar' via Support <support@groups.example>",
            "X_Original_From": "Carla Bondar <carla@customer.example>",
            "X_Google_Group_Id": "12345",
        },
        {
            "sender": "Carla Bondar via Users <users@lists.example>",
            "Reply_To": "users@lists.example, Carla Bondar <carla@customer.example>",
            "List_Id": "<users.lists.example>",
            "List_Post": "<mailto:users@lists.example>",
        },
    ],
)
def test_who_wrote_through_a_list_is_known(arrives, headers):
    customer = arrives(letter(**headers)).ticket.customer

    assert (customer.email, customer.name) == ("carla@customer.example", "Carla Bondar")


def test_a_name_with_via_alone_hides_nobody(arrives):
    raw = letter(sender="Carla via x <c@x.example>", Reply_To="victim@customer.example")

    assert arrives(raw).ticket.customer.email == "c@x.example"


def test_lists_and_more_than_fifty_people_are_not_put_in_copy(arrives, our_id_of):
    many = ", ".join(f"p{number}@customer.example" for number in range(60))
    first = arrives(letter(Cc="users@lists.example", List_Post="<mailto:users@lists.example>"))
    assert not first.ticket.followers.exists()

    for start in ("", "q@customer.example, "):
        arrives(letter(start, Cc=start + many, In_Reply_To=our_id_of(first.ticket)))

    assert first.ticket.followers.count() == 50


EMAILS = sorted((Path(__file__).parent / "emails").glob("*.eml"))


@pytest.mark.parametrize("path", EMAILS, ids=lambda path: path.stem)
def test_every_letter_of_the_collection_becomes_something(arrives, path):
    row = arrives(path.read_bytes())

    assert row.error == ""
    assert row.handled_at is not None
    assert row.ticket is not None or row.reason


@pytest.mark.django_db(transaction=True)
def test_two_copies_handled_at_the_same_moment_are_one_ticket(mailbox, hosting):
    other = Mailbox.objects.create(name="Other", address="o@desk.example", department=hosting)
    raw = letter(letter_id="one@customer.example")
    rows = [inbound.receive(box, raw) for box in (mailbox, other)]
    together = threading.Barrier(2)

    def handle(pk: int) -> None:
        together.wait(10)
        inbound.handle(pk)
        connection.close()

    threads = [threading.Thread(target=handle, args=[row.pk]) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert Ticket.objects.count() == 1
    states = sorted(InboundEmail.objects.values_list("state", flat=True))
    assert states == [State.DUPLICATE, State.TICKET]
