"""Real mail servers for tests: fixtures `imap_server`, `smtp_sink`, `moody_smtp` and `dovecot`.

A pytest plugin, named in pyproject.toml.
"""

import asyncio
import base64
import grp
import itertools
import os
import pwd
import re
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from imapclient import IMAPClient

from helpdesk.embedded.processes import Account, Child, Program, answers, free_port
from helpdesk.embedded.trial_mail import TrialMail
from tests.surroundings import SYSTEM_PATH

Answer = TypeVar("Answer")
HOST = "127.0.0.1"
_deliveries = itertools.count(1)


@dataclass
class ImapServer:
    """The trial mail server in a thread: any address is an account with the one `password`."""

    home: Path
    password: str = "only-for-tests"
    host: str = HOST
    port: int = field(default_factory=free_port)
    smtp_port: int = field(default_factory=free_port)

    def start(self) -> None:
        """Serve in a thread of its own."""
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.mail = TrialMail(
            self.home, password=self.password, smtp=self.smtp_port, imap=self.port
        )
        self._ask(self.mail.start())

    def stop(self) -> None:
        """Close the ports and end the thread; the letters stay in `home`."""
        self._ask(self.mail.stop())
        self._ask(self._drop_connections())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()

    def add_account(self, address: str) -> None:
        """Make an empty mailbox (a first letter or login would make it too)."""
        self._ask(self._account(address))

    def deliver(self, address: str, letter: bytes) -> None:
        """Put raw bytes into the inbox of an address."""
        self._ask(self.mail.deliver(address, letter))

    def letters(self, address: str) -> list[bytes]:
        """The raw letters in the inbox of an address, oldest first."""
        with self.client(address) as client:
            client.select_folder("INBOX", readonly=True)
            found = client.fetch(client.search(), ["BODY.PEEK[]"])
            return [found[uid][b"BODY[]"] for uid in sorted(found)]

    def client(self, address: str) -> IMAPClient:
        """A connection that has signed in."""
        client = IMAPClient(self.host, port=self.port, ssl=False, timeout=20)
        client.login(address, self.password)
        return client

    def begin_anew(self, address: str) -> None:
        """Replace the mailbox by an empty one with another UIDVALIDITY, as servers may."""
        self._ask(self._replace(address))

    async def _account(self, address: str) -> None:
        self.mail.login.account(address)

    async def _replace(self, address: str) -> None:
        login = self.mail.login
        account = login.account(address)
        before = (await account.get_mailbox("INBOX")).uid_validity
        while (await account.get_mailbox("INBOX")).uid_validity == before:
            shutil.rmtree(account._home)
            del login.accounts[address.strip().lower()]
            account = login.account(address)

    async def _drop_connections(self) -> None:
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _ask(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)


@pytest.fixture
def imap_server(tmp_path: Path) -> Iterator[ImapServer]:
    """A fresh IMAP (and SMTP) server whose letters lie under the test's own folder."""
    server = ImapServer(tmp_path / "trial-mail")
    server.start()
    yield server
    server.stop()


