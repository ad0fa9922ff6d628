"""Opening a ticket on behalf of a customer."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from departments.models import User
from tickets.lifecycle import Status
from tickets.models import Ticket

URL = "/agent/tickets/new/"


@pytest.fixture
def typed(billing):
    return {
        "customer": "Carla@Customer.example",
        "name": "Carla Bondar",
        "subject": "Called about October",
        "body": "The invoice is missing.",
        "department": billing.pk,
        "priority": "3",
        "copies": "boss@customer.example; second@customer.example",
    }


def test_the_customer_is_made_with_it(ada, enter, typed):
    response = enter(ada).post(URL, typed)

    ticket = Ticket.objects.get()
    assert response.headers["Location"] == reverse("agent:ticket", args=[ticket.number])
    assert (ticket.customer.email, ticket.customer.name) == (
        "carla@customer.example",
        "Carla Bondar",
    )
    assert (ticket.assignee, ticket.status, ticket.priority) == (ada, Status.OPEN, 3)
    assert ticket.channel == Ticket.Channel.AGENT
    assert ticket.followers.filter(in_copy=True).count() == 2


def test_a_known_customer_keeps_their_name(ada, carla, enter, typed):
    enter(ada).post(URL, {**typed, "name": "Somebody Else"})

    carla.refresh_from_db()
    assert carla.name == "Carla Bondar"
    assert Ticket.objects.get().customer == carla


def test_files_come_along(ada, enter, typed):
    enter(ada).post(URL, {**typed, "files": [SimpleUploadedFile("scan.pdf", b"%PDF-1.4 x")]})

    assert Ticket.objects.get().messages.get().attachments.get().name == "scan.pdf"


@pytest.mark.parametrize(
    "wrong",
    [
        {"customer": "nobody"},
        {"subject": ""},
        {"body": " "},
        {"copies": "boss@customer.example, nobody"},
        {"priority": "9"},
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_is_kept(ada, enter, typed, wrong):
    response = enter(ada).post(URL, {**typed, **wrong})

    assert response.status_code == 422
    assert "Carla Bondar" in response.content.decode()
    assert not Ticket.objects.exists()
    assert not User.objects.filter(email="carla@customer.example").exists()


def test_only_ones_own_departments_are_a_choice(ada, hosting, enter, typed):
    assert enter(ada).post(URL, {**typed, "department": hosting.pk}).status_code == 422
    assert not Ticket.objects.exists()


def test_the_address_can_stand_there_already(ada, enter):
    page = enter(ada).get(URL, {"customer": "carla@customer.example"})

    assert page.status_code == 200
    assert 'value="carla@customer.example"' in page.content.decode()


@pytest.mark.parametrize(("who", "status"), [("carla", 403), ("bo", 302)])
def test_customers_write_elsewhere(who, status, enter, typed, request):
    client = enter(request.getfixturevalue(who))

    assert client.get(URL).status_code == status
    assert client.post(URL, typed).status_code == status
