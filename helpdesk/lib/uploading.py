"""Files on their way in: more than the desk takes is neither kept in memory nor written to disk.

A browser shows our answer only when it has sent everything, so a request that is too large is read
to its end and thrown away: what was typed comes back with the reason.
"""

from io import BytesIO
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

FILES_AT_ONCE: Final = 4
"""How many of the largest files one request may carry, all its files together."""


class TurnedAway(UploadedFile):  # type: ignore[type-arg]  # generic for the checker only
    """A file that came and was not kept: only its name and its true size in bytes are known."""


class BoundedUpload(FileUploadHandler):
    """Stands before Django's handlers and passes on what they may keep."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = settings.DESK_MAX_FILE_MB * 1024 * 1024
        self.left = self.most * FILES_AT_ONCE

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """The next file begins."""
        super().new_file(*args, **kwargs)
        self.room = min(self.most, self.left)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass it on, as long as there is room for it."""
        self.room -= len(raw_data)
        return None if self.room < 0 else raw_data

    def file_complete(self, file_size: int) -> TurnedAway | None:
        """In its place a file without content, if not all of it was passed on."""
        if self.room < 0:
            return TurnedAway(BytesIO(), self.file_name, self.content_type, file_size)
        self.left -= file_size
        return None
