"""Proof against bots that tracks nobody."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client

from departments.http import place_of
from tests.tickets.embed.conftest import TYPED
from tests.tickets.embed.test_form import fields
from tickets.embed import guards
from tickets.embed.guards import Way
from tickets.models import EmbeddedForm, FormPost, Ticket
from tickets.tasks import forget_form_posts


@pytest.mark.parametrize(
    ("took", "typed", "sentence"),
    [
        (1, {}, "That was faster than people type."),
        (13 * 3600, {}, "This page was open for a very long time."),
        (60, {"stamp": "forged"}, "This page was open for a very long time."),
        (60, {"stamp": ""}, "This was not sent from our page."),
        (60, {guards.TRAP: "https://x.example"}, "A field was filled that is to be left empty."),
    ],
)
def test_a_bot_is_told_so_and_a_person_only_sends_it_once_more(
    send, visitor, form, took, typed, sentence
):
    answer = send(took=took, **typed)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Everything you typed is still here." in answer.text
    assert TYPED["body"] in answer.text
    assert not Ticket.objects.exists()
    again = fields(answer.text)
    assert again[guards.TRAP] == ""
    assert send(stamp=again["stamp"], took=took + 3).status_code == 200


def test_a_page_that_came_back_soon_need_not_be_waited_for_twice(send):
    with time_machine.travel("2026-11-26T10:00:00Z", tick=False):
        first = fields(send(took=1).text)["stamp"]
        assert send(stamp=first, took=4).status_code == 200


@pytest.mark.parametrize(
    ("origin", "way"),
    [
        ("http://testserver", Way.OURS),
        ("https://testserver", Way.OURS),  # behind a proxy that speaks TLS for us
        ("http://127.0.0.1:8000", Way.OURS),  # the address of the desk
        ("https://shop.example", Way.THEIRS),
        ("https://testserver.evil.example", Way.NEITHER),
        ("null", Way.NEITHER),
    ],
)
def test_where_a_post_was_typed_is_what_the_browser_says(rf, form, origin, way):
    assert guards.way_of(rf.post("/", headers={"Origin": origin}), form) == way


def test_a_stamp_is_good_for_its_own_form(send, form):
    other = EmbeddedForm.objects.create(name="Blog", origins=["https://blog.example"])

    assert send(stamp=guards.new_stamp(other)).status_code == 422


def test_two_presses_of_the_button_make_one_ticket(send, form):
    stamp = guards.new_stamp(form)
    first, second = send(stamp=stamp), send(stamp=stamp)

    assert first.text == second.text
    assert Ticket.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_instant_make_one_ticket(form):
    typed = {**TYPED, "stamp": guards.new_stamp(form)}

    def press(_hand: int) -> int:
        try:
            return Client().post(form.get_absolute_url(), typed).status_code
        finally:
            connection.close()

    with time_machine.travel(time.time() + 60, tick=False), ThreadPoolExecutor(4) as hands:
        answers = list(hands.map(press, range(4)))

    assert answers == [200] * 4
    assert Ticket.objects.count() == 1


def test_another_text_from_the_same_page_is_not_lost(send, form):
    stamp = guards.new_stamp(form)
    send(stamp=stamp)

    second = send(stamp=stamp, subject="Another matter")

    assert second.status_code == 422
    assert "Something was sent from this page already." in second.text
    assert "Another matter" in second.text
    third = send(took=120, stamp=fields(second.text)["stamp"], subject="Another matter")
    assert third.status_code == 200
    assert Ticket.objects.count() == 2


def stopped(answer) -> bool:
    typed = TYPED["body"] in answer.text
    return answer.status_code == 429 and "A great deal was written here" in answer.text and typed


def test_one_place_sends_ten_in_ten_minutes(send):
    with time_machine.travel("2026-11-26T10:00:00Z", tick=False):
        for number in range(10):
            assert send(email=f"a{number}@customer.example").status_code == 200

        assert stopped(send(email="b@customer.example"))
        assert stopped(send(email="c@customer.example"))
    with time_machine.travel("2026-11-26T10:11:00Z", tick=False):
        assert send(email="b@customer.example").status_code == 200


def test_one_address_sends_four_in_an_hour_wherever_it_is_typed(send):
    for number in range(4):
        assert send(subject=f"Number {number}").status_code == 200

    assert stopped(send(subject="Number 5"))
    assert send(subject="Number 5", email="other@customer.example").status_code == 200
    assert send(subject="Number 6", took=3700).status_code == 200


def test_ten_thousand_tickets_of_a_script_are_stopped_with_a_sentence(send, form):
    """From ten thousand places and addresses: what the form takes in an hour is still counted."""
    FormPost.objects.bulk_create(
        FormPost(form=form, once=f"x{number}", said="x", writer=f"w{number}")
        for number in range(form.most_per_hour)
    )

    assert stopped(send())
    assert not Ticket.objects.exists()


def test_of_a_place_only_a_hash_is_kept_and_only_for_minutes(send, form, visitor):
    send()

    kept = list(cache._cache.get_client().keys("*"))
    assert len(kept) == 1
    assert b"127.0.0.1" not in kept[0]
    assert 0 < cache._cache.get_client().ttl(kept[0]) <= 2 * guards.WINDOW


@pytest.mark.parametrize(
    ("count", "said", "found"),
    [
        (0, "203.0.113.9", "198.51.100.7"),  # nobody says whom to believe
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
    ],
)
def test_the_client_is_found_behind_our_proxy_and_not_where_it_says(
    rf, settings, count, said, found
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = count
    request = rf.post("/", headers={"X-Forwarded-For": said}, REMOTE_ADDR="198.51.100.7")

    assert place_of(request) == found


def test_what_was_sent_is_forgotten_after_two_days_and_the_ticket_stays(send):
    with time_machine.travel("2026-11-26T10:00:00Z", tick=False):
        send()
    with time_machine.travel("2026-11-28T09:00:00Z", tick=False):
        forget_form_posts()
        assert FormPost.objects.count() == 1
    with time_machine.travel("2026-11-28T11:00:00Z", tick=False):
        forget_form_posts()

    assert not FormPost.objects.exists()
    assert Ticket.objects.exists()
