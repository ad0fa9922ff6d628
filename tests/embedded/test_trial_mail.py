"""The trial mail server keeps every letter, byte for byte, whatever happens to it."""

import os
import signal
import smtplib
import sys
from pathlib import Path

import pytest
from imapclient.exceptions import LoginError

from helpdesk.embedded.processes import Child, Program, answers, free_port
from tests.mail_servers import Dovecot, ImapServer, SmtpSink

LETTER = "From: carla@example.org\r\nSubject: Hello\r\n\r\nПривіт\r\n".encode("koi8-u")


def send(port: int, to: list[str], letter: bytes = LETTER) -> None:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        smtp.sendmail("carla@example.org", to, letter)


def test_a_letter_sent_by_smtp_is_read_by_imap(imap_server: ImapServer):
    send(imap_server.smtp_port, ["Support@desk.example", "other@desk.example"])

    for address in ("support@desk.example", "other@desk.example"):
        (letter,) = imap_server.letters(address)
        assert letter.endswith(LETTER)
        assert letter.startswith(b"Return-Path: <carla@example.org>\r\nDelivered-To: ")


def test_strange_bytes_come_back_as_they_were(imap_server: ImapServer):
    head = b"Subject: \xff\xfe broken\nno colon here\r\n\r\n"
    strange = head + bytes(range(256)) * 40 + b"x" * 5000
    imap_server.deliver("support@desk.example", strange)

    assert imap_server.letters("support@desk.example") == [strange]


def test_a_wrong_password_opens_nothing(imap_server: ImapServer):
    imap_server.password += "?"

    with pytest.raises(LoginError):
        imap_server.client("support@desk.example")


def test_an_address_cannot_lead_out_of_the_store(imap_server: ImapServer, tmp_path: Path):
    imap_server.deliver("../../x@../y", LETTER)

    assert [path.name for path in tmp_path.iterdir()] == ["trial-mail"]
    assert imap_server.letters("../../x@../y") == [LETTER]


def test_letters_flags_and_uids_survive_a_restart(imap_server: ImapServer):
    address = "support@desk.example"
    for _ in range(3):
        imap_server.deliver(address, LETTER)
    with imap_server.client(address) as client:
        before = client.select_folder("INBOX")
        client.add_flags(1, [rb"\Seen"])
        client.create_folder("Done/2026")
        client.move([2], "Done/2026")
        client.delete_messages([3])
        client.expunge()
    imap_server.stop()

    imap_server.start()
    imap_server.deliver(address, LETTER)

    with imap_server.client(address) as client:
        after = client.select_folder("INBOX")
        assert after[b"UIDVALIDITY"] == before[b"UIDVALIDITY"]
        assert client.search() == [1, 4]
        assert rb"\Seen" in client.get_flags(1)[1]
        client.select_folder("Done/2026")
        assert client.search() == [1]


def test_a_mailbox_begun_anew_has_another_uidvalidity(imap_server: ImapServer):
    address = "support@desk.example"
    imap_server.deliver(address, LETTER)
    with imap_server.client(address) as client:
        before = client.select_folder("INBOX")[b"UIDVALIDITY"]

    imap_server.begin_anew(address)

    with imap_server.client(address) as client:
        assert client.select_folder("INBOX")[b"UIDVALIDITY"] != before
        assert client.search() == []


def test_no_acknowledged_letter_is_lost_when_the_server_is_killed(tmp_path: Path):
    smtp, imap = free_port(), free_port()
    server = Child(
        Program(
            name="trial mail",
            command=[
                *(sys.executable, "-m", "helpdesk.embedded.trial_mail"),
                *("--home", str(tmp_path / "store"), "--smtp", str(smtp), "--imap", str(imap)),
            ],
            log=tmp_path / "log",
            env={**os.environ, "DESK_TRIAL_PASSWORD": "only-for-tests"},
            cwd=Path.cwd(),
            ready=lambda _pid: answers(smtp) and answers(imap),
        )
    )
    server.start()
    server.wait_until_ready(20)
    sent = []
    for number in range(20):
        letter = b"Subject: %d\r\n\r\nHello\r\n" % number
        send(smtp, ["support@desk.example"], letter)
        sent.append(letter)
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()

    again = ImapServer(tmp_path / "store")
    again.start()
    found = again.letters("support@desk.example")
    again.stop()

    assert [letter[letter.index(b"Subject") :] for letter in found] == sent


def test_the_sink_keeps_letters_and_refuses_as_told(smtp_sink: SmtpSink):
    smtp_sink.refusals["gone@example.org"] = "550 no such user"
    send(smtp_sink.port, ["carla@example.org"])

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(smtp_sink.port, ["gone@example.org"])

    assert refused.value.recipients["gone@example.org"][0] == 550
    assert [message["Subject"] for message in smtp_sink.messages] == ["Hello"]


@pytest.mark.needs_dovecot
def test_dovecot_gives_back_what_it_was_given(dovecot: Dovecot):
    dovecot.add_account("support@desk.example")
    dovecot.deliver("support@desk.example", LETTER)

    with dovecot.client("support@desk.example") as client:
        client.select_folder("INBOX")
        found = client.fetch(client.search(), ["BODY.PEEK[]"])
        assert [letter[b"BODY[]"] for letter in found.values()] == [LETTER]
