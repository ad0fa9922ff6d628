"""An administrator's word is as good as a letter."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.actions import welcome_customer
from departments.models import person_at
from tickets.actions import AddressTaken, add_address, vouch_for_address


def test_the_address_counts_at_once(ticket, ada, root, carla):
    row = add_address(carla, address="carla@home.example", by=ada)

    vouch_for_address(row, by=root)

    assert person_at("carla@home.example") == carla


def test_an_agent_cannot_vouch(ticket, ada, carla):
    row = add_address(carla, address="carla@home.example", by=ada)

    with pytest.raises(PermissionDenied):
        vouch_for_address(row, by=ada)


def test_not_for_what_somebody_else_has_by_now(ticket, ada, root, carla):
    row = add_address(carla, address="karla@home.example", by=ada)
    welcome_customer("karla@home.example")

    with pytest.raises(AddressTaken):
        vouch_for_address(row, by=root)
