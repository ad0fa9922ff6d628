"""Programs of agents read and edit what is known of customers."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from departments.actions import welcome_customer
from departments.models import ApiToken
from tickets.actions import merge_people, open_ticket


def program_of(user):
    secret = ApiToken.issue(user, "test")[1]
    return Client(headers={"authorization": f"Bearer {secret}"})


def path(person):
    return f"/api/v1/customers/{person.pk}"


def test_a_customer_is_read_with_all_addresses(ticket, ada, carla):
    EmailAddress.objects.create(user=carla, email="carla@home.example", verified=True)
    EmailAddress.objects.create(user=carla, email="carla@work.example")

    told = program_of(ada).get(path(carla)).json()

    assert told["name"] == "Carla Bondar"
    assert told["addresses"] == [
        {"address": "carla@customer.example", "main": True, "proved": True},
        {"address": "carla@home.example", "main": False, "proved": True},
        {"address": "carla@work.example", "main": False, "proved": False},
    ]


def test_what_is_left_out_stays(ticket, ada, carla):
    said = {"notes": "Friendly", "organisation": "Akme"}

    told = program_of(ada).patch(path(carla), said, content_type="application/json").json()

    assert (told["notes"], told["organisation"], told["language"]) == ("Friendly", "Akme", "uk")


@pytest.mark.parametrize("who", ["linus", "carla", "mallory"])
def test_others_learn_nothing(ticket, carla, who, request):
    program = program_of(request.getfixturevalue(who))

    assert program.get(path(carla)).status_code == 404
    answer = program.patch(path(carla), {"notes": "x"}, content_type="application/json")
    assert answer.status_code == 404


def test_nonsense_is_refused(ticket, carla, ada):
    said = {"language": "xx"}

    answer = program_of(ada).patch(path(carla), said, content_type="application/json")

    assert answer.status_code == 422


def test_somebody_merged_away_is_read_as_who_they_are(ticket, ada, carla, mallory):
    open_ticket(customer=mallory, by=mallory, subject="Old", body="Old")
    merge_people(mallory, into=carla, by=ada)

    assert program_of(ada).get(path(mallory)).json()["id"] == carla.pk


def test_somebody_merged_away_twice_is_read_as_who_they_are(ticket, ada, carla, mallory, billing):
    first = welcome_customer("karla@old.example")
    for one in (first, mallory):
        open_ticket(customer=one, by=one, subject="Old", body="Old")
    merge_people(first, into=mallory, by=ada)
    merge_people(mallory, into=carla, by=ada)

    assert program_of(ada).get(path(first)).json()["id"] == carla.pk
