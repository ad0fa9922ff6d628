"""winmail.dat: the envelope Outlook puts around a letter (MS-OXTNEF, MS-OXRTFCP).

Read in one pass over the bytes, whatever lengths they claim; what does not fit ends the reading and
what was found so far is kept.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from mailgateway.charsets import decode

SIGNATURE = b"\x78\x9f\x3e\x22"
TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
_MOST_OBJECTS = 5_000
_MOST_PROPERTIES = 5_000
_MOST_VALUES = 1_000

# Attributes of the envelope.
_BODY, _MAPI, _CODEPAGE = 0x800C, 0x9003, 0x9007
_FILE_BEGINS, _FILE_TITLE, _FILE_DATA, _FILE_MAPI = 0x9002, 0x8010, 0x800F, 0x9005
# Properties inside, and how many bytes a value of each type takes (None: it says so itself).
_TEXT, _HTML, _RTF, _INTERNET_CODEPAGE = 0x1000, 0x1013, 0x1009, 0x3FDE
_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME = 0x3707, 0x3704, 0x3001
_MEDIA_TYPE, _CONTENT_ID, _OBJECT = 0x370E, 0x3712, 0x3701
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_SELF_SIZED = (0, 13, 30, 31, 258)
_UNICODE = 31
_MANY = 0x1000
_NAMED = 0x8000
_INTERFACE = 16  # bytes that name the kind of an object before its content

_RTF_START = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4096


@dataclass
class File:
    """A file in the envelope, its name and type as they are claimed there."""

    name: str = ""
    content: bytes = b""
    content_type: str = ""
    content_id: str = ""


@dataclass
class Envelope:
    """What was in it; the three bodies say the same in different forms, some are empty."""

    text: str = ""
    html: str = ""
    rtf: bytes = b""
    files: list[File] = field(default_factory=list)


def unpack(data: bytes) -> Envelope | None:
    """What a winmail.dat holds, as far as it can be read; None if it is none."""
    if not data.startswith(SIGNATURE):
        return None
    found = Envelope()
    codepage = ""
    for name, content in _objects(data):
        with suppress(struct.error):  # one attribute is cut short: the next may be whole
            if name == _CODEPAGE:
                codepage = f"cp{struct.unpack_from('<I', content)[0]}"
            elif name == _BODY:
                found.text = found.text or _said(content, codepage)
            elif name == _MAPI:
                _take_bodies(found, _properties(content), codepage)
            elif name == _FILE_BEGINS:
                found.files.append(File())
            elif found.files:
                _take_file(found.files[-1], name, content, codepage)
    found.files = [one for one in found.files if one.content]
    return found


def _objects(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = 6
    for _ in range(_MOST_OBJECTS):
        if position + 9 > len(data):
            return
        _level, name, _kind, length = struct.unpack_from("<BHHI", data, position)
        yield name, data[position + 9 : position + 9 + length]
        position += 9 + length + 2


def _take_bodies(found: Envelope, properties: dict[int, bytes], codepage: str) -> None:
    number = properties.get(_INTERNET_CODEPAGE, b"")[:4]
    internet = f"cp{struct.unpack('<I', number)[0]}" if len(number) == 4 else codepage
    internet = {"cp65001": "utf-8", "cp20866": "koi8-r", "cp21866": "koi8-u"}.get(
        internet, internet
    )
    found.text = _said(properties.get(_TEXT, b""), internet) or found.text
    found.html = _said(properties.get(_HTML, b""), internet) or found.html
    found.rtf = _decompressed(properties.get(_RTF, b"")) or found.rtf


def _take_file(file: File, name: int, content: bytes, codepage: str) -> None:
    if name == _FILE_TITLE:
        file.name = file.name or _said(content, codepage)
    elif name == _FILE_DATA:
        file.content = content
    elif name == _FILE_MAPI:
        properties = _properties(content)
        names = (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME)
        claimed = [_said(properties[one], codepage) for one in names if one in properties]
        file.name = next((one for one in claimed if one), file.name)
        file.content_type = _said(properties.get(_MEDIA_TYPE, b""), codepage).lower()
        file.content_id = _said(properties.get(_CONTENT_ID, b""), codepage).strip("<>")
        if not file.content:
            file.content = properties.get(_OBJECT, b"")[_INTERFACE:]


def _properties(data: bytes) -> dict[int, bytes]:
    """The first value of every property; strings as bytes that `_said` can read."""
    found: dict[int, bytes] = {}
    with suppress(struct.error):
        count, position = struct.unpack_from("<I", data)[0], 4
        for _ in range(min(count, _MOST_PROPERTIES)):
            kind, name = struct.unpack_from("<HH", data, position)
            position = _after_name(data, position + 4, name)
            many, kind = bool(kind & _MANY), kind & ~_MANY
            values = 1
            if many or kind in _SELF_SIZED:
                values = struct.unpack_from("<I", data, position)[0]
                position += 4
            if values > _MOST_VALUES or (kind not in _SIZES and kind not in _SELF_SIZED):
                break
            for _value in range(values):
                size = _SIZES.get(kind, 0)
                if kind in _SELF_SIZED:
                    size = struct.unpack_from("<I", data, position)[0]
                    position += 4
                content = data[position : position + size]
                if kind == _UNICODE:
                    content = content.decode("utf-16-le", "replace").encode("utf-8", "replace")
                found.setdefault(name, content)
                position += size + -size % 4
    return found


def _after_name(data: bytes, position: int, name: int) -> int:
    """Where the value begins: properties with a name of their own carry it in front."""
    if name < _NAMED:
        return position
    kind, length = struct.unpack_from("<II", data, position + 16)
    return position + 24 + (length + -length % 4 if kind else 0)


def _said(content: bytes, codepage: str) -> str:
    text = decode(content.rstrip(b"\0"), codepage).text
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decompressed(data: bytes) -> bytes:
    """Compressed RTF (MS-OXRTFCP 2.2): each reference gives at most 17 bytes, so it stays small."""
    if len(data) < 16:
        return b""
    size, kind = struct.unpack_from("<I4s", data, 4)
    if kind == b"MELA":
        return data[16 : 16 + size]
    if kind != b"LZFu":
        return b""
    window = bytearray(_RTF_START.ljust(_WINDOW, b"\0"))
    place = len(_RTF_START)
    out = bytearray()
    position = 16
    while position < len(data):
        flags = data[position]
        position += 1
        for bit in range(8):
            if position >= len(data):
                break
            if not flags >> bit & 1:
                piece = data[position : position + 1]
                position += 1
                window[place] = piece[0]
                place = (place + 1) % _WINDOW
                out += piece
                continue
            reference = int.from_bytes(data[position : position + 2], "big")
            position += 2
            start, length = reference >> 4, (reference & 15) + 2
            if start == place:
                return bytes(out[:size])
            for step in range(length):
                byte = window[(start + step) % _WINDOW]
                window[place] = byte
                place = (place + 1) % _WINDOW
                out.append(byte)
    return bytes(out[:size])
