"""A letter about two things becomes two tickets in one click, and one again."""

import pytest
from django.core.exceptions import PermissionDenied

from helpdesk.lib.errors import DeskError
from tests.tickets.portal.test_coached import TWO
from tickets import actions
from tickets.attachments import IncomingFile
from tickets.lifecycle import Status
from tickets.models import Event, Ticket

MAIL = "Не можемо увійти в поштову скриньку, пише помилку 535"


@pytest.fixture
def two(carla, billing):
    """A letter of Carla's about her site and about her mailbox, with a file."""
    files = [IncomingFile("log.txt", b"502")]
    return actions.open_ticket(
        customer=carla, by=carla, subject="Не працює", body=TWO["body"], channel="mail", files=files
    )


def test_what_opens_a_ticket_is_looked_at_once(two, ticket, carla, ada, billing):
    assert two.matters == {"message": two.messages.get().pk, "others": [[1, MAIL]]}
    assert ticket.matters == {}
    by_ada = {"customer": carla, "by": ada, "department": billing, "subject": "x", **TWO}
    assert actions.open_ticket(**by_ada).matters == {}


def test_a_further_matter_becomes_a_linked_ticket_of_the_same_customer(two, ada, carla):
    actions.assign_ticket(two, to=ada, by=ada)

    new = actions.split_matter(two, at=1, by=ada)

    two.refresh_from_db()
    new.refresh_from_db()
    copy = new.messages.get()
    assert (new.subject, new.customer, new.assignee, new.status) == (MAIL, carla, ada, Status.OPEN)
    assert (new.channel, new.has_files) == ("mail", False)
    assert "помилку 535" in copy.text
    assert "502" not in copy.text
    assert (copy.author, copy.from_customer) == (carla, True)
    assert new.preview.startswith("Також не можемо")
    assert two.messages.get().text == TWO["body"]
    assert two.has_files
    assert two.links_from.get().target == new
    assert two.matters == {}


def test_both_histories_have_a_line(two, ada):
    new = actions.split_matter(two, at=1, by=ada)

    told = {one.ticket: one.details for one in Event.objects.filter(kind=Event.Kind.SPLIT)}
    assert (told[two]["into"], told[new]["source"]) == (new.number, two.number)


def test_it_is_split_off_once(two, ada):
    actions.split_matter(two, at=1, by=ada)

    with pytest.raises(DeskError, match="already"):
        actions.split_matter(two, at=1, by=ada)
    assert Ticket.objects.count() == 2


@pytest.mark.parametrize("at", [0, 2, -1, 99])
def test_what_was_not_found_is_not_split_off(two, ada, at):
    with pytest.raises(DeskError):
        actions.split_matter(two, at=at, by=ada)


def test_a_letter_that_reads_otherwise_by_now_is_left_alone(two, ada):
    two.messages.update(text="Сайт не відкривається.")

    with pytest.raises(DeskError, match="otherwise"):
        actions.split_matter(two, at=1, by=ada)


def test_undone_it_is_one_ticket_again_and_offered_once_more(two, ada):
    offered = two.matters
    new = actions.split_matter(two, at=1, by=ada)

    actions.undo(two.events.get(kind=Event.Kind.SPLIT), by=ada)

    two.refresh_from_db()
    new.refresh_from_db()
    assert (new.status, new.merged_into) == (Status.MERGED, two)
    assert not new.messages.public().exists()
    assert two.matters == offered
    assert actions.split_matter(two, at=1, by=ada).messages.public().exists()


def test_it_is_not_undone_once_somebody_answered_there(two, ada):
    new = actions.split_matter(two, at=1, by=ada)
    actions.reply_to_ticket(new, by=ada, body="Який пароль?")

    with pytest.raises(DeskError, match="written"):
        actions.undo(two.events.get(kind=Event.Kind.SPLIT), by=ada)


@pytest.mark.parametrize("who", ["carla", "mallory", "linus", "bo"])
def test_only_who_works_on_it_may(two, who, request):
    with pytest.raises(PermissionDenied):
        actions.split_matter(two, at=1, by=request.getfixturevalue(who))


def test_the_page_offers_it_in_one_click(enter, two, ada):
    browser, address = enter(ada), f"/agent/tickets/{two.number}/"
    assert f"Split off: {MAIL}" in browser.get(address).text

    browser.post(f"{address}matters/", {"at": "1"})

    page = browser.get(address).text
    assert "Split off:" not in page
    assert f"split “{MAIL}” off into" in page
    assert Ticket.objects.count() == 2
