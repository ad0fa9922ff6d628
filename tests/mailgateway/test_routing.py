"""Which ticket a letter joins, and who may speak there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from departments.actions import join_department
from departments.models import Membership
from mailgateway.addresses import answer_subject, make_letter_id, make_reply_address
from mailgateway.models import InboundEmail
from tests.letters import letter
from tickets.actions import (
    close_ticket,
    merge_tickets,
    open_ticket,
    reply_to_ticket,
    solve_ticket,
    split_ticket,
)
from tickets.lifecycle import Status
from tickets.models import Ticket

State = InboundEmail.State
CARLA = "carla@customer.example"
MALLORY = "Mallory <mallory@elsewhere.example>"


@pytest.fixture
def our_id(ticket) -> str:
    return f"<{make_letter_id(ticket.pk, None, 'desk.example')}>"


def test_an_answer_to_our_letter_joins_its_ticket(arrives, ticket, our_id, ada):
    solve_ticket(ticket, by=ada)

    row = arrives(letter("Досі немає.", sender=CARLA, subject="Інше", In_Reply_To=our_id))

    assert (row.state, row.ticket) == (State.REPLY, ticket)
    message = ticket.messages.get(pk=row.message_pk)
    assert message.text == "Досі немає."
    assert message.from_customer
    assert message.why == "our_id"
    assert row.ticket.status == Status.OPEN


def test_the_newest_reference_counts(arrives, ticket, our_id, carla, billing):
    other = open_ticket(customer=carla, by=carla, subject="Other", body="Other")
    newer = f"<{make_letter_id(other.pk, None, 'desk.example')}>"

    row = arrives(letter(sender=CARLA, References=f"{our_id} {newer}"))

    assert row.ticket == other


def test_a_forged_id_opens_a_ticket_of_ones_own(arrives, ticket):
    forged = f"<t{ticket.pk}.m0.00000000.0123456789abcdef@desk.example>"

    row = arrives(letter(sender=CARLA, In_Reply_To=forged))

    assert row.state == State.TICKET
    assert row.ticket != ticket


def test_an_answer_to_the_customers_own_letter_joins_its_ticket(arrives):
    first = arrives(letter(sender=CARLA, letter_id="first@customer.example"))

    row = arrives(letter("Ще одне.", sender=CARLA, In_Reply_To="<first@customer.example>"))

    assert row.ticket == first.ticket
    assert row.ticket.messages.get(pk=row.message_pk).why == "reference"


def test_the_number_in_the_subject_is_enough_for_who_takes_part(arrives, ticket):
    row = arrives(letter(sender=CARLA, subject=f"Re: рахунок [#{ticket.pk}]"))

    assert row.ticket == ticket


def test_a_stranger_who_guesses_a_number_gets_a_ticket_of_their_own(arrives, ticket):
    row = arrives(letter(sender=MALLORY, subject=f"Re: [#{ticket.pk}]"))

    assert row.state == State.TICKET
    assert row.ticket != ticket
    assert ticket.messages.count() == 1


def test_a_stranger_with_a_true_id_is_seen_by_agents_only(arrives, ticket, our_id, carla):
    row = arrives(letter("Hello", sender=MALLORY, In_Reply_To=our_id))

    message = ticket.messages.get(pk=row.message_pk)
    assert row.ticket == ticket
    assert message.is_note
    assert message.warning == "stranger"
    assert not ticket.followers.exists()
    assert message not in ticket.messages.model.objects.readable_by(carla)


def test_people_in_copy_may_answer(arrives, our_id, ticket):
    arrives(letter(sender=CARLA, In_Reply_To=our_id, Cc="olha@customer.example"))

    row = arrives(letter("Я теж.", sender="olha@customer.example", In_Reply_To=our_id))

    assert row.ticket.messages.get(pk=row.message_pk).kind == "reply"


def test_an_answer_to_a_merged_ticket_arrives_where_it_went(arrives, ticket, carla, ada, our_id):
    target = open_ticket(customer=carla, by=carla, subject="The same", body="The same")
    merge_tickets(ticket, into=target, by=ada)

    assert arrives(letter(sender=CARLA, In_Reply_To=our_id)).ticket == target


def test_an_answer_follows_the_message_that_was_split_off(arrives, ticket, ada):
    message = reply_to_ticket(ticket, by=ada, body="Про друге.")
    ours = make_letter_id(ticket.pk, message.pk, "desk.example")
    new = split_ticket(ticket, messages=[message], subject="Друге", by=ada)

    assert arrives(letter(sender=CARLA, In_Reply_To=f"<{ours}>")).ticket == new


def test_an_agents_name_in_from_proves_nothing(arrives, ticket, our_id, ada):
    row = arrives(letter("Send me money", sender="ada@desk.example", In_Reply_To=our_id))

    message = ticket.messages.get(pk=row.message_pk)
    assert message.is_note
    assert message.warning == "claims_agent"


def reply_address(ticket: Ticket, user, today) -> str:
    return make_reply_address("billing@desk.example", ticket=ticket.pk, user=user.pk, today=today)


def test_an_agent_answers_by_mail_with_the_secret_of_the_address(arrives, ticket, ada):
    secret = reply_address(ticket, ada, timezone.localdate())
    text = f"Надсилаємо.\n\n> Answer to {secret}\n> Ada"

    row = arrives(letter(text, sender="Ada <ada@desk.example>", to=secret))

    message = ticket.messages.get(pk=row.message_pk)
    assert (message.kind, message.author, message.from_customer) == ("reply", ada, False)
    assert secret not in message.text + message.html + message.quoted_text + message.quoted_html


@pytest.mark.parametrize("sender", ["linus@desk.example", "mallory@elsewhere.example"])
def test_somebody_elses_secret_is_worth_nothing(arrives, ticket, ada, linus, sender):
    secret = reply_address(ticket, ada, timezone.localdate())

    row = arrives(letter(sender=sender, to=secret))

    assert not ticket.messages.filter(from_customer=False).exists()
    assert row.ticket.messages.get(pk=row.message_pk).from_customer


def test_a_secret_ends_with_its_days_and_with_the_job(arrives, ticket, ada):
    old = reply_address(ticket, ada, timezone.localdate() - timedelta(days=90))
    fresh = reply_address(ticket, ada, timezone.localdate())

    arrives(letter(sender="ada@desk.example", to=old))
    Membership.objects.filter(user=ada).delete()
    arrives(letter(sender="ada@desk.example", to=fresh))

    assert not ticket.messages.filter(from_customer=False).exists()
    join_department(ada, ticket.department)


def test_the_subject_has_one_re_and_one_number():
    assert answer_subject("AW: Re: [#7] RE[2]: Рахунок", 7) == "Re: Рахунок [#7]"
    assert answer_subject("Re:", 7) == "Re: Re: [#7]"


def test_an_agents_answer_to_a_closed_ticket_is_kept_and_said_not_to_be_sent(arrives, ticket, ada):
    close_ticket(ticket, by=ada)
    secret = reply_address(ticket, ada, timezone.localdate())

    row = arrives(letter("Ще раз.", sender="ada@desk.example", to=secret))

    message = ticket.messages.get(pk=row.message_pk)
    assert (message.is_note, message.warning) == (True, "not_sent")
    assert "closed" in row.reason


def test_a_customer_who_was_switched_off_speaks_as_a_stranger(arrives, ticket, carla, our_id):
    carla.is_active = False
    carla.save()

    row = arrives(letter(sender=CARLA, In_Reply_To=our_id))

    assert ticket.messages.get(pk=row.message_pk).is_note
