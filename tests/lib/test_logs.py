"""No key of an address stands in the log."""

import logging

import pytest

from helpdesk.lib.logs import WithoutKeys


@pytest.fixture
def written(caplog):
    """What the console would show."""
    caplog.handler.addFilter(WithoutKeys())
    yield caplog
    caplog.handler.filters.clear()


def test_a_refused_request_is_logged_without_what_opens_it(written, client, ticket, ada):
    for link in ("/agent/feeds/", "/ratings/", "/letters/", "/accounts/password/reset/key/"):
        client.get(f"{link}eyJhIjoxfQ:1vNq3c:Zk3yJm9Qw8Lr5TtU2/more/")

    said = [record.getMessage() for record in written.records if "Not Found" in record.msg]
    assert len(said) == 4
    assert all("…" in one and "Zk3y" not in one for one in said)


def test_pages_of_our_own_keep_their_names(written, client, ticket):
    client.get("/agent/tickets/nowhere/")
    logging.getLogger("desk").warning("kept /var/log/desk/eyJhIjoxfQ-1vNq3c-Zk3yJm9Qw8Lr5TtU2")

    assert "/agent/tickets/nowhere/" in written.text
    assert "Zk3yJm9Qw8Lr5TtU2" in written.text
