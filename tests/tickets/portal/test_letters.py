"""Ending letters that nobody wants, by the link at their end."""

import pytest
from django.test import Client
from django.urls import reverse

from departments.models import Notice, Reason, Way
from helpdesk.lib import tokens
from tickets.links import letters_link


@pytest.fixture
def link(carla):
    return letters_link(carla, Notice.SOLVED).replace("http://127.0.0.1:8000", "")


@pytest.fixture
def stranger():
    """A program without cookies, as strict about forgery as a browser."""
    return Client(enforce_csrf_checks=True)


def test_opening_it_ends_nothing(link, stranger, carla):
    page = stranger.get(link).content.decode()

    carla.refresh_from_db()
    assert carla.wants(Notice.SOLVED)
    assert carla.email in page


def test_one_click_ends_it(link, stranger, carla):
    answer = stranger.post(link, {"List-Unsubscribe": "One-Click"})

    carla.refresh_from_db()
    assert answer.status_code == 200
    assert carla.unwanted_letters == ["solved"]
    assert carla.wants(Notice.RECEIVED)


def test_twice_is_no_more_than_once_and_it_can_begin_again(link, stranger, carla):
    stranger.post(link)
    stranger.post(link)
    carla.refresh_from_db()
    assert carla.unwanted_letters == ["solved"]

    stranger.post(link, {"wanted": "1"})
    carla.refresh_from_db()
    assert carla.unwanted_letters == []


def test_an_agent_ends_a_kind_of_letters_and_still_hears_the_bell(stranger, ada):
    link = letters_link(ada, Notice.ASSIGNED).replace("http://127.0.0.1:8000", "")

    stranger.post(link)
    ada.refresh_from_db()
    assert not ada.hears(Reason.ASSIGNED, Way.LETTER)
    assert ada.hears(Reason.ASSIGNED, Way.BELL)

    stranger.post(link, {"wanted": "1"})
    ada.refresh_from_db()
    assert ada.turned == []


@pytest.mark.parametrize("token", ["x", "rate", "other"])
def test_a_link_that_was_not_made_here_ends_nothing(stranger, carla, token):
    made = {
        "x": "x",
        "rate": tokens.make("rate", [carla.pk, "solved"]),
        "other": tokens.make("letters", [carla.pk, "replied"]),
    }

    answer = stranger.post(reverse("portal:letters", args=[made[token]]))

    carla.refresh_from_db()
    assert answer.status_code == 404
    assert carla.unwanted_letters == []


def test_it_speaks_the_readers_language(link, stranger, carla):
    carla.language = "de"
    carla.save()

    assert 'lang="de"' in stranger.get(link).content.decode()


def test_one_chooses_on_ones_own_page_as_well(enter, carla):
    client, url = enter(carla), reverse("account_profile")
    assert client.get(url).content.decode().count("checked") == 5

    wanted = ["received", "reopened", "merged", "rating"]
    client.post(url, {"name": "Carla", "language": "uk", "letters": wanted})

    carla.refresh_from_db()
    assert carla.unwanted_letters == ["solved"]
