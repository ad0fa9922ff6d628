"""Two customers turn out to be one person."""

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from departments.actions import welcome_customer
from departments.models import person_at
from helpdesk.lib.errors import DeskError
from tickets import search
from tickets.actions import (
    follow_ticket,
    merge_people,
    open_ticket,
    preview_merge,
    rate_ticket,
    solve_ticket,
)
from tickets.audience import FINDERS
from tickets.models import Event, Notification, Ticket


@pytest.fixture
def karla(db):
    """Carla, who also writes from another address."""
    return welcome_customer("karla@old.example", name="Карла", language="uk")


@pytest.fixture
def old(karla, billing):
    return open_ticket(customer=karla, by=karla, subject="Пароль", body="Забула пароль.")


def test_her_tickets_and_letters_are_one_customers_from_now_on(old, karla, ticket, ada, carla):
    merge_people(karla, into=carla, by=ada)

    karla.refresh_from_db()
    assert set(Ticket.objects.filter(customer=carla)) == {old, ticket}
    assert person_at("karla@old.example") == carla
    assert welcome_customer("Karla@old.example") == carla
    assert (karla.is_active, karla.merged_into, str(karla)) == (False, carla, "Карла")
    line = old.events.get(kind=Event.Kind.UNITED)
    assert line.actor == ada
    assert line.details["before"] == "Карла (karla@old.example)"


def test_it_is_shown_before_it_is_done(old, karla, ticket, ada, carla):
    karla.notes = "Forgets her password"
    karla.save()

    preview = preview_merge(karla, carla, by=ada)

    assert (preview.tickets, preview.messages, preview.copies) == (1, 1, 0)
    assert preview.addresses == ["karla@old.example"]
    assert preview.takes_notes
    assert preview.refusal == ""
    assert not Event.objects.filter(kind=Event.Kind.UNITED).exists()


def test_no_bell_rings(old, karla, ada, grace, ticket, carla):
    Notification.objects.all().delete()

    merge_people(karla, into=carla, by=ada)

    assert Event.Kind.UNITED not in FINDERS
    assert not Notification.objects.exists()


def test_many_tickets_cost_no_more_questions_than_one(old, karla, ticket, ada, carla, root):
    other = welcome_customer("k@third.example")
    open_ticket(customer=other, by=other, subject="One", body="One")
    with CaptureQueriesContext(
        connection,
    ) as one:
        merge_people(other, into=carla, by=ada)
    for number in range(5):
        open_ticket(customer=karla, by=karla, subject=f"No. {number}", body="More")

    with CaptureQueriesContext(connection) as many:
        merge_people(karla, into=carla, by=ada)

    assert len(many) <= len(one)
    assert Ticket.objects.filter(customer=carla).count() == 8


def test_words_find_the_tickets_under_the_new_name(old, karla, ticket, ada, carla):
    merge_people(karla, into=carla, by=ada)

    mine = Ticket.objects.workable_by(ada)
    assert old in search.find("Bondar", mine, by=ada, only="subject")
    assert old in search.find("пароль", mine, by=ada, only="subject")
    assert old not in search.find("Карла", mine, by=ada, only="subject")


def test_nobody_is_in_copy_of_their_own_ticket(old, karla, ticket, ada, carla, root):
    follow_ticket(ticket, who=karla, by=ada, in_copy=True)
    follow_ticket(old, who=carla, by=ada, in_copy=True)
    third = welcome_customer("third@customer.example")
    other = open_ticket(customer=third, by=third, subject="Third", body="Third")
    follow_ticket(other, who=karla, by=ada, in_copy=True)

    merge_people(karla, into=carla, by=root)

    assert not ticket.followers.exists()
    assert not old.followers.exists()
    assert other.followers.get().user == carla


def test_what_only_she_had_is_filled_in_and_notes_are_joined(old, karla, ticket, ada, carla):
    karla.phone, karla.notes = "+380 44 2", "Forgets her password"
    karla.save()
    carla.notes = "Friendly"
    carla.save()

    merge_people(karla, into=carla, by=ada)

    carla.refresh_from_db()
    assert (carla.phone, carla.name) == ("+380 44 2", "Carla Bondar")
    assert carla.notes == "Friendly\n\nForgets her password"


def test_ratings_are_hers(old, karla, ticket, ada, carla):
    solve_ticket(old, by=ada)
    rating = rate_ticket(old, score=4, by=karla)

    merge_people(karla, into=carla, by=ada)

    rating.refresh_from_db()
    assert rating.customer == carla


def test_she_can_no_longer_sign_in_as_the_other_one(old, karla, ticket, ada, carla, enter):
    browser = enter(karla)
    EmailAddress.objects.create(user=karla, email=karla.email, verified=True, primary=True)

    merge_people(karla, into=carla, by=ada)

    assert browser.get("/").status_code == 302
    assert not EmailAddress.objects.filter(user=karla).exists()
    assert EmailAddress.objects.get(email="karla@old.example").user == carla


@pytest.mark.parametrize("who", ["linus", "grace", "root", "bo"])
def test_people_who_work_here_are_never_merged_away(ticket, carla, root, who, request):
    agent = request.getfixturevalue(who)

    with pytest.raises((DeskError, PermissionDenied)):
        merge_people(agent, into=carla, by=root)

    agent.refresh_from_db()
    assert agent.merged_into is None


def test_nobody_is_merged_with_themselves_or_twice(old, karla, ticket, ada, carla, mallory, root):
    with pytest.raises(DeskError, match="one customer"):
        merge_people(carla, into=carla, by=ada)
    merge_people(karla, into=carla, by=ada)

    with pytest.raises(DeskError, match="already"):
        merge_people(karla, into=mallory, by=root)


def test_it_takes_somebody_who_works_on_all_of_their_tickets(
    old, karla, ticket, ada, linus, root, carla, hosting
):
    open_ticket(customer=karla, by=karla, subject="Disk", body="Full", department=hosting)

    for agent in (ada, linus):
        with pytest.raises(PermissionDenied):
            merge_people(karla, into=carla, by=agent)
    merge_people(karla, into=carla, by=root)
