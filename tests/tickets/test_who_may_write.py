"""An open desk hears everybody; another one only people and organisations it knows."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from departments.actions import vouch_for
from departments.models import ApiToken, DeskSettings, Organisation, User
from tests.conftest import person
from tickets import actions
from tickets.models import Ticket
from tickets.permissions import can_write, can_write_from

NEW = "/tickets/new/"


@pytest.fixture
def known_only(ticket):
    """From now on, and Carla has her ticket."""
    DeskSettings(writers="known").save()


def test_an_open_desk_hears_everybody(mallory):
    assert can_write(mallory)
    assert can_write_from("nobody@elsewhere.example")


def test_another_hears_who_works_here_has_a_ticket_or_belongs_to_somebody_known(
    known_only, carla, mallory, ada, root, bo
):
    Organisation.objects.create(name="Akme", domains=["akme.example"])
    olena = person("olena@akme.example", "Olena")

    assert [one.email for one in (carla, ada, root, olena, mallory, bo) if can_write(one)] == [
        *(carla.email, ada.email, root.email, olena.email),
    ]
    assert can_write_from("newcomer@akme.example")
    assert not can_write_from("newcomer@elsewhere.example")
    assert not can_write_from("newcomer@not-akme.example")


def test_somebody_who_is_vouched_for_is_heard_and_one_with_spam_only_is_not(
    mallory, carla, ada, billing
):
    spam = actions.open_ticket(customer=mallory, by=mallory, subject="Win", body="x")
    actions.mark_as_spam(spam, by=ada)
    DeskSettings(writers="known").save()
    assert not can_write(mallory)

    vouch_for(mallory)

    assert can_write(mallory)


def test_the_verb_refuses_a_stranger_and_takes_what_an_agent_writes_down_for_them(
    known_only, mallory, ada, billing
):
    with pytest.raises(actions.NotKnown, match="we do not know you yet"):
        actions.open_ticket(customer=mallory, by=mallory, subject="x", body="x")

    actions.open_ticket(customer=mallory, by=ada, subject="x", body="x")
    actions.open_ticket(customer=mallory, by=mallory, subject="y", body="y")


def test_who_takes_part_in_a_ticket_goes_on_from_it_although_nobody_knows_them(
    ticket, mallory, ada, known_only
):
    actions.follow_ticket(ticket, who=mallory, by=ada, in_copy=True)
    actions.close_ticket(ticket, by=ada)

    follow_up = actions.open_follow_up(ticket, by=mallory, body="А мені?")

    assert follow_up.customer == mallory


def test_the_portal_says_so_instead_of_a_form(known_only, mallory, enter, billing):
    for path in (NEW, f"{NEW}parts/"):
        for answer in (enter(mallory).get(path), enter(mallory).post(path, {"subject": "x"})):
            assert answer.status_code == 403
            assert "we do not know you yet" in answer.text
            assert "<textarea" not in answer.text
    assert Ticket.objects.count() == 1


def test_programs_are_told_so(known_only, mallory, billing):
    _token, secret = ApiToken.issue(mallory, "test")

    answer = Client().post(
        "/api/v1/tickets",
        {"subject": "x", "text": "x"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )

    assert answer.status_code == 403
    assert "we do not know you yet" in answer.json()["detail"]


SIGNUP = {"name": "Somebody", "password1": "a rather long one", "password2": "a rather long one"}


def test_signing_up_is_for_who_may_write_and_the_page_does_not_say_who_that_is(known_only, carla):
    User.objects.update(language="en")
    Organisation.objects.create(name="Akme", domains=["akme.example"])
    pages = []
    for address in (carla.email, "new@akme.example", "stranger@elsewhere.example"):
        client = Client()
        answer = client.post(reverse("account_signup"), {**SIGNUP, "email": address})
        assert answer.url == reverse("account_email_verification_sent")
        page = client.get(answer.url).text.replace(address, "ADDRESS")
        pages.append(page[page.index("<main") : page.index("csrfmiddlewaretoken")])

    assert pages[0] == pages[1] == pages[2]
    assert [one.subject.split(":")[0] for one in mail.outbox] == [
        "You have an account already",
        "Your code",
        "Your address is not known to us",
    ]
    assert not User.objects.filter(email="stranger@elsewhere.example").exists()
