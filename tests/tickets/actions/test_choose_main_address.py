"""Our letters go to another address; the one before stays the customer's."""

import pytest

from departments.actions import note_returned_mail
from departments.models import ReturnedMail, person_at
from helpdesk.lib.errors import DeskError
from mailgateway.models import OutboundEmail
from tickets.actions import add_address, choose_main_address, reply_to_ticket, vouch_for_address


@pytest.fixture
def home(ticket, ada, root, carla):
    row = add_address(carla, address="carla@home.example", by=ada)
    return vouch_for_address(row, by=root)


def test_letters_go_there_and_both_find_the_customer(ticket, home, ada, carla):
    note_returned_mail(carla, status="5.1.1")

    choose_main_address(carla, address=home.email, by=ada)
    reply_to_ticket(ticket, by=ada, body="Here you are")

    assert OutboundEmail.objects.filter(kind="replied").get().recipient == "carla@home.example"
    assert person_at("carla@customer.example") == person_at("carla@home.example") == carla
    assert not ReturnedMail.objects.exists()


def test_one_may_go_back(home, ada, carla):
    carla = choose_main_address(carla, address=home.email, by=ada)

    carla = choose_main_address(carla, address="carla@customer.example", by=ada)

    assert carla.email == "carla@customer.example"
    assert carla.emailaddress_set.filter(primary=True).get().email == carla.email


def test_nothing_goes_to_an_address_that_nobody_proved(ticket, ada, carla):
    add_address(carla, address="carla@home.example", by=ada)

    with pytest.raises(DeskError, match="proved"):
        choose_main_address(carla, address="carla@home.example", by=ada)
