"""An open folder: which letters lie there, their bytes, and what becomes of them afterwards."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _
from imapclient import IMAPClient
from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
)

from mailgateway.imap.excerpt import excerpt, first_text
from mailgateway.imap.line import in_words, signed_in
from mailgateway.models import Mailbox
from mailgateway.parsing import parse
from mailgateway.problems import MailboxProblem, Refused

AT_ONCE = 50
# Of a letter that is too large: so much of its headers, and of its first text.
MOST_HEADERS, MOST_TEXT = 256 * 1024, 1024 * 1024
# What IMAPClient raises when it cannot make sense of an answer that arrived in full.
_SENSELESS = (ArithmeticError, AssertionError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class Outline:
    """What the server says of a letter before its bytes are asked for."""

    uid: int
    size: int
    arrived_at: datetime | None
    letter_id: str


@dataclass(frozen=True)
class Letter:
    """The bytes of a letter; of a partial one headers and the beginning of its text."""

    raw: bytes
    is_partial: bool


@contextmanager
def opened(mailbox: Mailbox) -> Iterator["Folder"]:
    """The folder of `mailbox`, open for looking. Raises MailboxProblem."""
    with signed_in(mailbox) as client:
        yield Folder(client, mailbox)


class Folder:
    """One folder on one connection. All methods raise Refused when the server says no to one
    thing, MailboxProblem when nothing more can be done on this connection."""

    def __init__(self, client: IMAPClient, mailbox: Mailbox) -> None:
        self.client = client
        self.mailbox = mailbox
        self.facts = self._select(write=False)
        self.validity = int(self.facts[b"UIDVALIDITY"])

    def open_for_changes(self) -> None:
        """Open it anew so that letters may be marked and moved."""
        self.facts = self._select(write=True)
        if int(self.facts[b"UIDVALIDITY"]) != self.validity:
            raise MailboxProblem(_("The server has just begun to count its letters anew."))

    @property
    def next_uid(self) -> int:
        """The number that the next letter will get, or one that is as good."""
        told = self.facts.get(b"UIDNEXT")
        return int(told) if told else max(self._search("ALL"), default=0) + 1

    def to_fetch(self) -> list[int]:
        """The letters behind the mailbox's position. Of those that lay there when the server began
        to count, only what arrived since `letters_since`."""
        position, relisted = self.mailbox.last_uid, self.mailbox.relisted_to
        if self.mailbox.uid_validity != self.validity:
            position, relisted = 0, self.next_uid
        found, day = self.behind(position), self.mailbox.letters_since
        if day is None or position + 1 >= relisted:
            return found
        recent = set(self.since(day))
        return [uid for uid in found if uid >= relisted or uid in recent]

    def behind(self, uid: int) -> list[int]:
        """The letters numbered above `uid`."""
        # "n:*" gives the newest letter even where it lies before n.
        return [found for found in self._search("UID", f"{uid + 1}:*") if found > uid]

    def since(self, day: date | None) -> list[int]:
        """The letters that arrived on `day` or later; all without a day."""
        if day is None:
            return self._search("ALL")
        # A day more, because the server may live in another time zone than we.
        return self._search("SINCE", day - timedelta(days=1))

    def outlines(self, uids: Iterable[int]) -> Iterator[tuple[int, Outline | Refused | None]]:
        """Each letter with what the server says of it, or why it does not; None: it is gone.

        Asked for in small groups; a letter at which a group fails does not hide its neighbours.
        """
        waiting = iter(uids)
        while group := list(islice(waiting, AT_ONCE)):
            try:
                found = self._outlines(group)
            except Refused:
                for uid in group:
                    try:
                        yield uid, self._outlines([uid]).get(uid)
                    except Refused as problem:
                        yield uid, problem
            else:
                for uid in group:
                    yield uid, found.get(uid)

    def letter(self, outline: Outline) -> Letter:
        """Its bytes, or the beginning of a letter larger than the mailbox takes."""
        if outline.size > self.mailbox.largest_letter:
            return Letter(self._excerpt(outline.uid), is_partial=True)
        return Letter(self._part(outline.uid, "", None), is_partial=False)

    def can_change(self, flag: bytes) -> bool:
        """Whether the server lets us set `flag` for good (RFC 3501, 7.1: PERMANENTFLAGS)."""
        flags = self.facts.get(b"PERMANENTFLAGS")
        return flags is None or flag.lower() in {bytes(one).lower().strip(b"()") for one in flags}

    def has_folder(self, name: str) -> bool:
        """Whether there is a folder of this name."""
        with in_words(self.mailbox):
            return bool(self.client.folder_exists(name))

    def make_folder(self, name: str) -> None:
        """Make a folder, unless it is there."""
        if not self.has_folder(name):
            with in_words(self.mailbox):
                self.client.create_folder(name)
                with suppress(IMAPClientError):
                    self.client.subscribe_folder(name)

    def mark_seen(self, uids: list[int]) -> None:
        """Mark letters as read."""
        with in_words(self.mailbox):
            self.client.add_flags(uids, [rb"\Seen"], silent=True)

    @property
    def moves(self) -> bool:
        """Whether the server moves letters in one step (RFC 6851)."""
        with in_words(self.mailbox):
            return bool(self.client.has_capability("MOVE"))

    def move(self, uids: list[int], to: str) -> None:
        """Move letters into a folder that is there."""
        with in_words(self.mailbox):
            if self.client.has_capability("MOVE"):
                self.client.move(uids, to)
                return
            self.client.copy(uids, to)
        self.delete(uids)

    def delete(self, uids: list[int]) -> None:
        """Delete these letters and no others (RFC 4315). Where the server cannot do that they
        stay, marked as deleted: a plain EXPUNGE would take what somebody else has marked."""
        with in_words(self.mailbox):
            self.client.add_flags(uids, [rb"\Deleted"], silent=True)
            if self.client.has_capability("UIDPLUS"):
                self.client.uid_expunge(uids)

    def holds_copy(self, name: str, outline: Outline) -> bool:
        """Whether another folder has this letter already."""
        if not (outline.letter_id and outline.letter_id.isascii()):
            return False
        with in_words(self.mailbox):
            self.client.select_folder(name, readonly=True)
            found = self.client.search(["HEADER", "Message-ID", outline.letter_id])
            sizes = self.client.fetch(found, ["RFC822.SIZE"])
        self.open_for_changes()
        return any(facts.get(b"RFC822.SIZE") == outline.size for facts in sizes.values())

    def _select(self, *, write: bool) -> dict[bytes, Any]:
        name = self.mailbox.imap_folder
        with in_words(self.mailbox):
            try:
                answer: dict[bytes, Any] = self.client.select_folder(name, readonly=not write)
            except (IMAPClientAbortError, IMAPClientReadOnlyError):
                raise
            except IMAPClientError:
                raise MailboxProblem(
                    _("There is no folder “%(folder)s” in this mailbox.") % {"folder": name}
                ) from None
            return answer

    def _search(self, *criteria: Any) -> list[int]:
        with in_words(self.mailbox):
            return sorted(self.client.search(list(criteria)))

    def _outlines(self, uids: list[int]) -> dict[int, Outline]:
        wanted = ["RFC822.SIZE", "INTERNALDATE", "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"]
        return {uid: _outline(uid, facts) for uid, facts in self._fetch(uids, wanted).items()}

    def _excerpt(self, uid: int) -> bytes:
        head = self._part(uid, "HEADER", MOST_HEADERS)
        try:
            structure = self._fetch([uid], ["BODYSTRUCTURE"])[uid][b"BODYSTRUCTURE"]
            part = first_text(structure)
            text = self._part(uid, part.section, MOST_TEXT) if part else b""
        except (Refused, *_SENSELESS):
            part, text = None, b""
        return excerpt(head, part, text)

    def _part(self, uid: int, section: str, most: int | None) -> bytes:
        """The bytes of a section of a letter, the whole for "", at most `most` of them."""
        bound = "" if most is None else f"<0.{most}>"
        facts = self._fetch([uid], [f"BODY.PEEK[{section}]{bound}"]).get(uid, {})
        content = next((value for key, value in facts.items() if key.startswith(b"BODY[")), None)
        if content is None:
            raise Refused(_("The server lists this letter but does not hand it over."))
        return bytes(content)

    def _fetch(self, uids: list[int], what: list[str]) -> dict[int, dict[bytes, Any]]:
        with in_words(self.mailbox):
            try:
                found: dict[int, dict[bytes, Any]] = self.client.fetch(uids, what)
            except _SENSELESS as error:
                raise Refused(
                    _("The server's answer cannot be understood: %(why)s") % {"why": error}
                ) from error
            return found


def _outline(uid: int, facts: dict[bytes, Any]) -> Outline:
    header = next((value for key, value in facts.items() if key.startswith(b"BODY[")), None)
    arrived = facts.get(b"INTERNALDATE")
    return Outline(
        uid=uid,
        size=int(facts.get(b"RFC822.SIZE") or 0),
        arrived_at=arrived.astimezone(UTC) if isinstance(arrived, datetime) else None,
        letter_id=parse(bytes(header)).message_id if header else "",
    )
