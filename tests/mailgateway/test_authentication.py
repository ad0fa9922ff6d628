"""What a trusted server says of a sender, and what others only pretend it says (RFC 8601)."""

import time

import pytest

from mailgateway.authentication import Proof, check, read

TRUSTED = frozenset({"mx.desk.example"})
FROM = "From: Ada <ada@desk.example>"
PASSED = "mx.desk.example; dmarc=pass header.from=desk.example"


def proof(*headers: str, sender: str = "ada@desk.example", trusted=TRUSTED) -> Proof:
    raw = "\r\n".join([*headers, "", "Authentication-Results: in the text"]).encode()
    return check(raw, sender=sender, trusted=trusted)


def results(value: str) -> str:
    return f"Authentication-Results: {value}"


@pytest.mark.parametrize(
    "value",
    [
        PASSED,
        "MX.Desk.Example; dmarc=PASS header.from=Desk.Example",
        "mx.desk.example 1; dmarc/1=pass header.from=desk.example;",
        '"mx.desk.example"; dmarc = pass (p=reject dis=none) header.from = "desk.example"',
        "(mine) mx.desk.example; spf=fail smtp.mailfrom=x@list.example;\r\n\t"
        "dkim=pass header.d=desk.example header.s=s1 header.b=AbC/12+x;\r\n\t"
        "dmarc=pass (p=NONE (nested) sp=NONE) action=none\r\n header.from=desk.example",
        "mx.desk.example; dkim=pass header.i=@desk.example; "
        "spf=pass (designates 192.0.2.1) smtp.mailfrom=ada@desk.example",
    ],
)
def test_the_domain_in_from_is_proved(value):
    assert proof(results(value), FROM) == Proof.PROVED


@pytest.mark.parametrize(
    "value",
    [
        "mx.desk.example.evil.example; dmarc=pass header.from=desk.example",
        "xmx.desk.example; dmarc=pass header.from=desk.example",
        "mx.desk.example@evil.example; dmarc=pass header.from=desk.example",
        "evil.example (mx.desk.example); dmarc=pass header.from=desk.example",
        'evil.example; x=y reason="; mx.desk.example"; dmarc=pass header.from=desk.example',
        "dmarc=pass header.from=desk.example",
        "mx.desk.example 2; dmarc=pass header.from=desk.example",
        "mx.desk.example; dmarc/2=pass header.from=desk.example",
        "mx.desk.example; dmarc=pass header.from=evil.example",
        "mx.desk.example; dmarc=pass header.from=sub.desk.example",
        "mx.desk.example; dmarc=pass header.from=desk.example.evil.example",
        "mx.desk.example; dmarc=pass",
        "mx.desk.example; dmarc=bestguesspass header.from=desk.example",
        "mx.desk.example; dmarc=none (dmarc=pass header.from=desk.example)",
        'mx.desk.example; spf=pass smtp.helo="; dmarc=pass header.from=desk.example"',
        'mx.desk.example; spf=pass reason="a\\"; dmarc=pass header.from=desk.example;"',
        "mx.desk.example; spf=pass (a \\) ; dmarc=pass header.from=desk.example;)",
        "mx.desk.example; (; dmarc=pass header.from=desk.example",
        'mx.desk.example; x=y z="; dmarc=pass header.from=desk.example',
        "mx.desk.example; dmarc=pass header.from=desk.example; dmarc=pass header.from=evil.example",
        "mx.desk.example; dmarc=pass header.from=evil.example header.from=desk.example",
        "mx.desk.example; dmarc=temperror header.from=desk.example",
        "mx.desk.example; spf=pass smtp.mailfrom=ada@desk.example",
        "mx.desk.example; dkim=pass header.d=desk.example",
        "mx.desk.example; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=a@desk.example",
        "mx.desk.example; dkim=pass header.d=desk.example; spf=pass smtp.mailfrom=a@evil.example",
        "mx.desk.example; dkim=pass header.d=desk.example; "
        "spf=pass smtp.mailfrom=a@desk.example; spf=fail smtp.mailfrom=b@desk.example",
        "mx.desk.example; none",
        "mx.desk.example",
        "",
    ],
)
def test_whatever_is_not_exactly_that_proves_nothing(value):
    assert proof(results(value), FROM) == Proof.UNKNOWN


def test_only_the_topmost_header_counts():
    """Whoever wrote the letter could write such a header below."""
    others = "mx.other.example; dmarc=fail header.from=desk.example"
    failed = "mx.desk.example; dmarc=fail header.from=desk.example"

    assert proof(results(PASSED), results(failed), FROM) == Proof.PROVED
    assert proof(results(failed), results(PASSED), FROM) == Proof.DISOWNED
    assert proof(results(others), results(PASSED), FROM) == Proof.UNKNOWN
    assert proof(results("nonsense ("), results(PASSED), FROM) == Proof.UNKNOWN


def test_without_a_trusted_server_nothing_is_proved():
    assert proof(results(PASSED), FROM, trusted=frozenset()) == Proof.UNKNOWN


def test_the_text_is_no_header():
    assert proof(FROM, "", results(PASSED)) == Proof.UNKNOWN
    assert proof("X-Copied: yes\r\n " + results(PASSED), FROM) == Proof.UNKNOWN


@pytest.mark.parametrize(
    "headers",
    [
        ["From: mallory@evil.example", FROM],
        ["From: mallory@evil.example, Ada <ada@desk.example>"],
        ['From: "ada@desk.example" <mallory@evil.example>'],
        ["From: <=?utf-8?q?ada=40desk.example?=>"],
        ["Sender: ada@desk.example"],
    ],
)
def test_two_senders_are_none(headers):
    """The server looked at one of them, and we might look at the other."""
    assert proof(results(PASSED), *headers) == Proof.UNKNOWN


def test_coded_words_stay_inside_their_quotes():
    hidden = "=?utf-8?q?=22=3B_dmarc=3Dpass_header.from=3Ddesk.example?="
    value = f'mx.desk.example; spf=pass smtp.helo="{hidden}"'

    assert proof(results(value), FROM) == Proof.UNKNOWN


def test_every_result_can_be_read():
    found = read('mx.desk.example; spf=pass smtp.mailfrom=a@b.example; dkim=fail reason="bad key"')

    assert found.server == "mx.desk.example"
    assert {one.method: one.result for one in found.results} == {"spf": "pass", "dkim": "fail"}
    assert found.of("spf")[0].domains("smtp.mailfrom") == ["b.example"]


@pytest.mark.parametrize("piece", ["(", '"', "\\", ";", "a=", "(()", '"\\"', " \t"])
def test_hostile_headers_cost_little(piece):
    raw = f"Authentication-Results: {piece * 300_000}\r\n{FROM}\r\n\r\n".encode()
    began = time.process_time()

    assert check(raw, sender="ada@desk.example", trusted=TRUSTED) == Proof.UNKNOWN
    read(piece * 8_000)

    assert time.process_time() - began < 1
