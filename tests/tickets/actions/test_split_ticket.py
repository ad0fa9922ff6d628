"""Chosen messages become a ticket of their own."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from tickets.actions import follow_ticket, open_ticket, reply_to_ticket, split_ticket
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.models import Event, TicketLink


@pytest.fixture
def second(ticket, carla):
    """Another matter in the same ticket, with a file."""
    return reply_to_ticket(
        ticket, by=carla, body="And the panel?", files=[IncomingFile("log.txt", b"ping")]
    )


def test_messages_and_files_go_over_together(ticket, second, ada, carla):
    new = split_ticket(ticket, messages=[second], subject=" The  panel ", by=ada)

    second.refresh_from_db()
    new.refresh_from_db()
    ticket.refresh_from_db()
    assert second.ticket == new
    assert (new.subject, new.customer, new.status) == ("The panel", carla, Status.OPEN)
    assert (new.has_files, ticket.has_files) == (True, False)
    assert new.preview == "And the panel?"
    assert new.waiting_since == second.created_at


def test_both_know_of_each_other(ticket, second, ada, mallory):
    follow_ticket(ticket, who=mallory, by=ada, in_copy=True)

    new = split_ticket(ticket, messages=[second], subject="Panel", by=ada)

    link = TicketLink.objects.get()
    assert (link.source, link.target, link.kind) == (ticket, new, "split")
    told = {e.ticket: e.details for e in Event.objects.filter(kind=Event.Kind.SPLIT)}
    assert told[ticket]["into"] == new.number
    assert told[new]["source"] == ticket.number
    assert new.followers.get().user == mallory


def test_without_a_subject_the_old_one_is_kept(ticket, second, ada):
    assert split_ticket(ticket, messages=[second], subject=" ", by=ada).subject == ticket.subject


def test_at_least_one_message_stays(ticket, second, ada):
    with pytest.raises(DeskError, match="stay"):
        split_ticket(ticket, messages=ticket.messages.all(), subject="All", by=ada)


def test_messages_of_other_tickets_are_not_taken(ticket, second, carla, ada):
    other = open_ticket(customer=carla, by=carla, subject="Other", body="Hello")

    with pytest.raises(DeskError):
        split_ticket(ticket, messages=[second, other.messages.get()], subject="x", by=ada)
    with pytest.raises(DeskError):
        split_ticket(ticket, messages=[], subject="x", by=ada)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, second, who, request):
    with pytest.raises(PermissionDenied):
        split_ticket(ticket, messages=[second], subject="x", by=request.getfixturevalue(who))


def test_each_half_knows_when_it_was_first_answered(ticket, ada, carla):
    question = reply_to_ticket(ticket, by=carla, body="And my domain?")
    answer = reply_to_ticket(ticket, by=ada, body="The domain is yours.")

    new = split_ticket(ticket, messages=[question, answer], subject="Domain", by=ada)

    ticket.refresh_from_db()
    new.refresh_from_db()
    assert ticket.first_answered_at is None
    assert new.first_answered_at == answer.created_at
