"""Two tickets become one: a pointer, not a copy."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from tickets.actions import (
    close_ticket,
    follow_ticket,
    merge_tickets,
    move_ticket,
    open_ticket,
    reply_to_ticket,
)
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.models import Attachment, Event, TicketLink


@pytest.fixture
def twin(ticket, mallory):
    """The same matter, written by Mallory, with a file."""
    return open_ticket(
        customer=mallory,
        by=mallory,
        subject="No invoice either",
        body="Please look.",
        files=[IncomingFile("log.txt", b"ping")],
    )


def test_it_points_to_where_it_goes_on(ticket, twin, ada):
    assert merge_tickets(twin, into=ticket, by=ada) == ticket

    twin.refresh_from_db()
    ticket.refresh_from_db()
    assert (twin.status, twin.merged_into) == (Status.MERGED, ticket)
    assert ticket.has_files
    assert twin.messages.count() == 1
    assert TicketLink.objects.get().kind == TicketLink.Kind.MERGED
    told = {e.ticket: e.details for e in Event.objects.filter(kind=Event.Kind.MERGED)}
    assert told[twin]["into"] == ticket.number
    assert told[ticket]["source"] == twin.number


def test_its_people_are_kept_in_copy(ticket, twin, ada, carla, mallory, linus):
    follow_ticket(twin, who=carla, by=ada, in_copy=True)
    follow_ticket(twin, who=linus, by=ada, in_copy=True)

    merge_tickets(twin, into=ticket, by=ada)

    assert {one.user for one in ticket.followers.filter(in_copy=True)} == {mallory, linus}


def test_a_customer_who_waited_for_us_still_does(ticket, twin, ada):
    reply_to_ticket(ticket, by=ada, body="We look.")
    began = twin.waiting_since

    merge_tickets(twin, into=ticket, by=ada)

    ticket.refresh_from_db()
    assert (ticket.status, ticket.waiting_since) == (Status.OPEN, began)


def test_the_longer_wait_counts(ticket, twin, ada):
    began = ticket.waiting_since

    merge_tickets(ticket, into=twin, by=ada)

    twin.refresh_from_db()
    assert (twin.status, twin.waiting_since) == (Status.NEW, began)


def test_merging_into_a_merged_one_goes_to_the_end_of_the_chain(ticket, twin, carla, ada):
    third = open_ticket(customer=carla, by=carla, subject="Third", body="Hello")
    merge_tickets(twin, into=ticket, by=ada)
    twin.refresh_from_db()

    assert merge_tickets(third, into=twin, by=ada) == ticket


def test_what_was_merged_goes_along_to_another_department(ticket, twin, ada, linus, hosting):
    merge_tickets(twin, into=ticket, by=ada)
    ticket.refresh_from_db()

    move_ticket(ticket, to=hosting, by=ada)

    assert Attachment.objects.readable_by(linus).count() == 1
    assert not Attachment.objects.readable_by(ada).exists()


def test_a_merged_one_is_not_merged_again(ticket, twin, carla, ada):
    third = open_ticket(customer=carla, by=carla, subject="Third", body="Hello")
    merge_tickets(twin, into=ticket, by=ada)
    twin.refresh_from_db()

    with pytest.raises(DeskError):
        merge_tickets(twin, into=third, by=ada)


def test_nobody_who_waits_is_merged_into_what_is_finished(ticket, twin, ada):
    close_ticket(ticket, by=ada)

    with pytest.raises(DeskError, match="finished"):
        merge_tickets(twin, into=ticket, by=ada)


def test_never_into_itself(ticket, ada):
    with pytest.raises(DeskError):
        merge_tickets(ticket, into=ticket, by=ada)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, twin, who, request):
    with pytest.raises(PermissionDenied):
        merge_tickets(twin, into=ticket, by=request.getfixturevalue(who))


def test_both_must_be_ones_own_to_work_on(ticket, carla, hosting, ada, linus):
    theirs = open_ticket(
        customer=carla, by=carla, subject="Panel", body="Hello", department=hosting
    )

    for agent in (ada, linus):
        with pytest.raises(PermissionDenied):
            merge_tickets(theirs, into=ticket, by=agent)
