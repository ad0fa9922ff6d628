"""Talking to mail servers that take our letters."""

from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from helpdesk.embedded.processes import free_port
from helpdesk.lib import mail
from mailgateway import smtp
from mailgateway.models import Mailbox, Security
from mailgateway.parsing import parse
from mailgateway.problems import MailboxProblem
from tests.mail_servers import DROP, HANG


def a_letter(text: str = "Текст\n.\n", **changes):
    fields = {
        "sender": ("Ada · Бухгалтерія", "billing@desk.example"),
        "to": ["carla@customer.example"],
        "letter_id": "one@desk.example",
        "date": datetime(2026, 11, 23, tzinfo=UTC),
    }
    return mail.build(mail.Words("Рахунок", text, "<p>Текст</p>"), **(fields | changes))


def at(port: int, **fields) -> Mailbox:
    return Mailbox(
        name="Billing",
        address="billing@desk.example",
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security=Security.NONE,
        **fields,
    )


def test_a_letter_arrives_as_it_was_written(smtp_sink):
    outcome = smtp.send(at(smtp_sink.port), a_letter(), ["carla@customer.example"])

    assert outcome.taken == ["carla@customer.example"]
    (message,) = smtp_sink.messages
    assert message.get_body(("plain",)).get_content() == "Текст\r\n.\r\n"
    assert smtp_sink.envelopes[0].mail_from == "billing@desk.example"


def test_every_address_has_its_own_answer(smtp_sink):
    smtp_sink.refusals = {"a@x.example": "550 unknown", "b@x.example": "450 busy"}

    outcome = smtp.send(
        at(smtp_sink.port), a_letter(), ["a@x.example", "b@x.example", "c@x.example"]
    )

    assert outcome.taken == ["c@x.example"]
    assert outcome.refused == {"a@x.example": "550 unknown"}
    assert outcome.later == {"b@x.example": "450 busy"}


@pytest.mark.parametrize(("said", "place"), [("554 spam", "refused"), ("452 full", "later")])
def test_the_letter_itself_can_be_refused(smtp_sink, said, place):
    smtp_sink.refuse_data = said

    outcome = smtp.send(at(smtp_sink.port), a_letter(), ["c@x.example"])

    assert getattr(outcome, place) == {"c@x.example": said}
    assert outcome.taken == []


@pytest.mark.parametrize("mood", [DROP, HANG, "what?", "354 go on"])
def test_without_an_answer_behind_the_letter_nobody_knows(moody_smtp, monkeypatch, mood):
    monkeypatch.setattr(smtp, "LAST_ANSWER", 0.2)
    moody_smtp.moods["end"] = mood

    with pytest.raises(smtp.NobodyKnows) as lost:
        smtp.send(at(moody_smtp.port), a_letter(), ["c@x.example"])

    assert lost.value.outcome.taken == ["c@x.example"]
    assert b"quit" not in moody_smtp.said


def test_any_kind_of_yes_is_a_yes(moody_smtp):
    moody_smtp.moods["end"] = "299 why not"

    assert smtp.send(at(moody_smtp.port), a_letter(), ["c@x.example"]).taken == ["c@x.example"]


@pytest.mark.parametrize(
    ("stage", "mood"),
    [
        *((stage, mood) for stage in ("greeting", "ehlo") for mood in (DROP, HANG)),
        *((stage, "421 closing") for stage in ("mail", "rcpt", "data", "end")),
        *((stage, mood) for stage in ("mail", "rcpt", "data", "body") for mood in (DROP, HANG)),
    ],
)
def test_what_certainly_was_not_taken_is_tried_again(moody_smtp, monkeypatch, stage, mood):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.2)
    monkeypatch.setattr(smtp, "GREETING", 0.2)
    moody_smtp.moods[stage] = mood
    # More than the line holds by itself.
    file = mail.Enclosure("long.bin", "application/octet-stream", bytes(8_000_000))
    letter = a_letter(files=[file] if stage == "body" else [])

    with pytest.raises(MailboxProblem) as problem:
        smtp.send(at(moody_smtp.port), letter, ["c@x.example"])

    assert isinstance(problem.value, smtp.NotLetIn) == (stage in {"greeting", "ehlo"})


def test_the_mark_stands_before_the_last_dot(moody_smtp):
    seen = []

    def mark(outcome):
        seen.append((list(outcome.taken), list(moody_smtp.letters)))

    smtp.send(at(moody_smtp.port), a_letter(), ["c@x.example"], before_end=mark)

    assert seen == [(["c@x.example"], [])]
    assert len(moody_smtp.letters) == 1


def test_whoever_cannot_mark_does_not_send(moody_smtp):
    def fail(outcome):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        smtp.send(at(moody_smtp.port), a_letter(), ["c@x.example"], before_end=fail)

    assert moody_smtp.letters == []
    assert moody_smtp.said[-1] == b"data"


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        ("mail", "550 5.7.1 you may not send as this"),
        ("mail", "530 5.7.0 sign in first"),
        ("rcpt", "530 5.7.0 sign in first"),
        ("data", "530 5.7.0 sign in first"),
        ("greeting", "554 no service here"),
    ],
)
def test_what_is_wrong_with_the_mailbox_is_no_fault_of_the_customer(moody_smtp, stage, said):
    moody_smtp.moods[stage] = said

    with pytest.raises(smtp.NotLetIn, match=said[4:]):
        smtp.send(at(moody_smtp.port), a_letter(), ["c@x.example"])


