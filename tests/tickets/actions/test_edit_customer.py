"""What agents put down about a customer."""

import pytest
from django.core.exceptions import PermissionDenied

from departments.models import Organisation
from tickets.actions import edit_customer, open_ticket


def test_what_is_said_is_kept_and_the_rest_stays(ticket, ada, carla):
    edited = edit_customer(carla, by=ada, phone=" +380 44 1 ", notes="Calls on Fridays")

    assert (edited.name, edited.language) == ("Carla Bondar", "uk")
    assert (edited.phone, edited.notes) == ("+380 44 1", "Calls on Fridays")


def test_an_organisation_is_found_by_its_name_or_made(ticket, ada, carla):
    known = Organisation.objects.create(name="Akme")

    assert edit_customer(carla, by=ada, organisation="akme").organisation == known
    assert edit_customer(carla, by=ada, organisation="Bondar & Co").organisation != known
    assert edit_customer(carla, by=ada, organisation=" ").organisation is None


def test_who_reads_a_colleagues_tickets_is_decided_where_all_of_them_are_known(
    ticket, ada, carla, hosting
):
    open_ticket(customer=carla, by=carla, subject="Disk", body="Full", department=hosting)

    assert edit_customer(carla, by=ada, notes="Friendly").notes == "Friendly"
    with pytest.raises(PermissionDenied):
        edit_customer(carla, by=ada, organisation="Akme")


@pytest.mark.parametrize("who", ["linus", "mallory", "bo"])
def test_strangers_may_not(ticket, carla, who, request):
    with pytest.raises(PermissionDenied):
        edit_customer(carla, by=request.getfixturevalue(who), name="Nobody")
