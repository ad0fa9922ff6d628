"""The skeleton of a letter: headers and MIME parts, found in the raw bytes and left as bytes.

Nothing is decoded as a whole and nothing recurses. Over a bound the rest of the letter stays
readable as text or a file, and the bound is named in `problems`.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MOST_PARTS = 2_000
DEEPEST = 100
_HEADER_BYTES = 262_144
_HEADER_COUNT = 1_000
_JUNK_LINES = 20

_HEADER = re.compile(rb"([!-9;-~]{1,200})[ \t]*:[ \t]*(.*)", re.DOTALL)
_SURE_HEADER = re.compile(
    rb"(x-[\w-]+|content-[\w-]+|list-[\w-]+|arc-[\w-]+|resent-[\w-]+|thread-[\w-]+|received(-spf)?"
    rb"|return-path|from|to|cc|bcc|subject|date|message-id|in-reply-to|references|reply-to|sender"
    rb"|mime-version|dkim-signature|delivered-to|auto-submitted|precedence|importance|user-agent"
    rb"|authentication-results)[ \t]*:",
    re.IGNORECASE,
)
_SAME_TYPES = {
    "application/x-pkcs7-mime": "application/pkcs7-mime",
    "application/x-pkcs7-signature": "application/pkcs7-signature",
    "image/jpg": "image/jpeg",
    "text/x-html": "text/html",
}
_BOUNDARY = re.compile(rb"^--([^\s-][^\r\n]{0,200}?)[ \t]*\r?$", re.MULTILINE)
_BASE64 = bytes(range(65, 91)) + bytes(range(97, 123)) + b"0123456789+/="
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{4,}={0,2}[ \t\r]*")


@dataclass
class Part:
    """One MIME part: its headers as raw bytes, its body as a range, where it hangs in the tree."""

    headers: list[tuple[str, bytes]]
    body: bytes
    depth: int = 0
    inside: str = ""  # the type of the multipart around it
    is_first: bool = True  # in the multipart around it
    alternative: int = 0  # the number of the multipart/alternative it belongs to
    content_type: str = "text/plain"
    parameters: dict[str, bytes] = field(default_factory=dict)

    def raw(self, name: str) -> bytes:
        """The first header of that name as it stands, folded lines and all."""
        return next(iter(self.all_raw(name)), b"")

    def all_raw(self, name: str) -> list[bytes]:
        """All headers of that name as they stand."""
        return [value for key, value in self.headers if key == name]


def leaves(raw: bytes, problems: list[str]) -> tuple[Part, list[Part]]:
    """The letter's own headers, and every part that is no multipart, in order."""
    root = _part(_without_wrapping(raw), problems)
    found: list[Part] = []
    waiting = [root]
    alternatives = 0
    while waiting:
        part = waiting.pop()
        if len(found) + len(waiting) >= MOST_PARTS:
            _note(problems, "parts-cut")
            found.append(part)
            break
        children: list[bytes] = []
        if part.content_type.startswith("multipart/"):
            if part.depth >= DEEPEST:
                _note(problems, "depth-cut")
            else:
                part.body = _decoded_container(part)
                children = list(_split(part, MOST_PARTS - len(found) - len(waiting), problems))
        if not children:
            found.append(part)
            continue
        if part.content_type == "multipart/alternative" and not part.alternative:
            alternatives += 1
            part.alternative = alternatives
        letters = part.content_type == "multipart/digest"
        for child in reversed(children):
            inner = _part(child, problems, "message/rfc822" if letters else "text/plain")
            inner.depth, inner.inside = part.depth + 1, part.content_type
            inner.is_first = child is children[0]
            if part.content_type == "multipart/related" and part.parameters.get("start"):
                inner.is_first = _bare_id(inner) == part.parameters["start"].strip(b"<> ")
            inner.alternative = part.alternative
            waiting.append(inner)
    return root, found


def _bare_id(part: Part) -> bytes:
    return re.sub(rb"[\s<>]", b"", part.raw("content-id"))


def headers_of(raw: bytes) -> list[tuple[str, bytes]]:
    """The headers at the start of `raw`, names in lower case."""
    return _part(_without_wrapping(raw), []).headers


def _note(problems: list[str], code: str) -> None:
    if code not in problems:
        problems.append(code)


def _without_wrapping(raw: bytes) -> bytes:
    """Without what stands before a letter in files and pipes: a mark, blank lines, an mbox line."""
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if b"\n" not in raw[:_HEADER_BYTES]:
        raw = raw.replace(b"\r", b"\n")
    if re.match(rb">?From [^\n:]{1,200} [^\n]{0,200}\n", raw):
        raw = raw[raw.index(b"\n") + 1 :]
    return raw


