"""The customer beside the ticket and on a page of their own: who sees what of them."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from departments.actions import welcome_customer
from departments.models import Organisation, Service, person_at
from tickets import actions
from tickets.models import PeopleMerge, Ticket


def page(person, name="customer", *args):
    return reverse(f"agent:{name}", args=[person.pk, *args])


@pytest.fixture
def karla(billing):
    """Carla, who also wrote from another address."""
    person = welcome_customer("karla@old.example", name="Карла", language="uk")
    actions.open_ticket(customer=person, by=person, subject="Пароль", body="Забула пароль.")
    return person


def test_the_panel_tells_everything_that_is_known(ticket, ada, carla, billing, enter, root):
    carla.notes, carla.phone = "Calls on Fridays", "+380 44 1"
    carla.organisation = Organisation.objects.create(name="Akme")
    carla.save()
    actions.vouch_for_address(
        actions.add_address(carla, address="carla@home.example", by=ada), by=root
    )
    actions.add_address(carla, address="carla@work.example", by=ada)
    server = Service.objects.create(slug="vps", name={"en": "Virtual server"})
    earlier = actions.open_ticket(
        customer=carla, by=carla, subject="Earlier", body="Slow", service=server
    )
    actions.solve_ticket(earlier, by=ada)
    actions.rate_ticket(earlier, score=4, by=carla)

    text = enter(ada).get(reverse("agent:ticket", args=[ticket.number])).text

    told = ("Akme", "Ukrainian", "carla@customer.example", "carla@home.example", "+380 44 1")
    for words in (*told, "Virtual server", "Calls on Fridays", "4.0 of 5, once", page(carla)):
        assert words in text, words
    assert "Solved" in text
    assert re.search(r"carla@work\.example <span class=\"badge\">not proved yet", text)


def test_another_department_learns_nothing_of_what_is_ours(
    ticket, ada, linus, carla, hosting, enter
):
    server = Service.objects.create(slug="vps", name={"en": "Virtual server"})
    ours = actions.open_ticket(
        customer=carla, by=carla, subject="Billing secret", body="x", service=server
    )
    actions.solve_ticket(ours, by=ada)
    actions.rate_ticket(ours, score=1, by=carla, comment="Rude")
    assert enter(linus).get(page(carla)).status_code == 404

    actions.open_ticket(customer=carla, by=carla, subject="Disk", body="x", department=hosting)
    text = enter(linus).get(page(carla)).text

    assert "Disk" in text
    for secret in ("Billing secret", "Virtual server", "of 5, once", "Не прийшов"):
        assert secret not in text
    assert 'name="organisation"' not in text
    assert page(carla, "addresses") not in text


@pytest.mark.parametrize(
    ("who", "status"), [("ada", 200), ("root", 200), ("linus", 404), ("carla", 403), ("bo", 302)]
)
def test_who_gets_in(ticket, carla, who, status, enter, request):
    assert enter(request.getfixturevalue(who)).get(page(carla)).status_code == status


def test_somebody_without_tickets_is_as_unknown_as_nobody(ada, mallory, enter):
    browser = enter(ada)

    assert browser.get(page(mallory)).status_code == 404
    assert browser.get("/agent/customers/99999/").status_code == 404


def test_more_tickets_cost_no_more_questions(write, ada, carla, enter):
    browser = enter(ada)
    write(3)
    with CaptureQueriesContext(connection) as few:
        browser.get(page(carla))
    write(30)

    with CaptureQueriesContext(connection) as many:
        first = browser.get(page(carla)).text

    assert len(many) == len(few) <= 18
    after = re.search(r"\?after=([\w-]+)", first)[1]
    assert "Лист 1" in browser.get(page(carla), {"after": after}).text


def test_agents_edit_what_is_put_down(ticket, ada, carla, enter):
    typed = {"name": "Carla B.", "organisation": "Akme", "language": "de", "phone": "1"}

    answer = enter(ada).post(page(carla), {**typed, "notes": "Friendly"})

    carla.refresh_from_db()
    assert answer.headers["Location"] == page(carla)
    assert (carla.name, carla.organisation.name, carla.notes) == ("Carla B.", "Akme", "Friendly")


def test_a_mistake_is_said_and_what_was_typed_is_kept(ticket, ada, carla, enter):
    answer = enter(ada).post(page(carla), {"name": "Carla B.", "language": "xx"})

    assert answer.status_code == 422
    assert "Carla B." in answer.text


def test_an_address_is_proved_by_the_link_in_a_letter(ticket, ada, carla, enter):
    enter(ada).post(page(carla, "addresses"), {"address": "Carla@home.example"})
    [letter] = mail.outbox
    assert letter.to == ["carla@home.example"]
    assert "Carla" not in letter.subject + letter.body.replace("carla@home.example", "")
    path = re.search(r"https?://[^/\s]+(/\S+)", letter.body)[1]

    stranger = Client()
    assert "carla@home.example" in stranger.get(path).text
    assert person_at("carla@home.example") is None
    assert stranger.post(path).status_code == 200

    assert person_at("carla@home.example") == carla
    assert stranger.get(path).status_code == 200


def test_a_link_proves_nothing_once_the_address_was_removed(ticket, ada, carla, enter):
    browser = enter(ada)
    browser.post(page(carla, "addresses"), {"address": "carla@hom.example"})
    path = re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[0].body)[1]
    row = EmailAddress.objects.get(email="carla@hom.example")
    browser.post(page(carla, "address_removal", row.pk))

    assert Client().post(path).status_code == 404
    assert Client().get("/account/addresses/forged/").status_code == 404


def test_an_address_of_another_customer_leads_to_the_merge(ticket, karla, ada, carla, enter):
    answer = enter(ada).post(page(carla, "addresses"), {"address": karla.email}, follow=True)

    assert "Merge two customers" in answer.text
    assert "Пароль" not in answer.text
    assert not mail.outbox


def test_an_address_of_somebody_unseen_is_refused_without_their_name(
    ticket, ada, carla, mallory, enter
):
    answer = enter(ada).post(page(carla, "addresses"), {"address": mallory.email})

    assert answer.status_code == 422
    assert "Mallory" not in answer.text


def test_two_customers_are_compared_merged_and_parted(ticket, karla, ada, carla, enter):
    browser = enter(ada)
    preview = browser.get(page(carla, "customer_merge"), {"other": karla.email}).text
    assert "karla@old.example" in preview
    assert page(karla, "customer_merge") in preview.replace("&amp;", "&")

    browser.post(page(carla, "customer_merge"), {"other": karla.email})

    assert Ticket.objects.filter(customer=carla).count() == 2
    assert browser.get(page(karla)).headers["Location"] == page(carla)
    assert "found on" in browser.get(page(carla)).text
    merge = PeopleMerge.objects.get()
    browser.post(reverse("agent:customer_merge_undo", args=[merge.pk]))
    assert Ticket.objects.filter(customer=karla).count() == 1


def test_somebody_merged_away_twice_is_shown_as_who_they_are(
    ticket, karla, mallory, ada, carla, enter
):
    actions.open_ticket(customer=mallory, by=mallory, subject="Old", body="Old")
    actions.merge_people(karla, into=mallory, by=ada)
    actions.merge_people(mallory, into=carla, by=ada)

    assert enter(ada).get(page(karla)).headers["Location"] == page(carla)


def test_an_address_can_be_chosen_as_the_main_one(ticket, ada, root, carla, enter):
    row = actions.add_address(carla, address="carla@home.example", by=ada)
    enter(root).post(page(carla, "address_vouching", row.pk))

    enter(ada).post(page(carla, "main_address", row.pk))

    carla.refresh_from_db()
    assert carla.email == "carla@home.example"


def test_rows_of_other_people_are_not_reached_through_ones_own(ticket, karla, ada, carla, enter):
    row = EmailAddress.objects.create(user=karla, email="k@third.example", verified=True)

    assert enter(ada).post(page(carla, "address_removal", row.pk)).status_code == 404


def test_the_filter_and_the_palette_know_every_address(ticket, ada, root, carla, enter):
    actions.vouch_for_address(
        actions.add_address(carla, address="carla@home.example", by=ada), by=root
    )
    browser = enter(ada)

    found = browser.get(reverse("agent:search"), {"customer": "home.exam"}).text
    offered = browser.get(reverse("agent:palette"), {"q": "home.exam"}).text

    assert "Не прийшов рахунок" in found
    assert page(carla) in offered
