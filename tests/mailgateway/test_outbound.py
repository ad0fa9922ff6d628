"""From the tray to the mail server, and what becomes of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailgateway import outbound, smtp
from mailgateway.models import InboundEmail, Mailbox, OutboundEmail
from tests.mail_servers import DROP
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


class Killed(BaseException):
    """The worker dies: nothing of ours may catch it."""


def dies(*_args, **_options):
    raise Killed


def test_whoever_claims_it_holds_it(answer, smtp_sink, monkeypatch):
    monkeypatch.setattr(smtp, "_handed_over", dies)
    with pytest.raises(Killed):
        outbound.send(answer.pk)
    monkeypatch.undo()

    outbound.send(answer.pk)
    assert smtp_sink.messages == []

    time_passes()
    outbound.send(answer.pk)
    assert [one["Message-ID"] for one in smtp_sink.messages] == [f"<{answer.letter_id}>"]
    assert delivery(answer).state == Delivery.State.SENT


def test_killed_behind_the_last_dot_it_is_uncertain_and_not_sent_again(
    answer, smtp_sink, monkeypatch, ticket
):
    monkeypatch.setattr(smtp.smtplib.SMTP, "getreply", die_after_the_dot(smtp_sink))
    with pytest.raises(Killed):
        outbound.send(answer.pk)
    monkeypatch.undo()
    answer.refresh_from_db()
    assert answer.handed_over_at is not None
    assert answer.doubtful == [CARLA]

    time_passes()
    outbound.send(answer.pk)

    answer.refresh_from_db()
    assert (answer.state, answer.next_try_at) == (State.UNCERTAIN, None)
    assert delivery(answer).state == Delivery.State.UNCERTAIN
    assert len(smtp_sink.messages) == 1
    (event,) = ticket.events.filter(kind=Event.Kind.UNDELIVERED)
    assert event.details["uncertain"] is True


def die_after_the_dot(sink):
    real = smtp.smtplib.SMTP.getreply

    def getreply(self):
        answer = real(self)
        if sink.envelopes:
            raise Killed
        return answer

    return getreply


def test_killed_while_the_letter_goes_over_it_is_sent_once_more(answer, smtp_sink, monkeypatch):
    monkeypatch.setattr(outbound, "_mark", dies)
    with pytest.raises(Killed):
        outbound.send(answer.pk)
    monkeypatch.undo()
    assert smtp_sink.messages == []

    time_passes()
    outbound.send(answer.pk)

    assert len(smtp_sink.messages) == 1


def test_whoever_was_overtaken_does_not_send(answer, smtp_sink, monkeypatch):
    """Somebody slept for longer than others were patient: two hold the same letter."""
    real = outbound._mark

    def sleep(row, outcome):
        monkeypatch.setattr(outbound, "_mark", real)
        time_passes()
        outbound.send(answer.pk)
        real(row, outcome)

    monkeypatch.setattr(outbound, "_mark", sleep)
    outbound.send(answer.pk)

    assert len(smtp_sink.messages) == 1
    answer.refresh_from_db()
    assert (answer.state, answer.tries) == (State.SENT, 2)


def test_taken_back_while_it_goes_over_it_is_not_sent(answer, smtp_sink, monkeypatch):
    real = outbound._mark

    def stop(row, outcome):
        assert outbound.stop(OutboundEmail.objects.filter(pk=row.pk)) == 1
        real(row, outcome)

    monkeypatch.setattr(outbound, "_mark", stop)
    outbound.send(answer.pk)

    answer.refresh_from_db()
    assert answer.state == State.WITHDRAWN
    assert smtp_sink.messages == []


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
    OutboundEmail.objects.update(trying_since=timezone.now() - timedelta(days=3))

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


@pytest.fixture
def moody(desk, moody_smtp):
    """Billing's mailbox sends through a server with moods."""
    desk.smtp_port = moody_smtp.port
    desk.save()
    return moody_smtp


def test_a_lost_answer_is_uncertain_and_never_sent_blindly(answer, moody):
    moody.moods["end"] = DROP
    outbound.send(answer.pk)

    answer.refresh_from_db()
    assert (answer.state, answer.next_try_at) == (State.UNCERTAIN, None)
    assert delivery(answer).state == Delivery.State.UNCERTAIN
    assert outbound.to_sweep() == []
    assert len(moody.letters) == 1


