"""How often somebody may try at the door: refused with a sentence, counted by address."""

import pytest
from django.test import Client
from django.urls import reverse

SENTENCE = "was tried very often"
AT_ONCE = 20  # codes asked for from one place in a minute


def ask(number=0, client=None, **headers):
    said = {"email": f"{number}@elsewhere.example"}
    return (client or Client()).post(reverse("account_request_login_code"), said, headers=headers)


def test_the_fourth_code_for_one_address_in_a_minute_is_refused_in_a_sentence(db, mailoutbox):
    answers = [ask() for _n in range(4)]

    assert [one.status_code for one in answers] == [302, 302, 302, 200]
    assert SENTENCE in answers[-1].text
    assert 'value="0@elsewhere.example"' in answers[-1].text
    assert len(mailoutbox) == 3


def test_one_place_asks_for_some_addresses_and_not_for_many(db, mailoutbox):
    answers = [ask(number) for number in range(AT_ONCE + 1)]

    assert answers[-2].status_code == 302
    assert SENTENCE in answers[-1].text
    assert len(mailoutbox) == AT_ONCE


@pytest.mark.parametrize(("proxies", "status"), [(1, 302), (0, 200)])
def test_behind_our_proxy_everybody_is_counted_apart_and_elsewhere_nobody_names_their_place(
    db, settings, proxies, status
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    for number in range(AT_ONCE):
        ask(number, **{"X-Forwarded-For": "203.0.113.5"})

    assert ask(99, **{"X-Forwarded-For": "203.0.113.5, 198.51.100.7"}).status_code == status


def test_sign_up_is_limited_in_a_sentence(db):
    client = Client()
    answers = [client.post(reverse("account_signup"), {}) for _n in range(AT_ONCE + 1)]

    assert answers[-1].status_code == 429
    assert SENTENCE in answers[-1].text
