"""The trial mail server: SMTP in, IMAP out, on loopback only, for any address.

    python -m helpdesk.embedded.trial_mail --home DIR --smtp PORT --imap PORT

The password of every account comes from `DESK_TRIAL_PASSWORD`. A letter to an address makes its
mailbox; nothing ever leaves this machine.
"""

import argparse
import asyncio
import logging
import os
import secrets
import signal
from asyncio import AbstractServer
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from proxyprotocol.reader import ProxyProtocolReader
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage

from helpdesk.embedded.mail_store import StoreConfig, StoreLogin

LOOPBACK = "127.0.0.1"
MAX_LETTER_BYTES = 60 * 1024 * 1024

log = logging.getLogger("trial mail")


class Postman(SMTP):
    """SMTP that takes what real servers take: lines far longer than the standard's limit."""

    line_length_limit = 4 * 1024 * 1024


class TrialMail:
    """One server over the letters in `home`; run `start` and `stop` inside one event loop."""

    def __init__(self, home: Path, *, password: str, smtp: int, imap: int) -> None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.config = StoreConfig(password=password)
        self.login = StoreLogin(self.config, home)
        self.ports = {"smtp": smtp, "imap": imap}
        self.servers: list[AbstractServer] = []

    async def start(self) -> None:
        """Listen on both ports."""
        loop = asyncio.get_running_loop()
        self.config.apply_context()
        reader = ProxyProtocolReader(self.config.proxy_protocol)
        imap = reader.get_callback(IMAPServer(self.login, self.config))
        self.servers = [
            await asyncio.start_server(imap, LOOPBACK, self.ports["imap"]),
            await loop.create_server(self._postman, LOOPBACK, self.ports["smtp"]),
        ]

    async def stop(self) -> None:
        """Close both ports."""
        for server in self.servers:
            server.close()

    async def deliver(self, address: str, letter: bytes) -> None:
        """Put a letter into the inbox of an address, byte for byte."""
        inbox = await self.login.account(address).get_mailbox("INBOX")
        await inbox.append(AppendMessage(letter, datetime.now(UTC)), recent=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        """Deliver to every recipient, with the trace lines that a real server adds."""
        letter = envelope.content
        if not isinstance(letter, bytes):
            raise TypeError("letters are bytes")
        stamp = format_datetime(datetime.now(UTC))
        for address in dict.fromkeys(envelope.rcpt_tos):
            trace = (
                f"Return-Path: <{envelope.mail_from or ''}>\r\n"
                f"Delivered-To: {address}\r\n"
                f"Received: from {session.host_name or 'localhost'} by trial-mail.localhost;"
                f" {stamp}\r\n"
            )
            await self.deliver(address, trace.encode() + letter)
            log.info("letter from %s to %s, %d bytes", envelope.mail_from, address, len(letter))
        return "250 OK"

    def _postman(self) -> SMTP:
        return Postman(
            self,
            data_size_limit=MAX_LETTER_BYTES,
            enable_SMTPUTF8=True,
            hostname="trial-mail.localhost",
            ident="trial mail server",
            auth_require_tls=False,
            authenticator=self._check_password,
            loop=asyncio.get_running_loop(),
        )

    def _check_password(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        known = isinstance(data, LoginPassword) and secrets.compare_digest(
            data.password, self.config.password.encode()
        )
        return AuthResult(success=known, handled=False)


async def serve(mail: TrialMail) -> None:
    """Run until SIGTERM or SIGINT."""
    end = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, end.set)
    await mail.start()
    log.info("SMTP on port %(smtp)d, IMAP on port %(imap)d", mail.ports)
    await end.wait()
    await mail.stop()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="Trial mail server on loopback.")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--smtp", type=int, required=True)
    parser.add_argument("--imap", type=int, required=True)
    given = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    log.setLevel(logging.INFO)
    password = os.environ["DESK_TRIAL_PASSWORD"]
    asyncio.run(serve(TrialMail(given.home, password=password, smtp=given.smtp, imap=given.imap)))


if __name__ == "__main__":
    main()
