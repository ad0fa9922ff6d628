"""What machines write is recognised, kept, and never answered."""

from email.utils import parsedate_to_datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from departments.models import ReturnedMail
from mailgateway import inbound
from mailgateway.addresses import make_letter_id, make_loop_mark
from mailgateway.models import AutomaticMail, InboundEmail, Mailbox, OutboundEmail
from mailgateway.screening import Kind
from tests.letters import bounce_of, letter
from tickets.actions import assign_ticket, reply_to_ticket, solve_ticket
from tickets.lifecycle import Status
from tickets.models import Delivery, Event, Ticket

State = InboundEmail.State
CARLA = "carla@customer.example"
NOON = "Mon, 23 Nov 2026 12:00:00 +0000"


def test_an_auto_reply_neither_reopens_nor_is_answered(arrives, ticket, ada):
    solve_ticket(ticket, by=ada)
    OutboundEmail.objects.all().delete()
    ours = make_letter_id(ticket.pk, None, "desk.example")

    row = arrives(letter(sender=CARLA, In_Reply_To=f"<{ours}>", Auto_Submitted="auto-replied"))

    ticket.refresh_from_db()
    message = ticket.messages.get(pk=row.message_pk)
    assert (row.state, row.ticket) == (State.AUTOMATIC, ticket)
    assert (message.is_note, message.is_automatic) == (True, True)
    assert ticket.status == Status.SOLVED
    assert not OutboundEmail.objects.exists()


def test_an_auto_reply_to_nothing_stays_in_the_ledger(arrives):
    row = arrives(letter(Auto_Submitted="auto-replied"))

    assert row.state == State.AUTOMATIC
    assert row.reason == "Auto-Submitted: auto-replied"
    assert not Ticket.objects.exists()


def test_a_newsletter_is_a_ticket_that_nobody_confirms(arrives):
    row = arrives(letter(List_Unsubscribe="<https://shop.example/u>"))

    assert row.state == State.TICKET
    assert not OutboundEmail.objects.exists()


def test_a_bounce_marks_the_address_where_the_agent_looks(arrives, ticket, ada):
    message = reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    sent = OutboundEmail.objects.get(message=message, kind="replied")

    row = arrives(bounce_of(sent.letter_id, CARLA))

    delivery = Delivery.objects.get(message=message, address=CARLA)
    ticket.refresh_from_db()
    assert (row.state, row.ticket) == (State.BOUNCE, ticket)
    assert delivery.state == Delivery.State.FAILED
    assert "no such user" in delivery.detail
    assert ticket.events.filter(kind=Event.Kind.UNDELIVERED).count() == 1
    assert ticket.messages.get(pk=row.message_pk).is_automatic
    assert ticket.status == Status.PENDING


def test_a_delay_is_no_failure(arrives, ticket, ada):
    message = reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    sent = OutboundEmail.objects.get(message=message, kind="replied")

    row = arrives(bounce_of(sent.letter_id, CARLA, action="delayed"))

    assert row.state == State.AUTOMATIC
    assert Delivery.objects.get(message=message).state == Delivery.State.QUEUED


def test_a_bounce_of_something_else_stays_in_the_ledger(arrives):
    row = arrives(bounce_of("unknown@elsewhere.example", CARLA))

    assert row.state == State.BOUNCE
    assert not Ticket.objects.exists()


def test_a_delay_shows_where_it_was_thought_to_be_sent(arrives, ticket, ada):
    message = reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    sent = OutboundEmail.objects.get(message=message, kind="replied")
    Delivery.objects.update(state=Delivery.State.SENT)

    arrives(bounce_of(sent.letter_id, CARLA, action="delayed"))

    delivery = Delivery.objects.get(message=message)
    assert delivery.state == Delivery.State.RETRYING
    assert "no such user" in delivery.detail
    assert not ticket.events.filter(kind=Event.Kind.UNDELIVERED).exists()
    assert not ReturnedMail.objects.exists()


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_receipt_is_written_down_and_changes_nothing(arrives, ticket, ada, action):
    message = reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    sent = OutboundEmail.objects.get(message=message, kind="replied")
    said = ticket.messages.count()

    row = arrives(bounce_of(sent.letter_id, CARLA, action=action))

    assert (row.state, row.kind, row.ticket) == (State.AUTOMATIC, Kind.RECEIPT, ticket)
    assert Delivery.objects.get(message=message).state == Delivery.State.QUEUED
    assert ticket.messages.count() == said


def test_an_address_that_letters_come_back_from_is_shown_until_it_writes(
    arrives, ticket, ada, carla, enter
):
    message = reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    arrives(bounce_of(OutboundEmail.objects.get(message=message, kind="replied").letter_id, CARLA))
    agent = enter(ada)
    warning = "Its server knows no such mailbox."
    assert carla.returned.nobody_is_there
    assert agent.get(f"/agent/tickets/{ticket.pk}/").content.decode().count(warning) == 2

    arrives(letter(sender=CARLA, subject="I am here again"))

    assert warning not in agent.get(f"/agent/tickets/{ticket.pk}/").content.decode()


def test_a_refused_letter_says_nothing_against_the_address(arrives, ticket, ada):
    message = reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    sent = OutboundEmail.objects.get(message=message, kind="replied")

    arrives(bounce_of(sent.letter_id, CARLA).replace(b"5.1.1", b"5.7.1"))

    assert Delivery.objects.get(message=message).state == Delivery.State.FAILED
    assert not ReturnedMail.objects.exists()


