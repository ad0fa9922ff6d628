"""What a ticket is called."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from tickets import search
from tickets.actions import ChangedMeanwhile, rename_ticket, undo
from tickets.models import Event, Ticket


def test_the_new_name_is_one_line_and_the_history_has_both(ticket, ada):
    before = ticket.subject
    rename_ticket(ticket, subject="  Invoice\nfor  October ", by=ada)

    assert Ticket.objects.get(pk=ticket.pk).subject == "Invoice for October"
    event = ticket.events.get(kind=Event.Kind.RENAMED)
    assert event.words == {"before": before, "after": "Invoice for October"}


def test_it_is_found_by_its_new_name_only(ticket, ada):
    rename_ticket(ticket, subject="Lost paper", by=ada)

    tickets = Ticket.objects.all()
    assert search.find("paper", tickets, by=ada, only="subject").get() == ticket
    assert not search.find("рахунок", tickets, by=ada, only="subject").exists()


def test_a_name_that_is_empty_is_refused(ticket, ada):
    with pytest.raises(DeskError, match="Write a subject"):
        rename_ticket(ticket, subject=" \n", by=ada)


def test_the_same_again_is_no_line(ticket, ada):
    rename_ticket(ticket, subject=ticket.subject, by=ada)

    assert not ticket.events.filter(kind=Event.Kind.RENAMED).exists()


def test_it_is_undone_unless_somebody_renamed_it_again(ticket, ada, grace):
    before = ticket.subject
    rename_ticket(ticket, subject="One", by=ada)
    first = ticket.events.get(kind=Event.Kind.RENAMED)
    rename_ticket(ticket, subject="Two", by=grace)
    with pytest.raises(ChangedMeanwhile):
        undo(first, by=ada)

    undo(ticket.events.filter(kind=Event.Kind.RENAMED).last(), by=grace)
    undo(first, by=ada)

    assert Ticket.objects.get(pk=ticket.pk).subject == before


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_strangers_may_not(ticket, who, request):
    with pytest.raises(PermissionDenied):
        rename_ticket(ticket, subject="Mine", by=request.getfixturevalue(who))
