"""Files in a letter: what they are called, and how to store them under that name."""

import binascii
import re
import unicodedata
from urllib.parse import unquote_to_bytes

from mailgateway.charsets import codec_for, decode, decode_header
from mailgateway.parsing.structure import Part, headers_of, parameters
from mailgateway.parsing.values import ParsedFile

_LOOKED_AT = 4_000  # letters at the end of a name
_LONGEST_NAME = 255  # bytes, the limit of most file systems
_LONGEST_EXTENSION = 20
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c]")
_EXTENDED = re.compile(rb"([A-Za-z][\w.-]{1,40})'[A-Za-z-]{0,10}'(?=\S*%)")
_PERCENT = re.compile(rb"%[89A-Fa-f][0-9A-Fa-f]%[89A-Fa-f][0-9A-Fa-f]")
# Windows opens devices under these names, with any extension.
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)", re.IGNORECASE)
_NAMES = {
    "application/applefile": "resource-fork.bin",
    "application/ms-tnef": "winmail.dat",
    "application/pgp-encrypted": "pgp-version.txt",
    "application/pgp-signature": "signature.asc",
    "application/pkcs7-mime": "smime.p7m",
    "application/pkcs7-signature": "smime.p7s",
    "application/vnd.ms-tnef": "winmail.dat",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "read-receipt.txt",
    "text/calendar": "invite.ics",
    "message/external-body": "reference.txt",
    "message/feedback-report": "report.txt",
    "message/global-headers": "headers.txt",
    "message/partial": "part-of-a-letter.txt",
    "message/rfc822-headers": "headers.txt",
    "text/rfc822-headers": "headers.txt",
}
_EXTENSIONS = {
    "application/pdf": "pdf",
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
    "text/rtf": "rtf",
    "application/rtf": "rtf",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
}


def safe_name(name: str) -> str:
    """A name without path, control and direction signs, at most 255 bytes, its extension kept."""
    # Sorting marks takes time that grows with the square of their number.
    name = _UNSEEN.sub("", unicodedata.normalize("NFC", name[-_LOOKED_AT:]))
    name = re.sub(r"\s+", " ", re.split(r"[/\\]", name.rstrip("/\\ "))[-1]).strip(" .")
    if _RESERVED.match(name):
        name = f"_{name}"
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
            if not charset:
                charset, raw = _coded_without_star(raw)
            text = decode(raw, charset).text if codec_for(charset) else decode_header(raw, fallback)
            if safe_name(text):
                return safe_name(text)
    return ""


def _coded_without_star(raw: bytes) -> tuple[str, bytes]:
    """The charset and bytes of `utf-8''%D0%9F` and `%D0%9F` where RFC 2231 wants a star before."""
    found = _EXTENDED.match(raw)
    data = unquote_to_bytes(raw[found.end() :] if found else raw)
    if found and codec_for(found[1].decode("ascii")):
        return found[1].decode("ascii"), data
    if _PERCENT.search(raw) and not data.isascii():
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            return "", raw
        return "utf-8", data
    return "", raw


def is_attachment(part: Part) -> bool:
    """The sender asks for a file rather than for something to read."""
    return parameters(part.raw("content-disposition"))[0] == "attachment"


def content_location(part: Part) -> str:
    """Where the part says it comes from: pictures are named by this as well (RFC 2557)."""
    return re.sub(r"\s+", "", decode_header(part.raw("content-location"))).strip("<>")


def content_id(part: Part) -> str:
    """The Content-ID without angle brackets, else the Content-Location, else an empty string."""
    raw = part.raw("content-id") or part.raw("content-location")
    return re.sub(r"\s+", "", decode_header(raw)).strip("<>")


def default_name(part: Part, content: bytes, number: int, fallback: str | None) -> str:
    """A name for a part that has none: the subject of a letter, `invite.ics`, else a number."""
    if part.content_type in ("message/rfc822", "message/global", "message/news"):
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
