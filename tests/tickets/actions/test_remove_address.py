"""A mistyped address goes; the main one cannot."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from departments.actions import prove_address
from departments.models import person_at
from helpdesk.lib.errors import DeskError
from tickets.actions import add_address, remove_address


def test_a_link_that_is_on_its_way_proves_nothing_any_more(ticket, ada, carla):
    row = add_address(carla, address="carla@hom.example", by=ada)

    remove_address(row, by=ada)

    assert prove_address("carla@hom.example", of=carla) is None
    assert person_at("carla@hom.example") is None


def test_who_signed_in_by_an_address_that_was_a_strangers_is_out(ticket, ada, carla, enter):
    row = EmailAddress.objects.create(user=carla, email="carla@hom.example", verified=True)
    stranger = enter(carla)
    assert stranger.get("/").status_code == 200

    remove_address(row, by=ada)

    assert stranger.get("/").status_code == 302
    # It may have been the stranger who chose it.
    assert not Client().login(email=carla.email, password="correct horse")


def test_an_address_that_let_nobody_in_goes_without_a_word(ticket, ada, carla, enter):
    row = add_address(carla, address="carla@hom.example", by=ada)
    browser = enter(carla)

    remove_address(row, by=ada)

    assert browser.get("/").status_code == 200


def test_the_main_one_stays(ticket, ada, carla):
    row = EmailAddress.objects.create(user=carla, email=carla.email, verified=True, primary=True)

    with pytest.raises(DeskError, match="main"):
        remove_address(row, by=ada)

    assert person_at("carla@customer.example") == carla
