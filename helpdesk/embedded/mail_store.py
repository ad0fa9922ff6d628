"""Mailboxes on disk for pymap: byte for byte, with UIDs that survive a restart.

pymap's own maildir backend parses and re-writes letters, so their bytes change. This store keeps
pymap's in-memory mailboxes and writes every letter to a file before it is acknowledged:
`<home>/<address>/<folder>/<uid>,<flags>.eml`, and beside them `state.json` with UIDVALIDITY and the
highest UID ever given. A killed server finds all of it again.
"""

import json
from argparse import Namespace
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from urllib.parse import quote, unquote

from pymap.backend.dict import Config, Identity, Login, Session
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet, Message
from pymap.concurrent import Subsystem
from pymap.exceptions import AuthorizationFailure, InvalidAuth, NotSupportedError
from pymap.flags import FlagOp
from pymap.interfaces.login import IdentityInterface
from pymap.interfaces.message import CachedMessage
from pymap.mailbox import MailboxSnapshot
from pymap.mime import MessageContent
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials import ObjectId
from pymap.parsing.specials.flag import Answered, Deleted, Draft, Flag, Flagged, Seen
from pymap.user import UserMetadata
from pysasl.creds.server import ServerCredentials
from pysasl.hashing import Cleartext

LETTER_OF_FLAG = {Seen: "S", Flagged: "F", Answered: "R", Draft: "D", Deleted: "T"}
FLAG_OF_LETTER = {letter: flag for flag, letter in LETTER_OF_FLAG.items()}


class StoredMailbox(MailboxData):
    """One folder of one account."""

    def __init__(self, mailboxes: "StoredMailboxes", folder: Path) -> None:
        super().__init__(mailboxes._content_cache, mailboxes._thread_cache)
        self._folder = folder
        self._max_uid = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._load()

    async def append(self, append_msg: AppendMessage, *, recent: bool = False) -> Message:
        """Write the letter down, then show it to whoever reads this folder."""
        self._write(self._max_uid + 1, append_msg.flag_set, append_msg.literal)
        return await super().append(append_msg, recent=recent)

    async def copy(  # type: ignore[override]
        self, uid: int, destination: "StoredMailbox", *, recent: bool = False
    ) -> int | None:
        """Copy the letter's file, then the letter."""
        return await self._carry(uid, destination, recent=recent)

    async def move(  # type: ignore[override]
        self, uid: int, destination: "StoredMailbox", *, recent: bool = False
    ) -> int | None:
        """Copy the letter, then delete it here: a kill between the two loses nothing."""
        carried = await self._carry(uid, destination, recent=recent)
        if carried is not None:
            await self.delete([uid])
        return carried

    async def update(
        self, uid: int, cached_msg: CachedMessage, flag_set: frozenset[Flag], mode: FlagOp
    ) -> Message:
        """Change the flags in memory and in the file's name."""
        message = await super().update(uid, cached_msg, flag_set, mode)
        with suppress(FileNotFoundError):
            self._file(uid).rename(self._folder / file_name(uid, message.permanent_flags))
        return message

    async def delete(self, uids: Iterable[int]) -> None:
        """Forget letters, in memory and on disk."""
        gone = list(uids)
        await super().delete(gone)
        for uid in gone:
            with suppress(FileNotFoundError):
                self._file(uid).unlink()

    async def _carry(self, uid: int, destination: "StoredMailbox", *, recent: bool) -> int | None:
        message = self._messages.get(uid)
        if message is None:
            return None
        literal = self._file(uid).read_bytes()
        copy = AppendMessage(literal, message.internal_date, message.permanent_flags)
        return (await destination.append(copy, recent=recent)).uid

    def _file(self, uid: int) -> Path:
        found = next(self._folder.glob(f"{uid:09d},*.eml"), None)
        if found is None:
            raise FileNotFoundError(f"{self._folder} has no letter {uid}")
        return found

    def _write(self, uid: int, flags: Iterable[Flag], literal: bytes) -> None:
        unfinished = self._folder / "unfinished"
        unfinished.write_bytes(literal)
        unfinished.rename(self._folder / file_name(uid, flags))
        self._save_state(uid)

    def _save_state(self, max_uid: int) -> None:
        unfinished = self._folder / "state.unfinished"
        unfinished.write_text(json.dumps({"uidvalidity": self._uid_validity, "max_uid": max_uid}))
        unfinished.rename(self._folder / "state.json")

    def _load(self) -> None:
        try:
            state = json.loads((self._folder / "state.json").read_text())
        except FileNotFoundError:
            self._uid_validity = MailboxSnapshot.new_uid_validity()
            self._save_state(0)
        else:
            self._uid_validity, self._max_uid = state["uidvalidity"], state["max_uid"]
        for path in sorted(self._folder.glob("*.eml")):
            number, _, letters = path.stem.partition(",")
            uid = int(number)
            content = MessageContent.parse(path.read_bytes())
            self._messages[uid] = Message(
                uid,
                datetime.fromtimestamp(path.stat().st_mtime, UTC),
                [FLAG_OF_LETTER[letter] for letter in letters],
                email_id=self._content_cache.add(content),
                thread_id=self._thread_cache.add(content),
                content=content,
            )
            # A kill between letter and state leaves the letter ahead of the count.
            self._max_uid = max(self._max_uid, uid)
        self._mod_sequences.update(list(self._messages))


