"""Opening a ticket on behalf of a customer."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from departments.models import Category, User
from tests.tickets.custom_fields import make
from tests.tickets.test_attachments import PDF
from tickets.lifecycle import Status
from tickets.models import Ticket

URL = "/agent/tickets/new/"


@pytest.fixture
def typed(billing):
    return {
        "customer": "Carla@Customer.example",
        "name": "Carla Bondar",
        "channel": "agent",
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
    enter(ada).post(URL, {**typed, "files": [SimpleUploadedFile("scan.pdf", PDF)]})

    assert Ticket.objects.get().messages.get().attachments.get().name == "scan.pdf"


@pytest.mark.parametrize(
    "wrong",
    [
        {"customer": "nobody"},
        {"subject": ""},
        {"body": " "},
        {"copies": "boss@customer.example, nobody"},
        {"priority": "9"},
        {"channel": "web"},
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


TOMORROW = (timezone.localtime() + timedelta(days=1)).replace(second=0, microsecond=0)


@pytest.mark.parametrize("way", [Ticket.Channel.PHONE, Ticket.Channel.VISIT, Ticket.Channel.AGENT])
def test_how_they_reached_us_is_kept_and_so_is_a_new_number(ada, enter, typed, way):
    enter(ada).post(URL, {**typed, "channel": way, "phone": "+380 44 1"})

    ticket = Ticket.objects.get()
    assert ticket.channel == way
    assert ticket.customer.phone == "+380 44 1"


def test_who_wants_to_be_called_is_called_at_the_agents_time(ada, enter, typed):
    ada.time_zone = "America/New_York"
    ada.save()
    wanted = {"channel": "callback", "phone": "1234", "call_at": f"{TOMORROW:%Y-%m-%d}T15:00"}

    browser = enter(ada)
    browser.post(URL, {**typed, **wanted})

    ticket = Ticket.objects.get()
    at = ticket.callback.at.astimezone(ZoneInfo("America/New_York"))
    assert (at.hour, at.minute) == (15, 0)
    assert (ticket.status, ticket.hold_until) == (Status.ON_HOLD, ticket.callback.at)
    assert ticket.channel == Ticket.Channel.PHONE
    page = browser.get(reverse("agent:ticket", args=[ticket.number])).text
    assert 'href="tel:1234"' in page
    browser.post(reverse("agent:call", args=[ticket.number]))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.callback.called_at is not None) == (Status.OPEN, True)


def test_another_time_can_be_noted_on_the_ticket(ada, ticket, enter):
    url = reverse("agent:callback", args=[ticket.number])
    browser = enter(ada)

    assert browser.post(url, {"number": "1", "at": "2001-01-01T10:00"}).status_code == 422
    browser.post(url, {"number": "1", "at": f"{TOMORROW:%Y-%m-%dT%H:%M}"})

    assert ticket.callback.number == "1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"call_at": f"{TOMORROW:%Y-%m-%dT%H:%M}"},
        {"phone": "1234"},
        {"phone": "1234", "call_at": "2001-01-01T10:00"},
    ],
)
def test_a_call_needs_a_number_and_a_time_to_come(ada, enter, typed, wrong):
    response = enter(ada).post(URL, {**typed, "channel": "callback", **wrong})

    assert response.status_code == 422
    assert not Ticket.objects.exists()


def test_a_known_address_shows_whose_it_is_and_what_is_unfinished(ada, ticket, enter):
    part = enter(ada).get(reverse("agent:known_customer"), {"customer": "carla@customer.example"})

    assert "Carla Bondar" in part.text
    assert "Не прийшов рахунок" in part.text


@pytest.mark.parametrize("typed_so_far", ["", "carla", "carla@customer.example", "no@body.example"])
def test_nothing_is_told_of_other_departments_customers(linus, ticket, enter, typed_so_far):
    part = enter(linus).get(reverse("agent:known_customer"), {"customer": typed_so_far})

    assert part.text.strip() == ""


def test_without_a_script_the_form_stops_once_and_shows_them(ada, carla, ticket, enter, typed):
    browser = enter(ada)

    stopped = browser.post(URL, typed)
    assert stopped.status_code == 422
    assert "Не прийшов рахунок" in stopped.text
    assert f'name="known" value="{carla.pk}"' in stopped.text
    browser.post(URL, {**typed, "known": carla.pk})

    assert Ticket.objects.filter(customer=carla).count() == 2


@pytest.fixture
def fields(billing, hosting):
    topic = Category.objects.create(slug="bills", name={"en": "Bills"}, department=billing)
    make("contract", departments=(billing,), categories=(topic,), required=True)
    make("amount", "number", categories=(topic,))
    make("domain", departments=(hosting,), required=True)
    return topic


def test_fields_of_the_chosen_category_are_asked_for_before_it_is_opened(ada, enter, typed, fields):
    browser, typed = enter(ada), typed | {"category": fields.pk}

    page = browser.post(URL, typed)

    assert page.status_code == 422
    assert not Ticket.objects.exists()
    assert 'name="field-contract"' in page.content.decode()
    assert "Called about October" in page.content.decode()
    assert "field-domain" not in page.content.decode()
    browser.post(URL, typed | {"field-contract": "4711", "field-amount": "5"})
    assert Ticket.objects.get().fields == {"contract": "4711", "amount": 5}


def test_fields_that_nobody_requires_hold_nothing_up(ada, enter, typed, fields):
    assert enter(ada).post(URL, typed).status_code == 302
    assert Ticket.objects.get().fields == {}


def test_the_page_asks_at_once_for_what_was_chosen(ada, enter, billing, hosting, fields):
    browser = enter(ada)
    chosen = {"department": billing.pk, "category": fields.pk, "field-contract": "47"}

    part = browser.get(f"{URL}fields/", chosen).content.decode()

    assert 'value="47"' in part
    assert "field-amount" in part
    assert "This field is required" not in part
    for wrong in ({}, {"department": "x", "category": "²"}, {"department": hosting.pk}):
        # What other departments ask is none of Ada's business.
        assert "field-" not in browser.get(f"{URL}fields/", wrong).content.decode().replace(
            "new-fields", ""
        )