def _part(raw: bytes, problems: list[str], default: str = "text/plain") -> Part:
    headers, body = _headers(raw, problems)
    part = Part(headers, raw[body:], content_type=default)
    claimed, part.parameters = parameters(part.raw("content-type"))
    found = re.match(r"[a-z0-9][\w.+-]*/[a-z0-9*][\w.+*-]*", claimed)
    if found:
        part.content_type = _SAME_TYPES.get(found[0], found[0])
    elif part.parameters.get("name") and default == "text/plain":
        part.content_type = "application/octet-stream"
    return part


def _headers(raw: bytes, problems: list[str]) -> tuple[list[tuple[str, bytes]], int]:
    """Headers, and where the body begins. A line of junk among headers is passed over."""
    headers: list[tuple[str, bytes]] = []
    lines: list[bytes] = []
    position = 0
    while position < len(raw):
        end = raw.find(b"\n", position) + 1 or len(raw)
        line = raw[position : min(end, position + _HEADER_BYTES)].rstrip(b"\r\n")
        if not line.strip(b" \t\0"):
            position = end
            break
        if line[:1] in b" \t" and lines:
            lines.append(line)
        elif _HEADER.match(line):
            _keep(headers, lines)
            lines = [line]
        elif not headers and not lines and _SURE_HEADER.match(line.lstrip()):
            lines = [line.lstrip()]
        elif _goes_on(raw, end):
            _note(problems, "junk-in-headers")
        else:
            _note(problems, "no-blank-line")
            break
        position = end
        if position > _HEADER_BYTES or len(headers) > _HEADER_COUNT:
            _note(problems, "headers-cut")
            blank = re.compile(rb"\r?\n[ \t]*\r?\n").search(raw, position - 1)
            position = blank.end() if blank else len(raw)
            break
    _keep(headers, lines)
    return headers, position


def _goes_on(raw: bytes, position: int) -> bool:
    """Do headers go on behind a line of junk and what is folded under it?"""
    for _ in range(_JUNK_LINES):
        if _SURE_HEADER.match(raw, position):
            return True
        if raw[position : position + 1] not in (b" ", b"\t"):
            return False
        position = raw.find(b"\n", position) + 1 or len(raw)
    return False


def _keep(headers: list[tuple[str, bytes]], lines: list[bytes]) -> None:
    found = _HEADER.match(b"\r\n".join(lines)) if lines else None
    if found:
        headers.append((found[1].decode("ascii").lower(), found[2].replace(b"\0", b"")))


def _decoded_container(part: Part) -> bytes:
    """The body of a multipart, which some programs encode as a whole (RFC 2045 6.4 forbids it)."""
    coding = part.raw("content-transfer-encoding").strip().lower()
    boundary = part.parameters.get("boundary", b"").rstrip()
    if coding in (b"base64", b"quoted-printable") and b"--" + boundary not in part.body:
        return payload(part, [])
    return part.body


def _split(part: Part, most: int, problems: list[str]) -> Iterator[bytes]:
    """The children of a multipart; none if it has no boundary anywhere."""
    body = part.body
    boundary = part.parameters.get("boundary", b"").rstrip()
    if not boundary or b"--" + boundary not in body:
        _note(problems, "no-boundary")
        guess = _BOUNDARY.search(body[:_HEADER_BYTES])
        if not guess:
            return
        boundary = guess[1]
    # A boundary ends at white space or at its closing dashes: one may begin like another. That it
    # begins a line is checked by hand: a pattern that starts with plain bytes is found much sooner.
    line = re.compile(rb"--" + re.escape(boundary) + rb"(--)?[ \t]*\r?(?:\n|\Z)")
    start, number = -1, 0
    for found in line.finditer(body):
        if found.start() and body[found.start() - 1 : found.start()] != b"\n":
            continue
        if start >= 0:
            yield _without_last_break(body[start : found.start()])
        start = -1 if found[1] else found.end()
        if found[1] and number:
            return  # what stands behind is an epilogue (RFC 2046 5.1.1)
        number += 1
        if number > most:
            _note(problems, "parts-cut")
            break
    if 0 <= start < len(body):
        yield body[start:]


def _without_last_break(data: bytes) -> bytes:
    return data.removesuffix(b"\n").removesuffix(b"\r")  # the break before a boundary belongs to it


# One piece of a header, up to a semicolon outside quotes. Linear: the group stops only at a
# semicolon or at the end, so what follows it never fails and nothing is tried twice.
_PIECE = re.compile(rb'((?:[^;"\\]++|\\.|"[^"\\]*+(?:\\.[^"\\]*+)*"|["\\])*)(?:;|$)')


