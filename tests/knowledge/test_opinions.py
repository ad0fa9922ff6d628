"""Readers say whether an article helped: once, without signing in, and without being followed."""

import pytest
from django.test import Client

from knowledge.models import Vote
from knowledge.portal import views

PATH = "/help/mail/mailboxes/"
OPINION = f"{PATH}opinion/"


@pytest.fixture
def article(publish):
    return publish("Mailboxes").article


def said():
    return [(one.helped, one.comment) for one in Vote.objects.order_by("pk")]


def test_a_stranger_votes_once_and_may_change_their_mind(article):
    client = Client()
    assert "Was this helpful?" in client.get(PATH).content.decode()
    assert "sessionid" not in client.cookies

    thanked = client.post(OPINION, {"helped": "no"}, follow=True).content.decode()
    assert "Thank you for telling us." in thanked
    assert "Write to us" in thanked
    client.post(OPINION, {"helped": "no", "comment": "Where is the panel?"})
    assert said() == [(False, "Where is the panel?")]

    client.post(OPINION, {"helped": "yes", "comment": "ignored"})
    assert said() == [(True, "")]


def test_sessions_and_people_have_a_vote_each(article, carla, enter):
    for client in (Client(), Client(), enter(carla), enter(carla)):
        client.post(OPINION, {"helped": "yes"})

    assert len(said()) == 3
    assert Vote.objects.filter(person=carla).count() == 1
    assert Vote.objects.filter(person=None).count() == 2


def test_nobody_votes_for_somebody_else(article, carla, enter):
    enter(carla).post(OPINION, {"helped": "yes"})
    stranger = Client()
    session = stranger.session
    session["votes"] = {str(article.pk): Vote.objects.get().pk}
    session.save()

    stranger.post(OPINION, {"helped": "no"})

    assert sorted(said()) == [(False, ""), (True, "")]


def test_an_opinion_that_is_none_keeps_the_page(article):
    answer = Client().post(OPINION, {"helped": "perhaps"})

    assert answer.status_code == 422
    assert said() == []


def test_what_one_may_not_read_one_does_not_judge(publish, write, carla, enter):
    publish("For agents", audience="agents")
    write("A draft")

    for name in ("for-agents", "a-draft"):
        answer = enter(carla).post(f"/help/mail/{name}/opinion/", {"helped": "yes"})
        assert answer.status_code == 404
    assert said() == []


def test_a_script_is_told_to_come_again_later(article, monkeypatch):
    monkeypatch.setattr(views, "VOTES_AN_HOUR", 3)
    answers = [Client().post(OPINION, {"helped": "yes"}).status_code for _ in range(5)]

    assert answers == [302, 302, 302, 429, 429]
    assert len(said()) == 3


def test_one_line_of_ipv6_is_one_place_whatever_address_it_takes(article, monkeypatch):
    monkeypatch.setattr(views, "VOTES_AN_HOUR", 3)
    answers = [
        Client(REMOTE_ADDR=f"2001:db8::{number}").post(OPINION, {"helped": "yes"}).status_code
        for number in range(5)
    ]

    assert answers == [302, 302, 302, 429, 429]


def test_agents_read_what_was_missing(article, ada, enter):
    Client().post(OPINION, {"helped": "no", "comment": "<b>Where?</b>"})

    page = enter(ada).get(f"/agent/help/{article.pk}/en/").content.decode()

    assert "&lt;b&gt;Where?&lt;/b&gt;" in page
    assert "helped: 0 · did not help: 1" in page
