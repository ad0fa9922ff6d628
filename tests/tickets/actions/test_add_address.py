"""Agents put down another address of a customer; until it is proved it means nothing."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.actions import prove_address, welcome_customer
from departments.models import person_at
from helpdesk.lib.errors import DeskError
from tickets.actions import AddressTaken, add_address, open_ticket


def test_it_finds_the_customer_once_it_is_proved(ticket, ada, carla):
    add_address(carla, address=" Carla@Home.example ", by=ada)
    assert person_at("carla@home.example") is None

    assert prove_address("carla@home.example") is not None

    assert person_at("Carla@home.example") == carla
    assert welcome_customer("carla@home.example", name="Somebody") == carla


def test_an_address_of_somebody_else_names_them(ticket, ada, carla, mallory):
    with pytest.raises(AddressTaken) as refusal:
        add_address(carla, address=mallory.email, by=ada)

    assert refusal.value.holder == mallory


@pytest.mark.parametrize("known", ["carla@customer.example", "carla@home.example"])
def test_twice_is_once(ticket, ada, carla, known):
    add_address(carla, address="carla@home.example", by=ada)

    with pytest.raises(DeskError, match="already"):
        add_address(carla, address=known, by=ada)


def test_whoever_wrote_from_it_meanwhile_keeps_it(ticket, ada, carla):
    add_address(carla, address="karla@home.example", by=ada)
    karla = welcome_customer("karla@home.example")

    assert prove_address("karla@home.example") is None

    assert person_at("karla@home.example") == karla


def test_agents_who_do_not_work_on_all_tickets_may_not(ticket, ada, linus, carla, hosting):
    with pytest.raises(PermissionDenied):
        add_address(carla, address="carla@home.example", by=linus)
    open_ticket(customer=carla, by=carla, subject="Disk", body="Full", department=hosting)

    for agent in (ada, linus):
        with pytest.raises(PermissionDenied):
            add_address(carla, address="carla@home.example", by=agent)


def test_people_who_work_here_see_to_their_own(ticket, ada, grace, billing):
    open_ticket(customer=grace, by=grace, subject="Mine", body="Mine", department=billing)

    with pytest.raises(PermissionDenied):
        add_address(grace, address="grace@home.example", by=ada)
