"""Letters of people nobody knows, where the desk hears only those it knows."""

import pytest

from departments.models import DeskSettings, User
from mailgateway import inbound
from mailgateway.models import InboundEmail
from mailgateway.screening import Kind
from tests.letters import letter
from tickets import actions
from tickets.models import Ticket

State = InboundEmail.State
STRANGER = "Stranger <stranger@elsewhere.example>"


@pytest.fixture(autouse=True)
def known_only(ticket):
    """From now on, and Carla has her ticket."""
    DeskSettings(writers="known").save()


def test_a_letter_of_a_stranger_waits_in_the_ledger_with_the_reason(arrives, grace):
    row = arrives(letter(sender=STRANGER, subject="Hello"))

    assert (row.state, row.kind, row.ticket) == (State.HELD, Kind.STRANGER, None)
    assert "address is unknown" in row.reason
    assert row in InboundEmail.objects.visible_to(grace).waiting()
    assert not User.objects.filter(email="stranger@elsewhere.example").exists()
    assert Ticket.objects.count() == 1


def test_a_lead_who_lets_it_through_admits_its_sender(arrives, grace):
    row = arrives(letter(sender=STRANGER, subject="Hello"))

    row = inbound.run_again(row, by=grace)

    assert (row.state, row.ticket.customer.email) == (State.TICKET, "stranger@elsewhere.example")
    assert row.ticket.customer.is_known
    assert arrives(letter(sender=STRANGER, subject="Once more")).state == State.TICKET


def test_a_lead_who_makes_a_ticket_of_it_admits_its_sender(arrives, grace, billing):
    row = arrives(letter(sender=STRANGER, subject="Hello"))

    ticket = inbound.make_ticket(
        row,
        by=grace,
        department=billing,
        customer="stranger@elsewhere.example",
        subject="Hello",
        text="Hello",
    )

    assert ticket.customer.is_known


@pytest.mark.parametrize("subject", ["New matter", "Re: x [#{number}]"])
def test_a_person_who_is_none_of_those_known_waits_as_well(arrives, ticket, mallory, subject):
    row = arrives(letter(sender=mallory.email, subject=subject.format(number=ticket.number)))

    assert (row.state, row.kind) == (State.HELD, Kind.STRANGER)


def test_a_customer_with_a_ticket_writes_on_and_begins_others(arrives, ticket, carla):
    assert arrives(letter(sender=carla.email, subject="Another")).state == State.TICKET
    answer = arrives(letter(sender=carla.email, subject=f"Re: x [#{ticket.number}]"))
    assert (answer.state, answer.ticket) == (State.REPLY, ticket)


def test_who_takes_part_in_a_ticket_answers_there(arrives, ticket, mallory, ada):
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)

    row = arrives(letter(sender=mallory.email, subject=f"Re: x [#{ticket.number}]"))

    assert (row.state, row.ticket) == (State.REPLY, ticket)


def test_an_open_desk_opens_a_ticket_at_once(arrives):
    DeskSettings(writers="everybody").save()

    assert arrives(letter(sender=STRANGER)).state == State.TICKET
