"""Talking to mail servers that take our letters."""

import socket
import threading
from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from helpdesk.embedded.processes import free_port
from helpdesk.lib import mail
from mailgateway import smtp
from mailgateway.models import Mailbox, Security
from mailgateway.problems import MailboxProblem


def a_letter(**changes):
    fields = {
        "sender": ("Ada · Бухгалтерія", "billing@desk.example"),
        "to": ["carla@customer.example"],
        "letter_id": "one@desk.example",
        "date": datetime(2026, 11, 23, tzinfo=UTC),
    }
    return mail.build(mail.Words("Рахунок", "Текст\n.\n", "<p>Текст</p>"), **(fields | changes))


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


def test_a_line_that_breaks_after_the_letter_leaves_us_uncertain():
    server = socket.create_server(("127.0.0.1", 0))

    def take_everything_and_hang_up():
        line, _address = server.accept()
        with line, line.makefile("rwb") as file:
            file.write(b"220 hello\r\n")
            file.flush()
            for command in file:
                if command == b".\r\n":
                    return
                if command[:4].upper() in (b"EHLO", b"MAIL", b"RCPT"):
                    file.write(b"250 OK\r\n")
                elif command[:4].upper() == b"DATA":
                    file.write(b"354 go on\r\n")
                file.flush()

    thread = threading.Thread(target=take_everything_and_hang_up, daemon=True)
    thread.start()
    with pytest.raises(smtp.NobodyKnows):
        smtp.send(at(server.getsockname()[1]), a_letter(), ["c@x.example"])
    thread.join(5)
    server.close()


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
    (step,) = smtp.check(at(smtp_sink.port))

    assert step.done


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
