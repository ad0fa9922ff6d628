"""What no browser sends and scripts try: an answer comes, and never an error of ours."""

import pytest
from django.test import Client

FORMS = ["/account/login/", "/tickets/new/", "/language/"]
# (charset that a request names, bytes in it)
CHARSETS = [
    ("hex", b"61"),  # no charset, though Python knows it
    ("idna", b"xn--a"),
    ("unicode_escape", rb"\ud800"),  # half of a letter
    ("utf-7", b"+2AA-"),
]
BOUNDARY = "between"


def form_in(charset: str, value: bytes) -> dict[str, str | bytes]:
    """A form whose fields hold `value`, said to be written in `charset`."""
    parts = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value
        for name in ("login", "password", "subject", "body", "language")
    )
    return {
        "data": b"\r\n".join([*parts, f"--{BOUNDARY}--\r\n".encode()]),
        "content_type": f"multipart/form-data; boundary={BOUNDARY}; charset={charset}",
    }


@pytest.mark.parametrize(("charset", "value"), CHARSETS)
@pytest.mark.parametrize("address", FORMS)
def test_a_form_in_a_strange_charset_is_read_as_ours(enter, carla, address, charset, value):
    for browser in (Client(), enter(carla)):
        answer = browser.generic("POST", address, **form_in(charset, value))
        assert answer.status_code < 500


@pytest.mark.parametrize("address", ["/embed/a%00b/", "/files/?ticket=%00"])
def test_an_address_with_a_nul_leads_nowhere(enter, carla, address):
    assert enter(carla).post(address).status_code == 404
