"""What a letter says: its text and HTML out of all parts that are meant to be read."""

import html as entities
import re
from dataclasses import dataclass, field

from helpdesk.lib.markup import inline_sources, local_source, tags, to_text, unescape
from mailgateway.charsets import codec_for, decode, decode_as
from mailgateway.parsing.files import claimed_name, is_attachment
from mailgateway.parsing.structure import Part

_META = re.compile(rb"""<meta[^>]{0,500}charset\s*=\s*["']?\s*([\w.:-]{1,60})""", re.IGNORECASE)
_DATA_PICTURE = re.compile(
    r"data:image/(png|jpe?g|gif|webp|bmp);base64,([A-Za-z0-9+/=\s%]{1,20000000})", re.IGNORECASE
)


def joined(texts: list[str]) -> str:
    """Several texts one under the other, each ending its last line."""
    texts = [text for text in texts if text.strip()]
    ended = [text if text.endswith("\n") else f"{text}\n" for text in texts[:-1]]
    return "".join([*ended, *texts[-1:]])


@dataclass
class Segment:
    """One thing to read, as text, as HTML, or as both (the members of a multipart/alternative)."""

    alternative: int
    text: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)

    @property
    def says_something(self) -> bool:
        """More than white space and empty tags."""
        return bool(self.as_text().strip() or re.search(r"<im[ga]", "".join(self.html), re.I))

    def as_text(self) -> str:
        """The text; where it is missing or blank, the text of the HTML."""
        text = joined(self.text)
        return text if text.strip() or not self.html else to_text("\n".join(self.html))

    def as_html(self) -> str:
        """The HTML; where it is missing, the text with its line breaks."""
        if self.html:
            return "\n".join(self.html)
        lines = entities.escape(joined(self.text), quote=False).strip("\r\n").splitlines()
        return f"<div>{'<br>'.join(lines)}</div>" if any(map(str.strip, lines)) else ""


READABLE = ("text/plain", "text/html", "text/enriched", "text/richtext")


def is_body(part: Part, root: Part, *, is_first: bool) -> bool:
    """Whether a part is to be read in its place rather than listed as a file (RFC 8621, 4.1.4).

    A name alone does not make a file of what stands first or is one of several alternatives.
    """
    if part.content_type.startswith("multipart/"):
        return True  # one that could not be taken apart
    if part.content_type not in READABLE or is_attachment(part):
        return False
    if part.inside == "multipart/related" and not part.is_first:
        return False
    if part is root or part.alternative or not claimed_name(part, None):
        return True
    return is_first and not part.raw("content-disposition")


def html_label(data: bytes, label: str | None) -> str | None:
    """The charset of an HTML part: its header's, else the one in its own `<meta>`."""
    if codec_for(label) is not None:
        return label
    found = _META.search(data[:4096])
    return found[1].decode("ascii") if found else label


@dataclass(frozen=True)
class Text:
    """A text part decoded; `certain` as in `charsets.Decoded`, `label` as the letter has it."""

    text: str
    charset: str
    certain: bool
    label: str


def text_of(part: Part, data: bytes, forced: str | None = None) -> Text:
    """A text part as text with plain line ends, in the codec `forced` whatever the part says."""
    label = part.parameters.get("charset", b"").decode("ascii", "replace") or None
    if part.content_type == "text/html":
        label = html_label(data, label)
    found = decode_as(data, forced) if forced else decode(data, label)
    text = found.text.replace("\r\n", "\n").replace("\r", "\n")
    if part.content_type in ("text/enriched", "text/richtext"):
        text = _unenriched(text)
    if part.parameters.get("format", b"").lower() == b"flowed":
        text = _unflowed(text, delsp=part.parameters.get("delsp", b"").lower() == b"yes")
    return Text(text, found.charset, found.certain, (label or "")[:60])


def _unenriched(text: str) -> str:
    """text/enriched (RFC 1896) as plain text: one line break is a space, two are one."""
    text = re.sub(r"<param>[^<]*+</param>", "", text, flags=re.IGNORECASE)
    text = re.sub(r"\n+", lambda hit: " " if len(hit[0]) == 1 else hit[0][1:], text)
    return re.sub(r"<<|<[^<>]{1,60}>", lambda hit: "<" if hit[0] == "<<" else "", text)


def _unflowed(text: str, *, delsp: bool) -> str:
    """Paragraphs of format=flowed in one line each (RFC 3676); quotes join their own depth."""
    lines: list[str] = []
    open_depth = -1  # the depth of quotes of a line that goes on, or -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        if flows and delsp:
            content = content[:-1]
        if open_depth == depth and content != "-- ":
            lines.append(content)
        else:
            lines.append(("\n" if lines else "") + ">" * depth + (" " if depth else "") + content)
        open_depth = depth if flows else -1
    return "".join(lines)


def link_pictures(html: str, ids: dict[str, str]) -> str:
    """HTML in which every picture of the letter itself is named by `cid:`.

    `ids` maps what a picture may be called by (lower case: Content-ID, Content-Location, file name)
    to its Content-ID.
    """
    changes = []
    for tag in tags(html):
        value = tag.attribute("src") if tag.name == "img" else ""
        cid = ids.get(local_source(value).lower()) or ids.get(value.lower()) if value else None
        if cid:
            changes.append((tag.start, tag.end, value, f"cid:{cid}"))
    pieces, position = [], 0
    for start, end, old, new in changes:
        tag_text = html[start:end]
        if old not in tag_text:
            quoted = re.findall(r'"([^"]*+)"', tag_text)
            old = next((text for text in quoted if unescape(text) == old), old)
        pieces += [html[position:start], tag_text.replace(old, entities.escape(new), 1)]
        position = end
    return "".join([*pieces, html[position:]])


def lift_pictures(html: str) -> tuple[str, list[tuple[str, str, str]]]:
    """HTML with `cid:` for its `data:` pictures, and these as (Content-ID, kind, base64)."""
    found: list[tuple[str, str, str]] = []

    def lift(hit: re.Match[str]) -> str:
        cid = f"picture-{len(found) + 1}@data"
        found.append((cid, hit[1].lower().replace("jpg", "jpeg"), hit[2]))
        return f"cid:{cid}"

    return _DATA_PICTURE.sub(lift, html), found


def shown_names(html: str) -> set[str]:
    """What the HTML shows, in lower case: Content-IDs and names in the letter, whole addresses."""
    named = {name.lower() for name in inline_sources(html)}
    addressed = {tag.attribute("src").strip().lower() for tag in tags(html) if tag.name == "img"}
    return named | addressed - {""}