def test_a_server_that_does_not_relay_for_us_is_no_fault_of_the_customer(moody_smtp):
    moody_smtp.moods["rcpt"] = "554 5.7.1 <c@x.example>: Relay access denied"

    with pytest.raises(MailboxProblem, match="Relay access denied"):
        smtp.send(at(moody_smtp.port), a_letter(), ["c@x.example"])


@pytest.mark.parametrize(
    ("stage", "said"),
    [("mail", "552 5.3.4 too large"), ("end", "552 5.3.4 too large"), ("mail", "554 5.3.4 no")],
)
def test_a_letter_that_is_too_large_is_refused_for_good(moody_smtp, stage, said):
    moody_smtp.moods[stage] = said

    outcome = smtp.send(at(moody_smtp.port), a_letter(), ["c@x.example"])

    assert outcome.refused == {"c@x.example": said}


def test_a_server_that_says_its_limit_is_not_sent_what_is_larger(moody_smtp):
    moody_smtp.features = ("SIZE 100",)

    outcome = smtp.send(at(moody_smtp.port), a_letter(), ["c@x.example"])

    assert "the mail server takes 100" in outcome.refused["c@x.example"]
    assert not [one for one in moody_smtp.said if one.startswith(b"mail")]


def test_greylisting_is_for_later(moody_smtp):
    moody_smtp.moods["mail"] = "451 4.7.1 come back in five minutes"

    outcome = smtp.send(at(moody_smtp.port), a_letter(), ["a@x.example", "b@x.example"])

    assert set(outcome.later) == {"a@x.example", "b@x.example"}


def test_an_address_beyond_ascii_needs_a_server_that_knows_such(moody_smtp):
    people = ["карла@customer.example", "c@пошта.example"]

    outcome = smtp.send(at(moody_smtp.port), a_letter(to=people), people)
    assert outcome.taken == ["c@пошта.example"]
    assert "knows no addresses of this kind" in outcome.refused["карла@customer.example"]
    assert b"rcpt to:<c@xn--80a1acn3a.example>" in moody_smtp.said

    moody_smtp.features = ("8BITMIME", "SMTPUTF8")
    outcome = smtp.send(at(moody_smtp.port), a_letter(to=people), people)
    assert outcome.taken == people
    assert "карла@customer.example".encode() in moody_smtp.letters[-1]


def test_lone_dots_and_long_lines_arrive_as_they_were(smtp_sink):
    text = ".\n..\n.dot first\n" + "x" * 5000 + "\n" + "слово " * 400 + "\nend\n"

    smtp.send(at(smtp_sink.port), a_letter(text), ["c@x.example"])

    raw = smtp_sink.envelopes[0].content
    assert parse(raw).text.rstrip() == text.rstrip()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.isascii()


def test_nobody_there_is_a_sentence():
    with pytest.raises(MailboxProblem, match=r"127\.0\.0\.1 lets nobody in on port"):
        smtp.send(at(free_port()), a_letter(), ["c@x.example"])


def test_a_server_that_does_not_exist_is_a_sentence():
    mailbox = at(25, smtp_user="x")
    mailbox.smtp_host, mailbox.smtp_security = "nowhere.invalid", Security.TLS

    (step,) = smtp.check(mailbox)

    assert not step.done
    assert str(step) == "There is no server named “nowhere.invalid”."


def test_no_unprotected_line_leaves_this_machine():
    mailbox = at(25)
    mailbox.smtp_host = "mail.example"

    (step,) = smtp.check(mailbox)

    assert "Choose TLS or STARTTLS" in str(step)


def test_a_server_without_tls_is_a_sentence(smtp_sink):
    mailbox = at(smtp_sink.port)
    mailbox.smtp_security = Security.STARTTLS

    (step,) = smtp.check(mailbox)

    assert not step.done
    assert "STARTTLS" in str(step)


def test_a_wrong_password_is_a_sentence(smtp_sink):
    controller = Controller(
        smtp_sink,
        hostname="127.0.0.1",
        port=free_port(),
        auth_require_tls=False,
        authenticator=lambda *_args: AuthResult(success=False, handled=False),
    )
    controller.start()
    mailbox = at(controller.port, smtp_user="billing@desk.example", smtp_password="wrong")

    (step,) = smtp.check(mailbox)

    controller.stop()
    assert not step.done
    assert "refuses this user and password" in str(step)


def test_trying_out_says_that_it_works(smtp_sink):
    steps = smtp.check(at(smtp_sink.port))

    assert [step.done for step in steps] == [True, True, True]
    assert "takes letters from billing@desk.example" in str(steps[-1])


def test_trying_out_says_that_the_sender_is_refused(moody_smtp):
    moody_smtp.moods["mail"] = "553 5.7.1 not your address"

    steps = smtp.check(at(moody_smtp.port))

    assert [step.done for step in steps] == [True, True, False]
    assert "553 5.7.1 not your address" in str(steps[-1])


@pytest.mark.parametrize(
    "change",
    [
        {"sender": ("Ada\r\nBcc: x@y.example", "billing@desk.example")},
        {"to": ["carla@customer.example\r\nBcc: x@y.example"]},
        {"headers": {"Reply-To": "a@b.example\nBcc: x@y.example"}},
    ],
)
def test_no_field_can_bring_headers_along(change):
    with pytest.raises(ValueError, match="line"):
        a_letter(**change)
