"""A form on the page of a shop, and what a visitor of it does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from tickets.embed import guards
from tickets.models import EmbeddedForm

SHOP = "https://shop.example"
TYPED = {
    "name": "Olha",
    "email": "olha@customer.example",
    "subject": "Кошик порожній після входу",
    "body": "Додаю товар, входжу, а кошик порожній. Так із самого ранку, у двох браузерах.",
}


@pytest.fixture
def form(billing) -> EmbeddedForm:
    return EmbeddedForm.objects.create(name="Shop", origins=[SHOP, "https://blog.example:8443"])


@pytest.fixture
def visitor() -> Client:
    """A browser that keeps nothing; also one that would notice a check of the CSRF cookie."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def send(visitor, form) -> Callable[..., Any]:
    """Somebody opens our page, types for a minute, and sends it."""

    def opened_and_sent(took: float = 60, client: Client = visitor, **typed: Any) -> Any:
        stamp = guards.new_stamp(form)
        with time_machine.travel(timezone.now() + timedelta(seconds=took), tick=False):
            return client.post(
                form.get_absolute_url(),
                {**TYPED, "stamp": stamp, **typed},
                headers={"Origin": "http://testserver"},
            )

    return opened_and_sent


@pytest.fixture
def post(visitor, form) -> Callable[..., Any]:
    """A form of the shop's own sends the same, without our page."""

    def posted(origin: str | None = SHOP, accept: str = "text/html", **typed: Any) -> Any:
        headers = {"Accept": accept} | ({"Origin": origin} if origin is not None else {})
        return visitor.post(form.get_absolute_url(), {**TYPED, **typed}, headers=headers)

    return posted
