"""Canned replies fill themselves in, and evaluate nothing."""

import pytest
from django.utils import translation

from tests.tickets.custom_fields import make
from tickets import actions, placeholders


def test_known_names_are_filled(ticket, ada):
    text = placeholders.fill("{customer.name}, {ticket.number}: {agent.name}", ticket, ada)

    assert text == f"Carla Bondar, #{ticket.number}: Ada"


def test_unknown_names_stay_visible_and_nothing_is_evaluated(ticket, ada):
    text = "{customer.password} {ticket.__class__} {0} {{x}} {ticket.customer.email}"

    assert placeholders.fill(text, ticket, ada) == text


def test_unknown_names_are_listed_as_written():
    assert placeholders.unknown("{customer.name} {order.id} {name}") == ["{order.id}", "{name}"]


@pytest.fixture
def fields(ticket, ada):
    make("plan", "choice", options=("small",))
    make("paid_on", "date")
    make("line_2")
    make("old", is_active=False)
    actions.set_fields(ticket, values={"plan": "small", "paid_on": "2026-11-05"}, by=ada)
    ticket.refresh_from_db()


def test_a_custom_field_is_filled_in_the_language_that_is_spoken(ticket, ada, fields):
    with translation.override("uk"):
        text = placeholders.fill("{field.plan}, {field.paid_on}", ticket, ada)

    assert text == "«small», 05 листопада 2026 р."


def test_a_field_that_nobody_made_or_that_is_switched_off_is_unknown(ticket, ada, fields):
    text = "{field.plan} {field.line_2} {field.old} {field.nothing} {field.__class__}"

    assert placeholders.unknown(text) == ["{field.old}", "{field.nothing}", "{field.__class__}"]
    assert placeholders.fill(text, ticket, ada) == text.replace("{field.plan}", "Small")


def test_a_field_that_says_nothing_here_is_as_good_as_unknown(ticket, fields):
    assert placeholders.unknown("{field.plan} {field.line_2}", ticket) == ["{field.line_2}"]


def test_texts_without_fields_ask_nothing(ticket, ada, django_assert_num_queries):
    with django_assert_num_queries(0):
        placeholders.fill("{customer.name} {ticket.number}", ticket, ada)
