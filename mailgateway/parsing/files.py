"""Files in a letter: what they are called, and how to store them under that name."""

import binascii
import re
import unicodedata

from mailgateway.charsets import codec_for, decode, decode_header
from mailgateway.parsing.structure import Part, headers_of, parameters
from mailgateway.parsing.values import ParsedFile

_LONGEST_NAME = 255  # bytes, the limit of most file systems
_LONGEST_EXTENSION = 20
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c]")
_NAMES = {
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "read-receipt.txt",
    "text/calendar": "invite.ics",
    "text/rfc822-headers": "headers.txt",
}
_EXTENSIONS = {
    "application/pdf": "pdf",
    "application/pgp-signature": "asc",
    "application/pkcs7-signature": "p7s",
    "application/zip": "zip",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/svg+xml": "svg",
    "image/webp": "webp",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "text/vcard": "vcf",
}


def safe_name(name: str) -> str:
    """A name without path, control and direction signs, at most 255 bytes, its extension kept."""
    name = _UNSEEN.sub("", unicodedata.normalize("NFC", name))
    name = re.sub(r"\s+", " ", re.split(r"[/\\]", name.rstrip("/\\ "))[-1]).strip(" .")
    if len(name.encode("utf-8", "replace")) > _LONGEST_NAME:
        stem, dot, extension = name.rpartition(".")
        if not stem or len(extension) > _LONGEST_EXTENSION:
            stem, dot, extension = name, "", ""
        room = _LONGEST_NAME - len((dot + extension).encode())
        name = (
            stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore").rstrip()
            + dot
            + extension
        )
    return name


def claimed_name(part: Part, fallback: str | None) -> str:
    """The name a part was given, decoded and made safe, or an empty string."""
    _, disposition = parameters(part.raw("content-disposition"))
    for values, key in ((disposition, "filename"), (part.parameters, "name")):
        raw = values.get(key, b"")
        if raw:
            charset = values.get(f"{key}*", b"").decode("ascii", "replace")
            text = decode(raw, charset).text if codec_for(charset) else decode_header(raw, fallback)
            if safe_name(text):
                return safe_name(text)
    return ""


def is_attachment(part: Part) -> bool:
    """The sender asks for a file rather than for something to read."""
    return parameters(part.raw("content-disposition"))[0] == "attachment"


def content_id(part: Part) -> str:
    """The Content-ID without angle brackets, else the Content-Location, else an empty string."""
    raw = part.raw("content-id") or part.raw("content-location")
    return re.sub(r"\s+", "", decode_header(raw)).strip("<>")


def default_name(part: Part, content: bytes, number: int, fallback: str | None) -> str:
    """A name for a part that has none: the subject of a letter, `invite.ics`, else a number."""
    if part.content_type == "message/rfc822":
        subject = next((value for key, value in headers_of(content) if key == "subject"), b"")
        return (
            safe_name(re.sub(r"[/\\]", "-", decode_header(subject, fallback)) + ".eml")
            or "letter.eml"
        )
    if part.content_type in _NAMES:
        return _NAMES[part.content_type]
    extension = _EXTENSIONS.get(part.content_type, "bin")
    return f"file-{number}.{extension}"


_UU_PATIENCE = 20
_UU_BLOCK = re.compile(rb"^begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^[`\s]?\r?\n?end[ \t]*\r?(?:\n|\Z)", re.MULTILINE)


def without_uuencode(data: bytes, fallback: str | None) -> tuple[bytes, list[ParsedFile]]:
    """Text without the uuencoded files written into it, and these. Broken ones stay in the text."""
    kept: list[bytes] = []
    files: list[ParsedFile] = []
    position = broken = 0
    for begin in _UU_BLOCK.finditer(data):
        if begin.start() < position:
            continue
        end = _UU_END.search(data, begin.end())
        if not end:
            break
        content = _uudecoded(data[begin.end() : end.start()])
        if content is None:
            broken += 1
            if broken > _UU_PATIENCE:
                break
            continue
        name = safe_name(decode_header(begin[1], fallback)) or "file.bin"
        files.append(ParsedFile(name, "application/octet-stream", content))
        kept.append(data[position : begin.start()])
        position = end.end()
    return b"".join([*kept, data[position:]]), files


def _uudecoded(lines: bytes) -> bytes | None:
    content = bytearray()
    for line in lines.splitlines():
        if not line.strip(b"` "):
            continue
        try:
            content += binascii.a2b_uu(line)
        except binascii.Error:
            return None
    return bytes(content) or None
