"""What a file is, by its content alone: a name and a browser's word prove nothing."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from babel.lists import format_list
from django.utils.functional import Promise
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.pictures import Picture, look_at

PDF_ENDS: Final = 4096
"""Bytes at the end of a PDF in which its last mark must stand; others put something behind it."""

_PDF_OBJECT = re.compile(rb"\d\s{1,9}\d{1,5}\s{1,9}obj\b")
# A tag, a doctype, a comment or <?xml; not the <34> at the beginning of a line of syslog.
_MARKUP = re.compile(r"\s*<[A-Za-z!?/]")
_STARTS_LOOKED_AT = 4096
# Line ends, tabs, form feeds and the escapes of terminals stand in logs.
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1b")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def is_text(content: bytes) -> bool:
    """Plain text, in whatever encoding: no NUL and hardly any control characters. UTF-16, as
    Windows writes it, is known by its mark."""
    if content.startswith(_UTF16):
        text = content.decode("utf-16", "replace")
        strange = sum(map(text.count, map(chr, _CONTROLS)))
        return "\0" not in text and strange + text.count("\ufffd") <= len(text) // 100
    if b"\0" in content:
        return False
    strange = len(content) - len(content.translate(None, _CONTROLS))
    return strange <= len(content) // 100


def _is_plain(content: bytes, _picture: Picture | None) -> bool:
    if not content or begun_as(content) or not is_text(content):
        return False
    encoding = "utf-16" if content.startswith(_UTF16) else "utf-8-sig"
    start = content[:_STARTS_LOOKED_AT].decode(encoding, "replace")
    return not _MARKUP.match(start)


def _is_pdf(content: bytes, _picture: Picture | None) -> bool:
    """Marked at both ends, with something in between (ISO 32000-1, 7.5): what only begins like one
    may be a page for a browser that guesses."""
    return (
        content.startswith(b"%PDF-")
        and b"%%EOF" in content[-PDF_ENDS:]
        and _PDF_OBJECT.search(content) is not None
    )


def _shown_as(media_type: str) -> Callable[[bytes, Picture | None], bool]:
    return lambda _content, picture: picture is not None and picture.content_type == media_type


@dataclass(frozen=True)
class Kind:
    """A kind of file that we know by its content. `begins` are its first bytes, empty for text;
    `accept` is what an input for files says of it."""

    label: Promise | str
    media_type: str
    accept: str
    begins: bytes
    fits: Callable[[bytes, Picture | None], bool]

    @property
    def is_picture(self) -> bool:
        """Is it opened by Pillow?"""
        return self.media_type.startswith("image/")


def _picture(label: str, begins: bytes) -> Kind:
    media_type = f"image/{label.lower()}"
    return Kind(label, media_type, media_type, begins, _shown_as(media_type))


KINDS: Final[dict[str, Kind]] = {
    "png": _picture("PNG", b"\x89PNG"),
    "gif": _picture("GIF", b"GIF8"),
    "jpeg": _picture("JPEG", b"\xff\xd8\xff"),
    "webp": _picture("WebP", b"RIFF"),
    "pdf": Kind("PDF", "application/pdf", "application/pdf", b"%PDF-", _is_pdf),
    "text": Kind(_("plain text"), "text/plain", "text/plain,.txt,.log,.csv", b"", _is_plain),
}
"""By the short names under which settings keep them."""

USUAL: Final = ("png", "gif", "jpeg", "pdf", "text")


def kind_of(content: bytes) -> str | None:
    """The short name of the kind of `content`; None if it is none of ours."""
    picture = look_at(content)
    return next((name for name, kind in KINDS.items() if kind.fits(content, picture)), None)


def begun_as(content: bytes) -> str | None:
    """The kind whose first bytes `content` has, whether it is one or not; None if there is none."""
    marked = ((name, kind.begins) for name, kind in KINDS.items() if kind.begins)
    return next((name for name, begins in marked if content.startswith(begins)), None)


def words_for(names: Iterable[str]) -> str:
    """The kinds `names` in the reader's language: "PNG, PDF, and plain text"."""
    labels = [str(kind.label) for name, kind in KINDS.items() if name in set(names)]
    return format_list(labels, locale=to_locale(get_language() or "en"))


def accept_for(names: Iterable[str]) -> str:
    """The attribute `accept` of an input that takes the kinds `names`."""
    return ",".join(kind.accept for name, kind in KINDS.items() if name in set(names))
