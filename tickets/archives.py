"""Many files as one, for people who want all of a ticket at once."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.utils import timezone

from tickets.models import Attachment

PIECE: Final = 64 * 1024


class _Taken(io.RawIOBase):
    """Where an archive writes itself, and whoever sends it takes what is there."""

    def __init__(self) -> None:
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written += data
        return len(data)

    def take(self) -> bytes:
        """What was written since the last time."""
        data = bytes(self._written)
        self._written.clear()
        return data


def zipped(attachments: Iterable[Attachment]) -> Iterator[bytes]:
    """A ZIP archive of them, piece by piece, never whole in memory. Files of one name are told
    apart by a number; a file that is lost is left out."""
    taken, seen = _Taken(), Counter[str]()
    with zipfile.ZipFile(taken, "w") as archive:
        for one in attachments:
            if not one.file.storage.exists(str(one.file.name)):
                continue
            seen[one.name.casefold()] += 1
            count = seen[one.name.casefold()]
            stem, dot, ending = one.name.rpartition(".")
            name = one.name
            if count > 1:
                name = f"{stem} ({count}).{ending}" if dot and stem else f"{name} ({count})"
            made = timezone.localtime(one.created_at).timetuple()[:6]
            entry = zipfile.ZipInfo(name, date_time=made)
            with (
                archive.open(entry, "w", force_zip64=one.size >= zipfile.ZIP64_LIMIT) as target,
                one.file.open("rb") as source,
            ):
                while piece := source.read(PIECE):
                    target.write(piece)
                    yield taken.take()
    yield taken.take()
