"""Going on in a side conversation."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.actions import welcome_customer
from tickets import actions
from tickets.actions import write_aside
from tickets.models import Event, Message, SideConversation


@pytest.fixture
def side(ticket, ada):
    printer = welcome_customer("print@shop.example")
    actions.forward_ticket(ticket, by=ada, to=[printer], body="Can you print it?")
    return SideConversation.objects.get()


def test_a_further_word_stands_in_the_same_conversation(side, ticket, grace, carla):
    message = write_aside(side, by=grace, body="In A2, please")

    assert (message.side, message.author, message.from_customer) == (side, grace, False)
    assert message not in Message.objects.readable_by(carla)
    assert ticket.events.get(kind=Event.Kind.ASIDE).details["addresses"] == ["print@shop.example"]


def test_it_stands_where_the_ticket_was_merged_into(side, ticket, ada, carla):
    other = actions.open_ticket(customer=carla, by=carla, subject="Twice", body="Twice")
    actions.merge_tickets(ticket, into=other, by=ada)

    assert write_aside(side, by=ada, body="In A2, please").ticket == other


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_only_agents_of_the_department_go_on_in_it(side, who, request):
    with pytest.raises(PermissionDenied):
        write_aside(side, by=request.getfixturevalue(who), body="Hello")