def test_those_who_were_refused_before_the_answer_was_lost_are_known(
    desk, moody, ticket, ada, mallory
):
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    row = OutboundEmail.objects.get(kind="replied")
    moody.moods |= {f"rcpt {mallory.email}": "550 5.1.1 nobody", "end": DROP}

    outbound.send(row.pk)

    row.refresh_from_db()
    assert row.state == State.UNCERTAIN
    assert delivery(row).state == Delivery.State.UNCERTAIN
    assert delivery(row, mallory.email).state == Delivery.State.FAILED


def test_those_who_were_put_off_before_the_answer_was_lost_get_it_later(
    desk, moody, ticket, ada, mallory
):
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    row = OutboundEmail.objects.get(kind="replied")
    moody.moods |= {f"rcpt {mallory.email}": "450 greylisted", "end": DROP}
    outbound.send(row.pk)
    assert delivery(row, mallory.email).state == Delivery.State.RETRYING
    moody.moods.clear()
    time_passes()

    outbound.send(row.pk)

    row.refresh_from_db()
    assert row.state == State.UNCERTAIN
    assert delivery(row).state == Delivery.State.UNCERTAIN
    assert delivery(row, mallory.email).state == Delivery.State.SENT
    assert moody.said.count(f"rcpt to:<{CARLA}>".encode()) == 1


def test_once_more_it_has_the_same_id_and_date(answer, moody):
    moody.moods["end"] = DROP
    outbound.send(answer.pk)
    moody.moods.clear()

    assert outbound.try_again(OutboundEmail.objects.all()) == [answer.pk]
    assert delivery(answer).state == Delivery.State.QUEUED
    outbound.send(answer.pk)

    first, second = moody.letters
    assert first == second
    assert delivery(answer).state == Delivery.State.SENT


def test_once_more_goes_to_those_alone_who_have_not_got_it(desk, smtp_sink, ticket, ada, mallory):
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    actions.reply_to_ticket(ticket, by=ada, body="Надсилаємо.")
    row = OutboundEmail.objects.get(kind="replied")
    smtp_sink.refusals[mallory.email] = "550 5.1.1 nobody"
    outbound.send(row.pk)
    smtp_sink.refusals.clear()

    outbound.try_again(OutboundEmail.objects.filter(pk=row.pk))
    outbound.send(row.pk)

    assert [one.rcpt_tos for one in smtp_sink.envelopes] == [[CARLA], [mallory.email]]


def test_what_arrived_is_not_sent_once_more(answer, smtp_sink):
    outbound.send(answer.pk)

    assert outbound.try_again(OutboundEmail.objects.all()) == []


def test_what_is_behind_the_dot_is_not_sent_once_more(answer):
    OutboundEmail.objects.update(handed_over_at=timezone.now(), doubtful=[CARLA])

    assert outbound.try_again(OutboundEmail.objects.all()) == []
    assert outbound.stop(OutboundEmail.objects.all()) == 0


def test_a_mailbox_that_is_not_let_in_says_why_and_holds_its_letters_back(
    answer, moody, desk, ticket, ada
):
    actions.reply_to_ticket(ticket, by=ada, body="Ще одне.")
    second = OutboundEmail.objects.filter(kind="replied").latest("id")
    moody.moods["mail"] = "550 5.7.1 not your address"

    outbound.send(answer.pk)
    outbound.send(second.pk)

    desk.refresh_from_db()
    assert "550 5.7.1 not your address" in desk.sending_error
    assert sum(one.startswith(b"mail") for one in moody.said) == 1
    assert {row.state for row in OutboundEmail.objects.filter(kind="replied")} == {State.QUEUED}
    second.refresh_from_db()
    assert second.tries == 0

    moody.moods.clear()
    time_passes()
    for pk in outbound.to_sweep():
        outbound.send(pk)
    desk.refresh_from_db()
    assert (desk.sending_failures, desk.sending_error) == (0, "")
    assert len(moody.letters) == 2


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