def test_an_agent_whose_notices_come_back_gets_no_more_of_them(
    arrives, ticket, ada, grace, carla, root, enter
):
    assign_ticket(ticket, to=ada, by=grace)
    for number in range(3):
        reply_to_ticket(ticket, by=carla, body=f"Ну що? {number}")
        notice = OutboundEmail.objects.filter(recipient=ada.email).latest("id")
        row = arrives(bounce_of(notice.letter_id, ada.email))
        assert (row.state, row.ticket) == (State.BOUNCE, ticket)
    written = OutboundEmail.objects.filter(recipient=ada.email).count()
    bells = ada.notifications.count()

    reply_to_ticket(ticket, by=carla, body="Чекаю.")

    assert OutboundEmail.objects.filter(recipient=ada.email).count() == written
    assert ada.notifications.count() > bells
    assert not ticket.events.filter(kind=Event.Kind.UNDELIVERED).exists()
    sentence = "Letters to Ada Kovalenko come back: notices are paused."
    for reader in (root, grace):
        assert sentence in enter(reader).get("/agent/").content.decode()
    assert sentence not in enter(ada).get("/agent/").content.decode()

    page = reverse("admin:departments_returnedmail_click", args=[ada.pk])
    assert enter(root).post(page).status_code == 302
    reply_to_ticket(ticket, by=carla, body="Ще чекаю.")
    assert OutboundEmail.objects.filter(recipient=ada.email).count() == written + 1


def test_our_own_letter_coming_back_is_no_ticket(arrives, ticket):
    ours = make_letter_id(ticket.pk, None, "desk.example")

    row = arrives(letter(sender="billing@desk.example", letter_id=ours))

    assert (row.state, row.kind) == (State.OWN, Kind.OWN)
    assert Ticket.objects.count() == 1


def test_a_list_that_gives_us_our_own_letter_back_begins_nothing(arrives, ticket):
    ours = make_letter_id(ticket.pk, None, "desk.example")
    back = {"sender": "Billing by list <list@lists.example>", "List_Id": "<list.lists.example>"}

    by_id = arrives(letter(letter_id=ours, **back))
    by_mark = arrives(letter(X_Loop=make_loop_mark(), **back))

    assert (by_id.state, by_mark.state) == (State.OWN, State.OWN)
    assert Ticket.objects.count() == 1


def test_what_one_mailbox_writes_to_another_on_purpose_is_a_letter(arrives, ticket, hosting):
    Mailbox.objects.create(name="Hosting", address="hosting@desk.example", department=hosting)
    ours = make_letter_id(ticket.pk, None, "desk.example")

    on_purpose = arrives(letter(sender="hosting@desk.example", letter_id=ours))
    by_the_way = arrives(
        letter(sender="hosting@desk.example", to="all@lists.example", letter_id=ours, text="x")
    )

    assert on_purpose.state == State.TICKET
    assert by_the_way.state == State.OWN


def test_an_answer_faster_than_anybody_reads_is_a_machine(arrives, ticket, ada):
    solve_ticket(ticket, by=ada)
    notice = OutboundEmail.objects.get(kind="solved")
    OutboundEmail.objects.update(state="sent", sent_at=parsedate_to_datetime(NOON))
    answers = {"sender": CARLA, "In_Reply_To": f"<{notice.letter_id}>"}

    fast = arrives(letter(Date="Mon, 23 Nov 2026 12:00:04 +0000", **answers))
    ticket.refresh_from_db()
    assert (fast.state, fast.kind, fast.reason) == (State.AUTOMATIC, Kind.AUTO_REPLY, "Date: 4 s")
    assert ticket.status == Status.SOLVED

    slow = arrives(letter(Date="Mon, 23 Nov 2026 12:01:00 +0000", **answers))
    ticket.refresh_from_db()
    assert slow.state == State.REPLY
    assert ticket.status == Status.OPEN


@pytest.fixture
def bound(db):
    """Two letters in an hour may open tickets."""
    return AutomaticMail.objects.create(letters_per_hour=2)


def test_a_flood_is_held_back_and_goes_through_when_somebody_says_so(arrives, bound):
    for subject in ("One", "Two"):
        assert arrives(letter(sender=CARLA, subject=subject)).state == State.TICKET

    row = arrives(letter(sender=CARLA, subject="Three"))
    assert (row.state, row.kind, row.ticket) == (State.HELD, Kind.FLOOD, None)
    assert arrives(letter(sender="dmytro@customer.example")).state == State.TICKET

    released = InboundEmail.objects.filter(pk=row.pk)
    released.update(handled_at=None, next_try_at=timezone.now(), state=State.RECEIVED)
    inbound.handle(row.pk)
    row.refresh_from_db()
    assert row.state == State.TICKET


def test_a_flood_about_one_thing_stands_on_one_ticket(arrives, bound, ada):
    ticket = arrives(letter(sender=CARLA, subject="Disk is full")).ticket
    arrives(letter(sender=CARLA, subject="Two"))
    solve_ticket(ticket, by=ada)

    row = arrives(letter(sender=CARLA, subject="Re: DISK is full"))

    ticket.refresh_from_db()
    assert (row.state, row.kind, row.ticket) == (State.REPLY, Kind.FLOOD, ticket)
    assert ticket.messages.get(pk=row.message_pk).is_automatic
    assert ticket.status == Status.SOLVED


def test_an_answer_on_a_ticket_is_never_held_back(arrives, bound):
    ticket = arrives(letter(sender=CARLA, subject="One")).ticket
    arrives(letter(sender=CARLA, subject="Two"))

    row = arrives(letter(sender=CARLA, subject=f"Re: One [#{ticket.pk}]"))

    assert (row.state, row.ticket) == (State.REPLY, ticket)
