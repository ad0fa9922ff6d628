"""Pictures for articles: only what Pillow opens, drawn anew, so that nothing goes out besides."""

from typing import Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from helpdesk.lib.errors import DeskError
from helpdesk.lib.pictures import Drawn, drawn_for_pages

LONGEST_NAME: Final = 150


class PictureRefused(DeskError):
    """A file that is no picture, or too large a one."""


def drawn_of(upload: "UploadedFile[Any]") -> Drawn:
    """The picture somebody uploads. Raises PictureRefused with a sentence that names the file."""
    name = (upload.name or "")[:LONGEST_NAME]
    if (upload.size or 0) > settings.DESK_MAX_FILE_MB * 1024 * 1024:
        raise PictureRefused(
            _("“%(name)s” is larger than %(limit)d MB.")
            % {"name": name, "limit": settings.DESK_MAX_FILE_MB}
        )
    drawn = drawn_for_pages(upload.read())
    if drawn is None:
        raise PictureRefused(
            _("“%(name)s” was not taken: articles show pictures (PNG, GIF, JPEG).") % {"name": name}
        )
    return drawn
