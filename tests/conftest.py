"""The cast. Everybody stands for a question.

Carla is a customer, Mallory a customer who must see nothing of it. Ada answers in Billing, Linus in
Hosting, Grace leads Billing, Bo has left. Root is the administrator.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from departments.actions import join_department, retire_agent
from departments.models import Department, DeskSettings, User, brands, desk
from helpdesk.lib.shelf import Shelf
from tickets import actions
from tickets.models import Ticket


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture(autouse=True)
def _nothing_set_up_yet(monkeypatch):
    """What the test before this one knew of brands and settings was rolled back with them."""
    monkeypatch.setattr(Shelf, "SECONDS", float("inf"))
    brands.shelf.put({})
    desk.shelf.put(DeskSettings())


@pytest.fixture(autouse=True)
def _in_english():
    """A page that a test before this one opened leaves its language behind."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _files_of_this_test(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def billing(db):
    return Department.objects.create(
        name="Billing",
        slug="billing",
        is_triage=True,
        signature="{agent}\n{department}",
        public_name={"uk": "Бухгалтерія", "en": "Billing"},
    )


@pytest.fixture
def hosting(db):
    return Department.objects.create(name="Hosting", slug="hosting")


def person(email: str, name: str, **fields: Any) -> User:
    return User.objects.create_user(email, "correct horse", name=name, **fields)


@pytest.fixture
def carla(db):
    return person("carla@customer.example", "Carla Bondar", language="uk")


@pytest.fixture
def mallory(db):
    return person("mallory@elsewhere.example", "Mallory")


@pytest.fixture
def ada(billing):
    user = person("ada@desk.example", "Ada Kovalenko", shown_name="Ada")
    join_department(user, billing)
    return user


@pytest.fixture
def linus(hosting):
    user = person("linus@desk.example", "Linus Weber")
    join_department(user, hosting)
    return user


@pytest.fixture
def grace(billing):
    user = person("grace@desk.example", "Grace Melnyk")
    join_department(user, billing, role="lead")
    return user


@pytest.fixture
def bo(billing):
    user = person("bo@desk.example", "Bo Former")
    join_department(user, billing)
    retire_agent(user)
    return user


@pytest.fixture
def root(db):
    return User.objects.create_superuser("root@desk.example", "correct horse", name="Root")


@pytest.fixture
def ticket(billing, carla) -> Ticket:
    """Carla's: an invoice is missing, in Billing, nobody's yet."""
    return actions.open_ticket(
        customer=carla,
        by=carla,
        subject="Не прийшов рахунок за жовтень",
        body="Добрий день!\n\nРахунок за жовтень не прийшов. Номер договору 4711.",
    )


@pytest.fixture
def enter(db) -> Callable[[User], Client]:
    """A browser in which somebody has signed in: `enter(ada).get(...)`."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
