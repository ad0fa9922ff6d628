"""From the tray to the mail server, and what becomes of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailgateway import outbound, smtp
from mailgateway.models import InboundEmail, Mailbox, OutboundEmail
from tickets import actions
from tickets.models import Delivery, Event

State = OutboundEmail.State
CARLA = "carla@customer.example"


@pytest.fixture
def desk(mailbox, smtp_sink) -> Mailbox:
    """Billing's mailbox, with a real SMTP server."""
    mailbox.smtp_port = smtp_sink.port
    mailbox.save()
    return mailbox


@pytest.fixture
def answer(desk, ticket, ada) -> OutboundEmail:
    """Ada's answer to Carla, in the tray."""
    OutboundEmail.objects.all().delete()
    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо ще раз.")
    return OutboundEmail.objects.get(kind="replied")


def time_passes() -> None:
    OutboundEmail.objects.filter(state=State.QUEUED).update(next_try_at=timezone.now())


def delivery(row: OutboundEmail, address: str = CARLA) -> Delivery:
    return Delivery.objects.get(message=row.message_id, address=address)


def test_it_is_queued_sent_and_said_on_the_message(answer, smtp_sink):
    assert delivery(answer).state == Delivery.State.QUEUED

    outbound.send(answer.pk)

    answer.refresh_from_db()
    assert answer.state == State.SENT
    assert answer.sent_at is not None
    assert delivery(answer).state == Delivery.State.SENT
    (mail,) = smtp_sink.messages
    assert mail["Message-ID"] == f"<{answer.letter_id}>"
    assert "Надсилаємо ще раз." in mail.get_body(("plain",)).get_content()


def test_asked_twice_it_goes_once(answer, smtp_sink):
    outbound.send(answer.pk)
    outbound.send(answer.pk)

    assert len(smtp_sink.messages) == 1


def test_whoever_claims_it_holds_it(answer, smtp_sink, monkeypatch):
    monkeypatch.setattr(smtp, "send", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):  # died in the middle
        outbound.send(answer.pk)
    monkeypatch.undo()

    outbound.send(answer.pk)
    assert smtp_sink.messages == []

    time_passes()
    outbound.send(answer.pk)
    assert len(smtp_sink.messages) == 1


def test_a_temporary_refusal_is_tried_again(answer, smtp_sink):
    smtp_sink.refusals[CARLA] = "451 later"
    outbound.send(answer.pk)

    answer.refresh_from_db()
    assert answer.state == State.QUEUED
    assert answer.next_try_at > timezone.now()
    assert delivery(answer).state == Delivery.State.RETRYING
    assert "451 later" in delivery(answer).detail

    smtp_sink.refusals.clear()
    time_passes()
    outbound.send(answer.pk)
    assert delivery(answer).state == Delivery.State.SENT


def test_after_two_days_it_is_given_up_and_said(answer, smtp_sink):
    smtp_sink.refusals[CARLA] = "451 later"
    OutboundEmail.objects.update(created_at=timezone.now() - timedelta(days=3))

    outbound.send(answer.pk)

    answer.refresh_from_db()
    assert answer.state == State.FAILED
    assert delivery(answer).state == Delivery.State.FAILED


def test_a_refusal_for_good_stops_at_once_and_is_said(answer, smtp_sink, ticket):
    smtp_sink.refusals[CARLA] = "550 no such user"

    outbound.send(answer.pk)

    answer.refresh_from_db()
    assert answer.state == State.FAILED
    assert answer.last_error == f"{CARLA}: 550 no such user"
    assert delivery(answer).state == Delivery.State.FAILED
    assert ticket.events.filter(kind=Event.Kind.UNDELIVERED).count() == 1


def test_one_of_two_readers_refused(desk, smtp_sink, ticket, ada, mallory):
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    row = OutboundEmail.objects.get(kind="replied")
    smtp_sink.refusals[mallory.email] = "450 busy"

    outbound.send(row.pk)
    smtp_sink.refusals.clear()
    time_passes()
    outbound.send(row.pk)

    assert [one.rcpt_tos for one in smtp_sink.envelopes] == [[CARLA], [mallory.email]]
    assert delivery(row, mallory.email).state == Delivery.State.SENT
    row.refresh_from_db()
    assert row.state == State.SENT


