"""They were two after all: what the merge moved goes back, and nothing else."""

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied

from departments.actions import welcome_customer
from departments.models import person_at
from helpdesk.lib.errors import DeskError
from tickets import search
from tickets.actions import (
    choose_main_address,
    edit_customer,
    follow_ticket,
    forward_ticket,
    merge_people,
    move_ticket,
    open_ticket,
    undo_merge_people,
)
from tickets.models import Event, Ticket


@pytest.fixture
def karla(db):
    return welcome_customer("karla@old.example", name="Карла", language="uk")


@pytest.fixture
def old(karla, billing):
    return open_ticket(customer=karla, by=karla, subject="Пароль", body="Забула пароль.")


def test_everything_stands_as_before(old, karla, ticket, ada, carla):
    karla.notes = "Forgets her password"
    karla.save()
    EmailAddress.objects.create(user=karla, email=karla.email, verified=True, primary=True)
    follow_ticket(ticket, who=karla, by=ada, in_copy=True)
    merge = merge_people(karla, into=carla, by=ada)

    assert undo_merge_people(merge, by=ada) == []

    karla.refresh_from_db()
    carla.refresh_from_db()
    assert (karla.email, karla.is_active, karla.merged_into) == ("karla@old.example", True, None)
    assert carla.notes == ""
    assert person_at("karla@old.example") == karla
    assert EmailAddress.objects.get().primary
    assert list(Ticket.objects.filter(customer=karla)) == [old]
    assert list(Ticket.objects.filter(customer=carla)) == [ticket]
    assert ticket.followers.get().user == karla
    assert old in search.find("Карла", Ticket.objects.all(), by=ada, only="subject")
    assert old.events.latest("pk").kind == Event.Kind.UNDONE


def test_who_came_in_as_the_other_is_out(old, karla, ticket, ada, carla, enter):
    merge = merge_people(karla, into=carla, by=ada)
    signed_in_by_karla = enter(carla)  # a code to her address opens the one account
    assert signed_in_by_karla.get("/").status_code == 200

    undo_merge_people(merge, by=ada)

    assert signed_in_by_karla.get("/").status_code == 302


def test_what_came_since_stays_with_whom_it_came_to(old, karla, ticket, ada, carla):
    merge = merge_people(karla, into=carla, by=ada)
    since = open_ticket(customer=carla, by=carla, subject="New", body="New")
    edit_customer(carla, by=ada, notes="Written since")

    undo_merge_people(merge, by=ada)

    carla.refresh_from_db()
    assert set(Ticket.objects.filter(customer=carla)) == {ticket, since}
    assert carla.notes == "Written since"


def test_a_ticket_that_was_given_to_a_third_one_is_named_and_stays(
    old, karla, ticket, ada, carla, mallory
):
    merge = merge_people(karla, into=carla, by=ada)
    Ticket.objects.filter(pk=old.pk).update(customer=mallory)

    assert undo_merge_people(merge, by=ada) == [old.pk]

    old.refresh_from_db()
    assert old.customer == mallory


def test_not_while_letters_go_to_an_address_of_the_other_one(old, karla, ticket, ada, carla):
    merge = merge_people(karla, into=carla, by=ada)
    choose_main_address(carla, address="karla@old.example", by=ada)

    with pytest.raises(DeskError, match="Choose another main address first"):
        undo_merge_people(merge, by=ada)

    assert set(Ticket.objects.filter(customer=carla)) == {old, ticket}


def test_not_before_what_was_built_upon_it(old, karla, ticket, ada, carla, root, mallory):
    first = merge_people(karla, into=carla, by=ada)
    second = merge_people(carla, into=mallory, by=root)
    with pytest.raises(DeskError, match="Undo that first"):
        undo_merge_people(first, by=root)

    undo_merge_people(second, by=root)
    undo_merge_people(first, by=root)

    assert person_at("karla@old.example") == karla
    assert person_at("carla@customer.example") == carla
    assert list(Ticket.objects.filter(customer=karla)) == [old]


def test_once_is_enough_and_strangers_may_not(old, karla, ticket, ada, linus, carla, hosting):
    merge = merge_people(karla, into=carla, by=ada)
    with pytest.raises(PermissionDenied):
        undo_merge_people(merge, by=linus)
    undo_merge_people(merge, by=ada)

    with pytest.raises(DeskError, match="already"):
        undo_merge_people(merge, by=ada)


def test_it_takes_somebody_who_works_on_all_that_goes_back(
    old, karla, ticket, ada, root, carla, hosting
):
    merge = merge_people(karla, into=carla, by=ada)
    move_ticket(old, to=hosting, by=ada)

    with pytest.raises(PermissionDenied):
        undo_merge_people(merge, by=ada)
    undo_merge_people(merge, by=root)


def test_side_conversations_follow_there_and_back(karla, old, mallory, carla, ada, root):
    other = open_ticket(customer=carla, by=carla, subject="Print", body="Print")
    said = forward_ticket(other, by=ada, to=[mallory], body="Hello")
    third = welcome_customer("print@shop.example")

    merge = merge_people(mallory, into=third, by=root)
    assert said.side.addresses == ["print@shop.example"]
    undo_merge_people(merge, by=root)

    assert said.side.addresses == ["mallory@elsewhere.example"]