@dataclass
class Troublemaker:
    """Stands between us and a mail server and answers commands that match a pattern itself.

    `faults` maps a pattern to what the client hears behind its tag (`NO I will not`), or to None:
    the line is cut.
    """

    server_port: int
    host: str = HOST
    faults: dict[str, str | None] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    lines: list[socket.socket] = field(default_factory=list)

    def start(self) -> None:
        """Listen; every connection is served by threads of its own."""
        self.listener = socket.create_server((self.host, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._welcome, daemon=True).start()

    def stop(self) -> None:
        """Take no more connections."""
        self.listener.close()

    def cut(self) -> None:
        """End every connection there is; new ones are taken."""
        while self.lines:
            with suppress(OSError):
                self.lines.pop().shutdown(socket.SHUT_RDWR)

    def _welcome(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self.listener.accept()
                self.lines.append(client)
                server = socket.create_connection((self.host, self.server_port))
                threading.Thread(target=self._answers, args=(server, client), daemon=True).start()
                threading.Thread(target=self._commands, args=(client, server), daemon=True).start()

    def _answers(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)

    def _commands(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError), client.makefile("rb") as lines:
            for line in lines:
                said = line.decode("latin-1")
                self.heard.append(said)
                pattern = next((one for one in self.faults if re.search(one, said)), None)
                if pattern is None:
                    server.sendall(line)
                elif (answer := self.faults[pattern]) is not None:
                    client.sendall(f"{said.split()[0]} {answer}\r\n".encode())
                else:
                    client.shutdown(socket.SHUT_RDWR)
                    return
            server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def troublemaker(imap_server: ImapServer) -> Iterator[Troublemaker]:
    """Trouble on the way to `imap_server`."""
    found = Troublemaker(imap_server.port)
    found.start()
    yield found
    found.stop()


@dataclass
class SmtpSink:
    """An SMTP server that keeps what it is given and can be told to refuse.

    `refusals` maps an address to the answer its RCPT gets (`550 no such user`, `451 later`);
    `refuse_data` is the answer to every DATA while it is set.
    """

    host: str = HOST
    port: int = field(default_factory=free_port)
    envelopes: list[Envelope] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    refuse_data: str = ""

    @property
    def messages(self) -> list[EmailMessage]:
        """The letters taken, parsed, oldest first."""
        parser = BytesParser(policy=policy.default)
        return [parser.parsebytes(envelope.content) for envelope in self.envelopes]

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.refuse_data:
            return self.refuse_data
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """A fresh SMTP server on loopback."""
    sink = SmtpSink()
    controller = Controller(sink, hostname=sink.host, port=sink.port, enable_SMTPUTF8=True)
    controller.start()
    yield sink
    controller.stop()


DROP, HANG = "drop", "hang"


@dataclass
class MoodySmtp:
    """An SMTP server that does at each stage what it is told: an answer of its own, DROP the line,
    or HANG until the test is over.

    Stages in `moods`: greeting, ehlo, mail, rcpt (`rcpt a@b.example` for one of them), data, body
    (in the middle of the letter), end (the whole letter is there). `letters` are those that came
    whole, `said` what clients said, in lower case.
    """

    moods: dict[str, str] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    letters: list[bytes] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Listen, and serve every connection in a thread of its own."""
        self.socket = socket.create_server((HOST, 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def stop(self) -> None:
        """Let go of whoever hangs, and close the port."""
        self.over.set()
        self.socket.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                line, _address = self.socket.accept()
                threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        with line, line.makefile("rwb") as file, suppress(OSError):
            if not self._answer(file, "greeting", "220 moody"):
                return
            for command in file:
                self.said.append(command.strip().lower())
                stage = command[:4].decode().strip().lower()
                if stage == "data":
                    if not self._letter(file):
                        return
                elif stage == "ehlo":
                    lines = ["moody", *self.features]
                    usual = [f"250-{one}" for one in lines[:-1]] + [f"250 {lines[-1]}"]
                    if not self._answer(file, stage, "\r\n".join(usual)):
                        return
                else:
                    own = next((one for one in self.moods if self._names(one, command)), stage)
                    if not self._answer(file, own, "250 OK") or stage == "quit":
                        return

    @staticmethod
    def _names(mood: str, command: bytes) -> bool:
        stage, _space, address = mood.partition(" ")
        said = command.decode().lower()
        return bool(address) and said.startswith(stage) and f"<{address}>" in said

    def _letter(self, file: BinaryIO) -> bool:
        if not self._answer(file, "data", "354 go on"):
            return False
        if "data" in self.moods:
            return True
        content = []
        while (row := file.readline()) != b".\r\n":
            content.append(row)
            if not row or ("body" in self.moods and not self._answer(file, "body", "")):
                return False
        self.letters.append(b"".join(content))
        return self._answer(file, "end", "250 taken")

    def _answer(self, file: BinaryIO, stage: str, usual: str) -> bool:
        """Whether the conversation goes on."""
        mood = self.moods.get(stage, usual)
        if mood == HANG:
            self.over.wait(30)
        if mood in (DROP, HANG):
            return False
        file.write(mood.encode() + b"\r\n")
        file.flush()
        return True


@pytest.fixture
def moody_smtp() -> Iterator[MoodySmtp]:
    """A fresh one, in a good mood."""
    server = MoodySmtp()
    server.start()
    yield server
    server.stop()


@dataclass
class OAuthSmtp:
    """An SMTP server that takes nothing but XOAUTH2; `said` is what clients told it."""

    host: str = HOST
    port: int = field(default_factory=free_port)
    said: list[str] = field(default_factory=list)
    refuses: bool = False

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:  # noqa: N802
        """The initial answer; a refusal comes as a challenge first, as providers do it."""
        self.said.append(base64.b64decode(words[1]).decode())
        if self.refuses:
            await server.push("334 eyJzdGF0dXMiOiI0MDAifQ==")
            await server._reader.readline()
            return AuthResult(success=False, handled=False)
        return AuthResult(success=True)


@pytest.fixture
def oauth_smtp() -> Iterator[OAuthSmtp]:
    """A fresh SMTP server that wants a token."""
    sink = OAuthSmtp()
    controller = Controller(
        sink, hostname=sink.host, port=sink.port, auth_require_tls=False, auth_required=True
    )
    controller.start()
    yield sink
    controller.stop()


@dataclass
class Dovecot:
    """A running Dovecot; `accounts` are addresses, all with `password`."""

    base: Path
    account: Account
    user: str
    group: str
    password: str = "only-for-tests"
    host: str = HOST
    port: int = field(default_factory=free_port)
    # Where it asks whose a token is; see tests/token_server.py.
    tokens_port: int = field(default_factory=free_port)
    child: Child = field(init=False)

    def start(self) -> None:
        """Serve, with whatever lies in the mailboxes."""
        self.child.start()
        self.child.wait_until_ready(20)

    def stop(self) -> None:
        """Refuse connections from now on; the letters stay."""
        self.child.stop()

    def write_settings(self) -> Path:
        """Write its configuration into `base` and return the file."""
        for name in ("run", "state", "mail"):
            (self.base / name).mkdir()
        (self.base / "passwd").touch()
        template = (Path(__file__).parent / "dovecot.conf").read_text()
        for word, value in {
            "BASE": str(self.base),
            "USER": self.user,
            "GROUP": self.group,
            "PORT": str(self.port),
        }.items():
            template = re.sub(rf"\b{word}\b", value, template)
        (self.base / "oauth2.conf").write_text(
            f"introspection_url = http://{HOST}:{self.tokens_port}/introspect\n"
            "introspection_mode = auth\nforce_introspection = yes\nusername_attribute = email\n"
        )
        settings = self.base / "dovecot.conf"
        settings.write_text(template)
        for path in [self.base, *self.base.iterdir()]:
            os.chown(path, self.account.uid, self.account.gid)
        return settings

    def add_account(self, address: str, password: str = "") -> None:
        """Make an account, or give it another password."""
        known = self.base / "passwd"
        others = [one for one in known.read_text().splitlines() if one.split(":")[0] != address]
        own = f"{address}:{{PLAIN}}{password or self.password}"
        own += f":{self.account.uid}:{self.account.gid}::{self.home(address)}::"
        known.write_text("\n".join([*others, own]) + "\n")

    def home(self, address: str) -> Path:
        """The folder of an account; its letters lie in `Maildir`."""
        return self.base / "mail" / address

    def deliver(self, address: str, letter: bytes) -> None:
        """Put raw bytes into the inbox of an address."""
        self.deliver_many(address, [letter])

    def deliver_many(self, address: str, letters: Iterable[bytes]) -> int:
        """Put letters into the inbox of an address, as a local delivery agent does; how many."""
        inbox = self.home(address) / "Maildir"
        for folder in (inbox.parent, inbox, *(inbox / name for name in ("cur", "new", "tmp"))):
            folder.mkdir(exist_ok=True)
            os.chown(folder, self.account.uid, self.account.gid)
        count = 0
        for letter in letters:
            count += 1
            name = f"{time.time():.0f}.M{next(_deliveries):09}.{self.user}"
            written = inbox / "tmp" / name
            written.write_bytes(letter)
            os.chown(written, self.account.uid, self.account.gid)
            written.rename(inbox / "new" / name)
        return count

    def count(self, address: str, folder: str = "INBOX") -> int:
        """How many letters lie in a folder of an address."""
        with self.client(address) as client:
            return int(client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"])

    @contextmanager
    def drop(self, address: str) -> Iterator[BinaryIO]:
        """A file to write a letter into, which then lies in the inbox of an address."""
        with self.client(address) as client:
            client.select_folder("INBOX")  # makes the folders
        folder = self.base / "mail" / address / "Maildir"
        with (folder / "tmp" / "dropped").open("wb") as file:
            yield file
        os.chown(file.name, self.account.uid, self.account.gid)
        Path(file.name).rename(folder / "new" / "dropped")

    def count_anew(self, address: str) -> None:
        """Let it forget which numbers it gave to the letters of an inbox."""
        before = after = self._uid_validity(address)
        while before == after:  # it is the time in seconds
            for path in (self.base / "mail" / address / "Maildir").glob("dovecot*"):
                path.unlink()
            time.sleep(0.1)
            after = self._uid_validity(address)

    def _uid_validity(self, address: str) -> int:
        with self.client(address) as client:
            return int(client.folder_status("INBOX", ["UIDVALIDITY"])[b"UIDVALIDITY"])

    def client(self, address: str) -> IMAPClient:
        """A connection that has signed in."""
        client = IMAPClient(self.host, port=self.port, ssl=False, timeout=20)
        client.login(address, self.password)
        return client


@contextmanager
def running_dovecot() -> Iterator[Dovecot]:
    """A fresh Dovecot, ended and cleared away afterwards. Raises LookupError where none is."""
    program = shutil.which("dovecot", path=SYSTEM_PATH)
    if program is None:
        raise LookupError("Dovecot is not installed")
    name = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    person = pwd.getpwnam(name)
    # Its socket paths must be short, so not in the test's own deep folder.
    base = Path(tempfile.mkdtemp(prefix="dovecot-"))
    base.chmod(0o755)
    server = Dovecot(
        base,
        Account(person.pw_uid, person.pw_gid),
        person.pw_name,
        grp.getgrgid(person.pw_gid).gr_name,
    )
    server.child = Child(
        Program(
            name="dovecot",
            command=[program, "-F", "-c", str(server.write_settings())],
            log=base / "log",
            env={"PATH": SYSTEM_PATH},
            ready=lambda _pid: answers(server.port),
        )
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    """A fresh Dovecot. Mark the test `needs_dovecot`."""
    with running_dovecot() as server:
        yield server
