"""Two clicks at the same instant: one account, one opinion, and nobody is locked out."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from departments.models import User
from knowledge import actions
from knowledge.models import Section, Vote
from tickets.links import ticket_token

CODE = re.compile(r"^ {4}(\S+)$", re.M)


def at_once(press: Callable[[], int]) -> list[int]:
    """What comes of four presses of one button."""

    def pressed(_hand: int) -> int:
        try:
            return press()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as hands:
        return list(hands.map(pressed, range(4)))


def like(client: Client) -> Client:
    """Another window of the same browser."""
    other = Client()
    other.cookies = client.cookies
    return other


@pytest.mark.django_db(transaction=True)
def test_who_signs_up_twice_at_once_has_one_account():
    secret = "correct horse battery"
    form = {"email": "newcomer@customer.example", "name": "Newcomer"}
    form |= {"password1": secret, "password2": secret}

    answers = at_once(lambda: Client().post("/account/signup/", form).status_code)

    assert set(answers) <= {302, 429}  # one address is mailed no more than one code at once
    assert User.objects.filter(email="newcomer@customer.example").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_opinion_said_twice_at_once_is_one(enter, carla, ada, grace):
    shelf = Section.objects.create(slug="mail", name={"en": "Mail"})
    text = actions.start_article(
        section=shelf, language="en", title="Mail", html="<p>Text</p>", by=ada
    )
    actions.publish_text(text, seen=text.version, by=grace)
    client, path = enter(carla), f"{text.article.get_absolute_url()}opinion/"

    answers = at_once(lambda: like(client).post(path, {"helped": "yes"}).status_code)

    assert answers == [302] * 4
    assert Vote.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_code_that_is_sent_twice_at_once_lets_in(ticket, carla, mailoutbox):
    client = Client()
    path = client.post(f"/links/{ticket_token(ticket, carla)}/").url
    said = {"code": CODE.search(mailoutbox[-1].body)[1]}

    answers = at_once(lambda: like(client).post(path, said).url)

    assert f"/tickets/{ticket.number}/" in answers
