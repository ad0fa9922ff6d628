"""Files that come with a form when the session has ended wait behind the sign-in, for their writer
alone."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tests.tickets.portal.test_coached import PARTS, TWO, divided
from tests.tickets.portal.test_door import code_in, link_to
from tests.tickets.portal.test_files import LOG, text_file, tokens
from tests.tickets.portal.test_new_ticket import TYPED, URL, picture
from tickets import actions
from tickets.actions import drafting
from tickets.models import Ticket, Upload


@pytest.fixture(autouse=True)
def _carla_reads_english(carla):
    carla.language = "en"
    carla.save()


def writer(page) -> str:
    return re.search(r'name="writer" value="([^"]+)"', page.text)[1]


@pytest.fixture
def left_open(client):
    """`left_open(carla, URL)`: what the form at that address says of its writer; she had it open
    when her session ended."""

    def opened(person, address) -> str:
        client.force_login(person)
        said = writer(client.get(address))
        client.logout()
        return said

    return opened


def files() -> dict:
    return {"files": [picture(), text_file("log.txt")]}


def test_files_of_a_plain_form_are_found_again(client, left_open, carla, billing):
    said = left_open(carla, URL)
    client.post(URL, {**TYPED, "writer": said, **files()})
    client.force_login(carla)

    page = client.get(URL)
    assert "Choose them once more" not in page.text
    client.post(URL, {**TYPED, "uploads": tokens(page)})

    stored = Ticket.objects.get().messages.get().attachments.all()
    assert [one.name for one in stored] == ["знімок.png", "log.txt"]


def test_they_lie_beside_those_that_went_ahead(client, left_open, carla, billing):
    ahead = actions.upload_file(LOG, by=carla)
    said = left_open(carla, URL)
    client.post(URL, {**TYPED, "writer": said, "uploads": ahead.token, **files()})
    client.force_login(carla)

    beside = client.get(URL).context["form"].beside

    assert [one.name for one in beside] == ["журнал.txt", "знімок.png", "log.txt"]


def test_so_are_those_of_an_answer_and_of_several_matters(client, left_open, carla, ticket):
    page = f"/tickets/{ticket.number}/"
    said = left_open(carla, page)
    client.post(f"{page}answers/", {"body": "Ось", "writer": said, **files()})
    client.force_login(carla)
    assert len(client.get(page).context["form"].beside) == 2
    assert {one.ticket for one in Upload.objects.all()} == {ticket}

    sent = divided(client.post(PARTS, TWO)) | {"writer": said, "parts-1-files": [text_file()]}
    client.logout()
    client.post(PARTS, sent)
    client.force_login(carla)
    first, second = client.get(PARTS).context["parts"]
    assert (first.beside, [one.name for one in second.beside]) == ([], ["a.txt"])


def test_what_is_not_taken_is_named(client, left_open, carla, billing):
    said = left_open(carla, URL)
    sent = [text_file("drawing.svg", b"<svg/>"), text_file("log.txt")]
    client.post(URL, {**TYPED, "writer": said, "files": sent})
    client.force_login(carla)

    page = client.get(URL)

    assert "Choose them once more, please: drawing.svg" in page.text
    assert [one.name for one in page.context["form"].beside] == ["log.txt"]


def test_somebody_else_who_signs_in_there_does_not_see_them(
    client, left_open, carla, mallory, billing
):
    said = left_open(carla, URL)
    client.post(URL, {**TYPED, "writer": said, **files()})
    client.force_login(mallory)

    page = client.get(URL)

    assert page.context["form"].beside == []
    assert tokens(page) == ""
    assert {one.owner for one in Upload.objects.all()} == {carla}


def test_nothing_is_stored_for_who_cannot_say_whose_form_it_is(client, left_open, carla, ticket):
    said = left_open(carla, URL)
    for forged in ("", "x", said[:-1], said.replace(said[0], "A", 1) + "A"):
        client.post(URL, {**TYPED, "writer": forged, **files()})
    assert not Upload.objects.exists()

    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        client.post(URL, {**TYPED, "writer": said, **files()})
    assert not Upload.objects.exists()


@pytest.mark.parametrize("change", ["password", "is_active"])
def test_a_form_that_was_open_before_a_new_password_brings_no_files(
    client, left_open, carla, billing, change
):
    said = left_open(carla, URL)
    if change == "password":
        carla.set_password("a new and better one")
    else:
        carla.is_active = False
    carla.save()

    client.post(URL, {**TYPED, "writer": said, **files()})

    assert not Upload.objects.exists()


def test_nor_for_a_ticket_that_its_writer_may_not_see(client, left_open, mallory, ticket, billing):
    said = left_open(mallory, URL)

    client.post(f"/tickets/{ticket.number}/answers/", {"body": "x", "writer": said, **files()})

    assert not Upload.objects.exists()


def test_the_limits_of_a_customer_hold(client, left_open, carla, billing, monkeypatch):
    monkeypatch.setattr(drafting, "MOST_OF_CUSTOMERS", 1)
    said = left_open(carla, URL)

    client.post(URL, {**TYPED, "writer": said, **files()})
    client.force_login(carla)

    assert Upload.objects.get().owner == carla
    assert "Choose them once more, please: log.txt" in client.get(URL).text


def test_a_form_from_elsewhere_stores_nothing(left_open, carla, billing):
    said = left_open(carla, URL)
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post(URL, {**TYPED, "writer": said, **files()})

    assert answer.status_code == 403
    assert said not in answer.text
    assert not Upload.objects.exists()


def test_a_guest_finds_them_again_behind_the_link(client, ticket, carla, mailoutbox):
    link, page = link_to(ticket, carla), f"/tickets/{ticket.number}/"

    def come_in():
        typed = client.post(link).url
        client.post(typed, {"code": code_in(mailoutbox)})
        return client.get(page)

    said = writer(come_in())
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        client.post(f"{page}answers/", {"body": "Ось", "writer": said, **files()})
        shown = come_in()

        assert "Ось" in shown.text
        assert len(shown.context["form"].beside) == 2
