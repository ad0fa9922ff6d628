"""A mistyped address goes; the main one cannot."""

import pytest
from allauth.account.models import EmailAddress

from departments.actions import prove_address
from departments.models import person_at
from helpdesk.lib.errors import DeskError
from tickets.actions import add_address, remove_address


def test_a_link_that_is_on_its_way_proves_nothing_any_more(ticket, ada, carla):
    row = add_address(carla, address="carla@hom.example", by=ada)

    remove_address(row, by=ada)

    assert prove_address("carla@hom.example", of=carla) is None
    assert person_at("carla@hom.example") is None


def test_the_main_one_stays(ticket, ada, carla):
    row = EmailAddress.objects.create(user=carla, email=carla.email, verified=True, primary=True)

    with pytest.raises(DeskError, match="main"):
        remove_address(row, by=ada)

    assert person_at("carla@customer.example") == carla