def test_a_lost_answer_is_uncertain_and_never_sent_blindly(answer, monkeypatch):
    def lost(*_args):
        raise smtp.NobodyKnows("timed out")

    monkeypatch.setattr(smtp, "send", lost)
    outbound.send(answer.pk)

    answer.refresh_from_db()
    assert answer.state == State.UNCERTAIN
    assert answer.next_try_at is None
    assert delivery(answer).state == Delivery.State.UNCERTAIN


def test_an_administrator_may_send_it_once_more(answer, smtp_sink):
    OutboundEmail.objects.update(state=State.UNCERTAIN, next_try_at=None, tries=1)

    assert outbound.try_again(OutboundEmail.objects.all()) == 1
    outbound.send(answer.pk)

    assert len(smtp_sink.messages) == 1


def test_a_mail_server_that_is_away_loses_nothing(answer):
    Mailbox.objects.update(smtp_port=9)

    outbound.send(answer.pk)

    answer.refresh_from_db()
    assert answer.state == State.QUEUED
    assert "127.0.0.1" in answer.last_error
    assert delivery(answer).state == Delivery.State.RETRYING


def test_without_any_mailbox_it_waits_and_says_so(ticket, ada):
    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    row = OutboundEmail.objects.get(kind="replied")

    outbound.send(row.pk)

    row.refresh_from_db()
    assert row.state == State.QUEUED
    assert "no active mailbox" in row.last_error


def test_it_leaves_from_where_the_customer_wrote(desk, ticket, hosting):
    second = Mailbox.objects.create(
        name="Second", address="z@desk.example", department=ticket.department, smtp_host="x"
    )
    elsewhere = Mailbox.objects.create(
        name="Else", address="h@desk.example", department=hosting, smtp_host="x"
    )
    assert outbound.mailbox_of(ticket) == desk

    InboundEmail.objects.create(mailbox=second, ticket=ticket, raw=b"", size=0)
    assert outbound.mailbox_of(ticket) == second

    InboundEmail.objects.create(mailbox=elsewhere, ticket=ticket, raw=b"", size=0)
    assert outbound.mailbox_of(ticket) == second

    actions.move_ticket(ticket, to=hosting, by=None)
    ticket.refresh_from_db()
    assert outbound.mailbox_of(ticket) == elsewhere


def test_it_waits_for_the_seconds_of_grace(settings, desk, ticket, ada, smtp_sink):
    settings.DESK_UNDO_SECONDS = 10
    message = actions.reply_to_ticket(ticket, by=ada, body="Зарано.")
    row = OutboundEmail.objects.get(message=message)
    assert row.next_try_at == message.undo_until

    outbound.send(row.pk)
    assert smtp_sink.messages == []

    actions.take_back_reply(message, by=ada)
    row.refresh_from_db()
    assert row.state == State.WITHDRAWN
    assert delivery(row).state == Delivery.State.WITHDRAWN
    time_passes()
    outbound.send(row.pk)
    assert smtp_sink.messages == []


def test_what_is_on_its_way_cannot_be_taken_back(settings, desk, ticket, ada):
    settings.DESK_UNDO_SECONDS = 10
    message = actions.reply_to_ticket(ticket, by=ada, body="Запізно.")
    OutboundEmail.objects.filter(message=message).update(tries=1)

    with pytest.raises(actions.TooLate):
        actions.take_back_reply(message, by=ada)

    message.refresh_from_db()
    assert message.withdrawn_at is None


def test_a_letter_to_nowhere_is_said_to_be_undeliverable(desk, ticket, ada, carla):
    carla.email = "unknown@sender.invalid"
    carla.save()
    actions.reply_to_ticket(ticket, by=ada, body="Хто ви?")
    row = OutboundEmail.objects.get(kind="replied")

    outbound.send(row.pk)

    assert delivery(row, carla.email).state == Delivery.State.FAILED
