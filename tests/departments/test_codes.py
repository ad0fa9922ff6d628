"""Codes that open something less than an account."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore

from departments import codes
from departments.codes import Typed


@pytest.fixture
def browser(rf, db):
    request = rf.get("/")
    request.user, request.session = AnonymousUser(), SessionStore()
    return request


@pytest.fixture
def mailed(browser, carla, mailoutbox):
    """`mailed("this")`: the code that came for it."""

    def ask(purpose):
        assert codes.mail_code(browser, carla, purpose=purpose)
        return re.search(r"^ {4}(\S+)$", mailoutbox[-1].body, re.M)[1]

    return ask


def test_a_code_is_good_once(browser, mailed):
    code = mailed("this")

    assert codes.check_code(browser, code, purpose="this") == Typed.RIGHT
    assert codes.check_code(browser, code, purpose="this") == Typed.OVER


def test_only_the_newest_is_waited_for(browser, mailed):
    old, new = mailed("this"), mailed("this")

    assert codes.check_code(browser, old, purpose="this") == Typed.WRONG
    assert codes.check_code(browser, new, purpose="this") == Typed.RIGHT


def test_another_purpose_neither_takes_it_nor_counts_as_a_try(browser, mailed):
    code = mailed("this")
    for _n in range(codes.MOST_TRIES):
        assert codes.check_code(browser, code, purpose="that") == Typed.OVER

    assert codes.check_code(browser, code, purpose="this") == Typed.RIGHT


def test_a_new_code_may_be_mistyped_as_often_as_the_first(browser, mailed):
    mailed("this")
    for _n in range(2):
        assert codes.check_code(browser, "WRONG", purpose="this") == Typed.WRONG
    mailed("this")

    for _n in range(2):
        assert codes.check_code(browser, "WRONG", purpose="this") == Typed.WRONG


def test_the_session_does_not_hold_the_code(browser, mailed):
    code = mailed("this")

    kept = str(dict(browser.session)).upper()
    assert code not in kept
    assert code.replace("-", "") not in kept
