"""Where the web server listens, and what is said when it cannot."""

import socket

import pytest

from helpdesk.embedded.address import Address
from helpdesk.embedded.processes import ServiceError


@pytest.mark.parametrize(
    "bind", ["8000", "localhost", ":8000", "host:port", "host:0", "host:99999"]
)
def test_nonsense_is_refused(bind):
    with pytest.raises(ServiceError, match="--bind wants HOST:PORT"):
        Address.parse(bind)


@pytest.mark.parametrize(
    ("bind", "reachable"),
    [
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("0.0.0.0:80", "127.0.0.1:80"),
        ("[::]:80", "[::1]:80"),
        ("[::1]:8000", "[::1]:8000"),
    ],
)
def test_an_address_is_read_and_can_be_reached(bind, reachable):
    assert str(Address.parse(bind)) == bind
    assert str(Address.parse(bind).reachable) == reachable


def test_a_port_in_use_is_said_in_one_sentence_with_a_way_out():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(ServiceError, match=rf"127.0.0.1:{port} .*--bind 127.0.0.1:{port + 1}$"):
            Address("127.0.0.1", port).require_free()