_NO_SEMICOLON = re.compile(
    rb"\s*([\w/.+-]*)\s+(?=[\w-]{1,40}\*?\s?=)|\s*()(?=(?:file)?name\*?=)", re.IGNORECASE
)


def parameters(raw: bytes) -> tuple[str, dict[str, bytes]]:
    """A header such as Content-Type: its value in lower case and its parameters as bytes.

    RFC 2231 continuations are joined and percent codes resolved; the charset of such a value stands
    under the same name with `*` after it.
    """
    raw = re.sub(rb"\r?\n", b"", raw)
    pieces = _PIECE.findall(raw)
    if cut := _NO_SEMICOLON.match(pieces[0]):  # "attachment filename=x", or no value at all
        pieces[0:1] = [cut[1] or b"", pieces[0][cut.end() :]]
    value = re.sub(rb"\([^()]*\)", b"", pieces[0]).strip(b" \t\"'").decode("latin-1").lower()
    plain: dict[str, bytes] = {}
    numbered: dict[str, dict[int, tuple[bool, bytes]]] = {}
    for piece in pieces[1:]:
        name, equals, content = piece.partition(b"=")
        if not equals:
            continue
        found = re.fullmatch(
            r"([^*]+)(?:\*(\d{1,4}))?(\*)?", name.strip().decode("latin-1").lower()
        )
        content = _unquoted(content.strip())
        if not found:
            continue
        if found[2] is None and not found[3]:
            plain.setdefault(found[1], content)
        else:
            place = numbered.setdefault(found[1], {})
            place.setdefault(int(found[2] or 0), (bool(found[3]), content))
    for key, places in numbered.items():
        plain.update(_joined(key, places))
    return value, plain


def _joined(key: str, places: dict[int, tuple[bool, bytes]]) -> dict[str, bytes]:
    data, charset = b"", b""
    for number in sorted(places):
        coded, content = places[number]
        if coded and number == 0 and content.count(b"'") >= 2:
            charset, _, content = content.split(b"'", 2)
        if coded:
            content = re.sub(rb"%([0-9A-Fa-f]{2})", lambda hit: bytes([int(hit[1], 16)]), content)
        data += content
    return {key: data, f"{key}*": charset}


def _unquoted(content: bytes) -> bytes:
    if not content.startswith(b'"'):
        return content
    content = content[1:].removesuffix(b'"')
    return re.sub(rb'\\(["\\])', rb"\1", content)  # any other backslash belongs to a Windows path


def payload(part: Part, problems: list[str]) -> bytes:
    """The body of a part without its transfer encoding, as far as the bytes agree to have one."""
    coding = re.sub(rb"\([^()]*\)|[\s\"';]", b"", part.raw("content-transfer-encoding")).lower()
    if coding == b"base64":
        return _base64(part, problems)
    if coding == b"quoted-printable":
        return binascii.a2b_qp(part.body)
    if coding in (b"x-uuencode", b"uuencode", b"x-uue", b"uue"):
        return part.body  # written as text with begin and end, like any inline uuencode
    if coding not in (b"", b"7bit", b"8bit", b"binary"):
        _note(problems, "transfer-encoding")
        lines = part.body.strip().split(b"\n")
        if len(part.body) > 60 and all(_BASE64_LINE.fullmatch(line) for line in lines):
            return _base64(part, problems)
    return part.body


def _base64(part: Part, problems: list[str]) -> bytes:
    """Base64, and a plain footer that some list server wrote behind it."""
    body = part.body
    letters = body.translate(None, b" \t\r\n\0")
    odd = len(letters.translate(None, _BASE64))
    footer = b""
    if odd * 20 > len(body) or (odd and part.content_type.startswith("text/")):
        lines = body.splitlines(keepends=True)
        coded = 0
        while coded < len(lines) and _BASE64_LINE.fullmatch(lines[coded].strip() or b"AAAA"):
            coded += 1
        _note(problems, "transfer-encoding")
        if coded == 0:
            return body
        letters = re.sub(rb"\s", b"", b"".join(lines[:coded]))
        footer = b"\n" + b"".join(lines[coded:])
    elif odd:
        letters = re.sub(rb"[^A-Za-z0-9+/=]", b"", letters)
    data = bytearray()
    for piece in letters.split(b"="):  # padding inside: several pieces glued together
        piece = piece[:-1] if len(piece) % 4 == 1 else piece
        data += binascii.a2b_base64(piece + b"=" * (-len(piece) % 4))
    return bytes(data) + footer
