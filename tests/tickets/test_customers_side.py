"""On which tickets somebody stands on the customer's side, and what of them they see there."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from departments.models import DeskSettings, Organisation
from tickets import actions
from tickets.models import Ticket
from tickets.permissions import can_write, can_write_from, is_customer_of


@pytest.fixture
def mallorys(mallory, billing):
    return actions.open_ticket(customer=mallory, by=mallory, subject="Mine", body="Too long")


def test_an_agent_who_follows_it_is_no_customer_of_it(ticket, ada, linus):
    actions.follow_ticket(ticket, who=ada, by=ada)

    assert not is_customer_of(ada, ticket)
    assert not Ticket.objects.of_customer(ada).exists()


def test_colleagues_of_another_organisation_see_nothing(ticket, carla, mallory):
    for person, name in ((carla, "Akme"), (mallory, "Bolt")):
        person.organisation = Organisation.objects.create(name=name, shares_tickets=True)
        person.save()

    assert not Ticket.objects.of_customer(mallory).exists()
    assert not is_customer_of(mallory, ticket)


def test_a_colleague_goes_on_only_where_tickets_are_shared(ticket, carla, mallory):
    akme = Organisation.objects.create(name="Akme")
    for person in (carla, mallory):
        person.organisation = akme
        person.save()
    with pytest.raises(PermissionDenied):
        actions.continue_conversation(ticket, by=mallory, body="Me too")

    akme.shares_tickets = True
    akme.save()
    mallory.refresh_from_db()
    ticket.refresh_from_db()

    assert actions.continue_conversation(ticket, by=mallory, body="Me too").from_customer


def test_spam_stands_in_no_list_and_only_who_wrote_it_is_still_its_customer(
    enter, ticket, carla, mallory, ada
):
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    actions.mark_as_spam(ticket, by=ada)
    ticket.refresh_from_db()

    for reader in (carla, mallory):
        assert ticket.subject not in enter(reader).get("/").text
        assert ticket.subject not in enter(reader).get("/?text=рахунок").text
    assert not is_customer_of(mallory, ticket)


def test_what_strangers_said_in_a_ticket_that_was_merged_is_not_shown(
    enter, ticket, mallorys, carla, mallory, ada
):
    actions.merge_tickets(mallorys, into=ticket, by=ada)
    browser, page = enter(carla), f"/tickets/{ticket.number}/"

    assert "Too long" not in browser.get(page).text
    assert "Too long" not in browser.get(f"{page}news/?shown=1&status=x").text
    # Who is not in copy there any more stays with her own.
    ticket.followers.filter(user=mallory).delete()
    hers = enter(mallory).get(f"/tickets/{mallorys.number}/")
    assert (hers.status_code, "Too long" in hers.text) == (200, True)


def test_what_was_merged_and_merged_again_is_read_in_the_last(enter, ticket, carla, ada):
    second, third = (
        actions.open_ticket(customer=carla, by=carla, subject=word, body=f"{word} words")
        for word in ("Second", "Third")
    )
    actions.merge_tickets(ticket, into=second, by=ada)
    actions.merge_tickets(second, into=third, by=ada)

    page = enter(carla).get(f"/tickets/{third.number}/").text

    for words in ("Номер договору 4711", "Second words", "Third words"):
        assert words in page


def test_what_one_wrote_oneself_is_not_to_be_rated_and_ratings_of_others_are_not_shown(
    enter, ticket, carla, mallory, ada
):
    carla.language = mallory.language = "en"
    carla.save()
    mallory.save()
    own = ticket.messages.get()
    answer = actions.reply_to_ticket(ticket, by=ada, body="Here")
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    actions.rate_answer(answer, good=False, by=carla)
    page = f"/tickets/{ticket.number}/"

    hers = enter(carla).get(page).text
    assert "You rated this answer: bad." in hers
    assert f"/messages/{own.pk}/rating/" not in hers
    assert "You rated this answer" not in enter(mallory).get(page).text


def test_the_department_says_after_how_many_days_a_follow_up_begins(ticket, carla, ada):
    ticket.department.follow_up_after_days = 3
    ticket.department.save()
    actions.close_ticket(ticket, by=ada)
    for days, goes_on in ((2, True), (4, False)):
        Ticket.objects.filter(pk=ticket.pk).update(
            status="closed", closed_at=timezone.now() - timedelta(days=days)
        )
        here = Ticket.objects.get(pk=ticket.pk)
        said = actions.continue_conversation(here, by=carla, body="Again")
        assert (said.ticket_id == ticket.pk) is goes_on


def test_what_an_agent_answers_does_not_count_where_they_are_customers(ticket, ada, hosting, linus):
    DeskSettings(messages_per_hour=1).save()
    for number in range(3):
        actions.reply_to_ticket(ticket, by=ada, body=f"{number}")

    own = actions.open_ticket(
        customer=ada, by=ada, subject="My site", body="is down", department=hosting
    )
    with pytest.raises(actions.TooMuchWritten):
        actions.reply_to_ticket(own, by=ada, body="Still")


def test_who_belongs_to_an_organisation_is_known_by_whatever_address(mallory, billing):
    DeskSettings(writers="known").save()
    assert not can_write_from(mallory.email)

    mallory.organisation = Organisation.objects.create(name="Akme", domains=["akme.example"])
    mallory.save()

    assert can_write(mallory)
    assert can_write_from(mallory.email)


def test_what_one_customer_writes_neither_stops_others_nor_their_own_letters(
    ticket, carla, mallory, billing
):
    DeskSettings(messages_per_hour=1).save()
    with pytest.raises(actions.TooMuchWritten):
        actions.reply_to_ticket(ticket, by=carla, body="In the portal")

    actions.reply_to_ticket(ticket, by=carla, body="By letter", channel="mail")
    actions.open_ticket(customer=mallory, by=mallory, subject="Mine", body="Mine")


def test_what_was_said_on_spam_is_no_news(enter, ticket, carla, ada):
    before = timezone.now().isoformat()
    actions.reply_to_ticket(ticket, by=ada, body="Here")
    browser = enter(carla)
    assert browser.get("/news/", {"since": before}).json()["count"] == 1

    actions.mark_as_spam(ticket, by=ada)

    assert browser.get("/news/", {"since": before}).status_code == 204