class StoredMailboxes(MailboxSet):
    """All folders of one account."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._home = home
        self._inbox = StoredMailbox(self, home / "INBOX")
        for folder in home.iterdir():
            if folder.name != "INBOX":
                self._set[unquote(folder.name)] = StoredMailbox(self, folder)

    async def add_mailbox(self, name: str) -> ObjectId:
        """Make a folder."""
        if name in self._set:
            raise ValueError(name)
        self._set[name] = made = StoredMailbox(self, self._folder(name))
        return made.mailbox_id

    async def delete_mailbox(self, name: str) -> None:
        """Remove a folder with its letters."""
        await super().delete_mailbox(name)
        rmtree(self._folder(name))

    async def rename_mailbox(self, before: str, after: str) -> None:
        """Not offered: nobody needs it of a trial server."""
        raise NotSupportedError(f"{before} cannot be renamed to {after}")

    def _folder(self, name: str) -> Path:
        return self._home / quote(name, safe="")


class StoreConfig(Config):
    """Settings of an IMAP server on loopback: no TLS, cheap password checks, no name look-ups."""

    def __init__(self, *, password: str) -> None:
        super().__init__(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            demo_data=False,
            demo_user="",
            demo_password="",
            host="127.0.0.1",
            port=0,
            tls_enabled=False,
            # The password is made by us and lies in the clear beside the letters: hashing it
            # slowly at every poll would only burn time.
            hash_context=Cleartext(),
            cpu_subsystem=Subsystem.for_asyncio(),
        )
        self.password = password

    @property
    def greeting(self) -> bytes:
        """What the server says first; pymap would ask the resolver for this machine's name."""
        return b"trial mail server ready"


class StoreLogin(Login):
    """Every address is an account with the one password; it is made when first needed."""

    def __init__(self, config: StoreConfig, home: Path) -> None:
        super().__init__(config)
        self.home = home
        self.password = config.password
        self.accounts: dict[str, StoredMailboxes] = {}

    def account(self, address: str) -> StoredMailboxes:
        """The mailboxes of an address, made now if there are none."""
        address = address.strip().lower()
        if address not in self.accounts:
            # Dots are kept out of the first place: no address names a folder above.
            name = quote(address, safe="@+-_. ").replace("..", "%2E%2E")
            self.accounts[address] = StoredMailboxes(self.home / name)
        return self.accounts[address]

    async def authenticate(self, credentials: ServerCredentials) -> Identity:
        """Let in whoever names an address and knows the password."""
        address = credentials.authcid.strip().lower()
        if "@" not in address:
            raise InvalidAuth()
        identity = StoreIdentity(address, self, None, frozenset())
        if not credentials.verify(await identity.get()):
            raise InvalidAuth()
        return identity

    async def authorize(self, authenticated: IdentityInterface, authzid: str) -> Identity:
        """Nobody reads the account of somebody else."""
        if authzid.strip().lower() != authenticated.name:
            raise AuthorizationFailure()
        return StoreIdentity(authenticated.name, self, None, frozenset())


class StoreIdentity(Identity):
    """Somebody who reads an account."""

    login: StoreLogin  # type: ignore[misc]

    @asynccontextmanager
    async def new_session(self) -> AsyncIterator[Session]:
        """A session over the stored mailboxes."""
        yield Session(self.name, self.config, self.login.account(self.name), FilterSet())

    async def get(self) -> UserMetadata:
        """The account's name and password."""
        return UserMetadata(self.config, self.name, password=self.login.password)


def file_name(uid: int, flags: Iterable[Flag]) -> str:
    """`000000007,FS.eml`: UID and the letters of the flags."""
    letters = "".join(sorted(LETTER_OF_FLAG[flag] for flag in flags if flag in LETTER_OF_FLAG))
    return f"{uid:09d},{letters}.eml"
