"""What machines write is recognised, kept, and never answered."""

from django.utils import timezone

from mailgateway import screening
from mailgateway.addresses import make_letter_id
from mailgateway.models import InboundEmail, OutboundEmail
from tests.letters import bounce_of, letter
from tickets.actions import reply_to_ticket, solve_ticket
from tickets.lifecycle import Status
from tickets.models import Delivery, Event, Ticket

State = InboundEmail.State
CARLA = "carla@customer.example"


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


def test_our_own_letter_coming_back_is_no_ticket(arrives, ticket):
    ours = make_letter_id(ticket.pk, None, "desk.example")

    row = arrives(letter(sender="billing@desk.example", letter_id=ours))

    assert row.state == State.OWN
    assert Ticket.objects.count() == 1


def test_a_flood_is_kept_but_not_confirmed(arrives, mailbox):
    InboundEmail.objects.bulk_create(
        InboundEmail(mailbox=mailbox, raw=b"", size=0, sender=CARLA, handled_at=timezone.now())
        for _letter in range(screening.FLOOD_PER_HOUR)
    )

    row = arrives(letter(sender=CARLA))

    assert row.state == State.TICKET
    assert not OutboundEmail.objects.exists()
