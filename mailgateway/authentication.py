"""Did the domain in From really send this letter? What a trusted server of ours found out.

Servers write it into Authentication-Results (RFC 8601). Whoever writes a letter can write such a
header as well, so only the topmost one counts, only of a server that the administrator trusts, and
only if every sign of it is understood. Pure: no rows, no settings, nothing asked of the network.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

_MOST_HEADER_BYTES = 256 * 1024
_LONGEST_RESULTS = 16_000
_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_ADDRESS_DOMAIN = re.compile(r"[^\s<>,;:\"'()\[\]]+@([^\s<>,;:\"'()\[\]]+)")
_SPACE = re.compile(r"[ \t\r\n]+")
# Tokens of RFC 2045, and the signs that addresses and DKIM values have besides.
_ATOM = re.compile(r"[^\s\"();=\\]+")
_RESULT = re.compile(r"([a-z0-9-]+)(?:/(\d+))?")
# Besides `type.property` there is `reason`, and what vendors add without a type.
_PROPERTY = re.compile(r"[a-z0-9-]+(\.[a-z0-9_-]+)?")


class Proof(StrEnum):
    """Whether the domain in From is proved."""

    PROVED = "proved"
    DISOWNED = "disowned"  # the domain says that letters like this one are not its own
    UNKNOWN = "unknown"


@dataclass
class Result:
    """One method and what it found: `dmarc=pass header.from=desk.example`."""

    method: str
    result: str
    properties: dict[str, list[str]] = field(default_factory=dict)

    def domains(self, name: str) -> list[str]:
        """The domains that a property names, whether as a domain or as an address."""
        values = self.properties.get(name, [])
        return [value.rpartition("@")[2].rstrip(".").lower() for value in values]


@dataclass(frozen=True)
class Results:
    """One Authentication-Results header: which server says what."""

    server: str
    results: tuple[Result, ...]

    def of(self, method: str) -> list[Result]:
        """Everything that was found by one method."""
        return [one for one in self.results if one.method == method]


def check(raw: bytes, *, sender: str, trusted: Collection[str]) -> Proof:
    """Whether the letter `raw` is proved to be of the domain of the address `sender`, which must be
    the one in From. `trusted` are names of servers (authserv-ids) in lower case."""
    fields = list(_fields(raw))
    domain = sender.rpartition("@")[2].lower()
    if not trusted or not domain or not _speaks_for_one(fields, domain):
        return Proof.UNKNOWN
    written = next((value for name, value in fields if name == "authentication-results"), "")
    found = read(written)
    if found is None or found.server not in trusted:
        return Proof.UNKNOWN
    dmarc = found.of("dmarc")
    if dmarc:
        # Several answers, or one about another domain, are no answer.
        if any(one.domains("header.from") != [domain] for one in dmarc):
            return Proof.UNKNOWN
        said = {one.result for one in dmarc}
        if said == {"pass"}:
            return Proof.PROVED
        return Proof.DISOWNED if said == {"fail"} else Proof.UNKNOWN
    return Proof.PROVED if _is_aligned(found, domain) else Proof.UNKNOWN


def _is_aligned(found: Results, domain: str) -> bool:
    """SPF and DKIM both, each for exactly the domain in From."""
    by_spf = [one for one in found.of("spf") if one.domains("smtp.mailfrom") == [domain]]
    by_dkim = [
        one
        for one in found.of("dkim")
        if domain in one.domains("header.d") or domain in one.domains("header.i")
    ]
    return (
        bool(by_spf)
        and all(one.result == "pass" for one in by_spf)
        and any(one.result == "pass" for one in by_dkim)
    )


def read(written: str) -> Results | None:
    """An Authentication-Results header, or None where anything about it is not as it must be."""
    if len(written) > _LONGEST_RESULTS:
        return None
    sections = _sections(written)
    if not sections:
        return None
    head, *rest = sections
    # The server, and perhaps the version of the format, of which there is one.
    if not head or len(head) > 2 or head[1:] not in ([], ["1"]):
        return None
    if rest and not rest[-1]:
        rest.pop()
    if len(rest) == 1 and rest[0] == ["none"]:
        return Results(head[0].lower(), ())
    results = [_result(section) for section in rest]
    if any(one is None for one in results):
        return None
    return Results(head[0].lower(), tuple(one for one in results if one is not None))


def _sections(written: str) -> list[list[str]] | None:
    """The words between semicolons, comments left out; `=` is a word of its own. None if a quote
    or comment is not closed. A quoted string is one word, whatever stands in it."""
    sections: list[list[str]] = [[]]
    position = 0
    while position < len(written):
        char = written[position]
        if space := _SPACE.match(written, position):
            position = space.end()
        elif char == "(":
            end = _end_of_comment(written, position)
            if end is None:
                return None
            position = end
        elif char == '"':
            quoted = _quoted(written, position)
            if quoted is None:
                return None
            word, position = quoted
            sections[-1].append(word)
        elif char == ";":
            sections.append([])
            position += 1
        elif char == "=":
            sections[-1].append("=")
            position += 1
        elif atom := _ATOM.match(written, position):
            sections[-1].append(atom[0])
            position = atom.end()
        else:
            return None
    return sections


def _end_of_comment(written: str, position: int) -> int | None:
    depth = 0
    while position < len(written):
        char = written[position]
        if char == "\\":
            position += 1
        elif char == "(":
            depth += 1
        elif char == ")":
            depth -= 1
            if depth == 0:
                return position + 1
        position += 1
    return None


def _quoted(written: str, position: int) -> tuple[str, int] | None:
    """The words of a quoted string, and where it ends."""
    letters: list[str] = []
    position += 1
    while position < len(written):
        char = written[position]
        if char == '"':
            return "".join(letters), position + 1
        if char == "\\":
            position += 1
            char = written[position : position + 1]
        letters.append(char)
        position += 1
    return None


def _result(section: list[str]) -> Result | None:
    """`method = result [reason = value] [type.property = value]...`"""
    if len(section) < 3 or len(section) % 3 or any(one != "=" for one in section[1::3]):
        return None
    method = _RESULT.fullmatch(section[0].lower())
    if method is None or method[2] not in (None, "1"):
        return None
    found = Result(method[1], section[2].lower())
    for name, value in zip(section[3::3], section[5::3], strict=True):
        if not _PROPERTY.fullmatch(name.lower()):
            return None
        found.properties.setdefault(name.lower(), []).append(value)
    return found


def _fields(raw: bytes) -> Iterator[tuple[str, str]]:
    """The header fields as they stand, top down: names in lower case, folded lines as one.

    Encoded-words stay encoded: what they hide would break out of quotes.
    """
    name, value = "", b""
    for line in raw[:_MOST_HEADER_BYTES].splitlines():
        if line[:1] in (b" ", b"\t") and name:
            value += line
            continue
        if name:
            yield name, value.decode("latin-1").strip()
            name = ""
        if not line.strip():
            return
        if found := _FIELD.match(line):
            name, value = found[1].decode("ascii").lower(), line[found.end() :]
    if name:
        yield name, value.decode("latin-1").strip()


def _speaks_for_one(fields: list[tuple[str, str]], domain: str) -> bool:
    """Is there one From, and does it name no address of another domain? Or the server would have
    looked at one and we at the other."""
    named = [value for name, value in fields if name == "from"]
    if len(named) != 1:
        return False
    return {one.rstrip(".").lower() for one in _ADDRESS_DOMAIN.findall(named[0])} == {domain}
