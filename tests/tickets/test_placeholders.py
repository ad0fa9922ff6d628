"""Canned replies fill themselves in, and evaluate nothing."""

from tickets import placeholders


def test_known_names_are_filled(ticket, ada):
    text = placeholders.fill("{customer.name}, {ticket.number}: {agent.name}", ticket, ada)

    assert text == f"Carla Bondar, #{ticket.number}: Ada"


def test_unknown_names_stay_visible_and_nothing_is_evaluated(ticket, ada):
    text = "{customer.password} {ticket.__class__} {0} {{x}} {ticket.customer.email}"

    assert placeholders.fill(text, ticket, ada) == text


def test_unknown_names_are_listed_as_written():
    assert placeholders.unknown("{customer.name} {order.id} {name}") == ["{order.id}", "{name}"]
