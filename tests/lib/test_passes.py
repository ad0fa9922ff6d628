"""A pass to one thing: in one browser, for some hours, and for nobody who has signed in."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone

from helpdesk.lib import passes


@pytest.fixture
def browser(rf, db):
    """A request of nobody, whose session lies in the database already."""
    request = rf.get("/")
    request.user, request.session = AnonymousUser(), SessionStore()
    request.session.save()
    return request


def test_a_session_that_was_planted_is_not_the_one_that_gets_the_pass(browser):
    planted = browser.session.session_key

    passes.grant(browser, "ticket 1", holder="7 mark")

    assert passes.holder_of(browser, "ticket 1") == "7 mark"
    assert browser.session.session_key != planted
    assert not SessionStore().exists(planted)


def test_it_ends_with_the_browser(browser):
    passes.grant(browser, "ticket 1", holder="7 mark")

    assert browser.session.get_expire_at_browser_close()


def test_what_has_ended_is_nothing_that_somebody_has_a_pass_to(browser):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        passes.grant(browser, "ticket 1", holder="7 mark")
        clock.shift(timedelta(seconds=passes.LASTS - 10))
        passes.grant(browser, "ticket 2", holder="7 mark")
        assert passes.things(browser) == ["ticket 1", "ticket 2"]

        clock.shift(timedelta(seconds=10))

        assert passes.things(browser) == ["ticket 2"]
        assert passes.holder_of(browser, "ticket 1") == ""


def test_what_it_became_is_open_no_longer_than_it_was_itself(browser):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        passes.grant(browser, "ticket 1", holder="7 mark")
        clock.shift(timedelta(seconds=passes.LASTS - 10))
        passes.extend(browser, "ticket 1", to="ticket 2")
        passes.extend(browser, "ticket 3", to="ticket 4")
        assert passes.things(browser) == ["ticket 1", "ticket 2"]

        clock.shift(timedelta(seconds=10))

        assert passes.things(browser) == []


def test_who_has_signed_in_is_nobody_else(browser, carla, mallory):
    passes.grant(browser, "ticket 1", holder=f"{carla.pk} mark")

    browser.user = mallory

    assert passes.holder_of(browser, "ticket 1") == ""
    assert passes.things(browser) == []
