"""Forms, places and days are counted apart, and a site decides nothing on our own page."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone
from redis.exceptions import ConnectionError as NoRedis

from departments.models import Category
from tests.tickets.embed.conftest import SHOP, TYPED
from tickets.actions import TooMuchWritten, Writing, open_by_form
from tickets.actions.forms import MOST_OF_ADDRESS
from tickets.embed import guards
from tickets.models import EmbeddedForm, FormPost, Ticket


@pytest.fixture
def blog(billing):
    return EmbeddedForm.objects.create(name="Blog", origins=["https://blog.example"])


def wrote(number, address="olha@customer.example"):
    return Writing(address=address, subject="Basket", body="It is empty.", stamp=f"{number}")


def test_what_one_form_takes_does_not_shut_another(form, blog):
    FormPost.objects.bulk_create(
        FormPost(form=blog, once=f"x{number}", said="x", writer=f"w{number}")
        for number in range(form.most_per_hour)
    )

    assert open_by_form(form, writing=wrote(1))
    with pytest.raises(TooMuchWritten):
        open_by_form(blog, writing=wrote(1))


def test_an_address_is_counted_over_all_forms(form, blog):
    for number in range(MOST_OF_ADDRESS):
        open_by_form(form, writing=wrote(number))

    with pytest.raises(TooMuchWritten):
        open_by_form(blog, writing=wrote("b"))
    assert open_by_form(blog, writing=wrote("c", "other@customer.example"))


def test_a_place_that_floods_one_form_may_write_by_another(send, form, blog, visitor):
    with time_machine.travel("2026-11-26T10:00:00Z", tick=False):
        answers = [send(took=5, email=f"a{n}@customer.example") for n in range(11)]
        assert [one.status_code for one in answers[-2:]] == [200, 429]

        said = {**TYPED, "email": "b@customer.example", "stamp": guards.new_stamp(blog)}
    with time_machine.travel("2026-11-26T10:00:05Z", tick=False):
        answer = visitor.post(
            blog.get_absolute_url(), said, headers={"Origin": "http://testserver"}
        )
    assert answer.status_code == 200


def test_the_same_words_are_another_ticket_the_next_day(post):
    with time_machine.travel("2026-11-26T10:00:00Z", tick=False):
        post()
    with time_machine.travel("2026-11-27T10:00:00Z", tick=False):
        post()

    assert Ticket.objects.count() == 2


def test_a_site_that_sends_our_stamp_along_is_held_to_it(post, form):
    assert post(stamp=guards.new_stamp(form)).status_code == 422  # faster than people type
    assert post(stamp="forged").status_code == 422

    with time_machine.travel(timezone.now() - timedelta(minutes=1)):
        stamp = guards.new_stamp(form)
    assert post(stamp=stamp).status_code == 200


def test_our_own_page_leads_nowhere_else(send):
    answer = send(next=f"{SHOP}/thanks")

    assert answer.status_code == 200
    assert Ticket.objects.exists()


def test_topics_that_are_switched_off_are_not_offered(visitor, form, billing, hosting):
    gone = Category.objects.create(
        slug="gone", name={"en": "Gone"}, department=billing, is_active=False
    )
    shut = Category.objects.create(slug="shut", name={"en": "Shut"}, department=hosting)
    here = Category.objects.create(slug="here", name={"en": "Here"}, department=billing)
    form.categories.add(gone, shut, here)
    hosting.is_active = False
    hosting.save()

    page = visitor.get(form.get_absolute_url()).text

    assert "Here" in page
    assert "Gone" not in page
    assert "Shut" not in page


@pytest.mark.parametrize("name", ["Win at HTTPS://x.example", "WWW.x.example"])
def test_an_address_in_capitals_is_one_as_well(send, name):
    assert send(name=name).status_code == 422


def test_without_redis_a_form_is_taken_all_the_same(send, monkeypatch):
    def away(*_args, **_kwargs):
        raise NoRedis

    monkeypatch.setattr(cache, "incr", away)

    assert send().status_code == 200


def test_a_post_that_comes_from_no_address_is_taken_all_the_same(visitor, form, settings):
    """A socket of the machine itself, or a proxy that names nobody."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answer = visitor.post(form.get_absolute_url(), TYPED, headers={"Origin": SHOP}, REMOTE_ADDR="")

    assert answer.status_code == 200
