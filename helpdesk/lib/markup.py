"""HTML read as text, by the standard library alone: for people, for search, for the mail parser.

Nothing here makes foreign HTML safe to show; that is `helpdesk.lib.html`. Every function is linear
in its input, whatever the input is.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote


def words(text: str) -> frozenset[str]:
    """A set of names written as one string, the way tables of tags are easiest to read."""
    return frozenset(text.split())


BLOCKS = words(
    "address article aside blockquote body caption center dd div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section table tbody tfoot"
    " thead tr ul"
)
VOID = words("area base br col embed hr img input link meta param source track wbr")
_SILENT = words("head iframe math noscript object script style svg template title")
_PARAGRAPHS = words("blockquote dl h1 h2 h3 h4 h5 h6 ol p pre table ul")
_QUOTE = "> "
_DEEPEST_QUOTE = 20
_PATIENCE = 50  # broken tags that may be looked through to the end of the letter

# Linear: a value in quotes that is given up leaves a quote where `>` must stand.
_TAG = re.compile(r"""<(/?)([a-zA-Z][^\s/>]*+)([^>"']*+(?:(?:"[^"]*+"|'[^']*+')[^>"']*+)*)>""")
_PLAIN_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)([^>]*+)>")
_ATTRIBUTE = re.compile(
    r"""(?:^|(?<=[\s"'/]))([^\s"'<>/=]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))"""
)
_HUGE_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}+;?")  # int() refuses thousands of digits


@dataclass(frozen=True)
class Tag:
    """A tag as it stands: lower-case name, attributes as raw text, its place in the source."""

    name: str
    closing: bool
    attributes: str
    start: int
    end: int

    def attribute(self, name: str) -> str:
        """The value of one attribute with references resolved, or an empty string."""
        for found in _ATTRIBUTE.finditer(self.attributes):
            if found[1].lower() == name:
                return unescape(found[2] or found[3] or found[4] or "")
        return ""


def unescape(text: str) -> str:
    """Resolve character references; absurdly large ones become U+FFFD instead of an error."""
    return html.unescape(_HUGE_REFERENCE.sub("\ufffd", text))


def tags(source: str) -> Iterator[Tag]:
    """Every tag in order; comments, declarations and stray `<` are passed over."""
    return (found for found in _scan(source) if isinstance(found, Tag))


def pieces(source: str) -> Iterator[Tag | str]:
    """Tags and the raw text between them, in order. Comments and the like are left out."""
    position = 0
    for found in _scan(source):
        start, end = (found.start, found.end) if isinstance(found, Tag) else found
        if start > position:
            yield source[position:start]
        if isinstance(found, Tag):
            yield found
        position = end
    yield source[position:]


def _scan(source: str) -> Iterator[Tag | tuple[int, int]]:
    """Tags, and the places of comments and declarations."""
    position, broken = 0, 0
    last_end, comments_end = source.rfind(">"), source.rfind("-->")
    while True:
        position = source.find("<", position)
        if position < 0 or position > last_end:
            return
        if source[position + 1 : position + 2] in ("!", "?"):
            comment = source.startswith("<!--", position) and position < comments_end
            end = source.index("-->", position) + 3 if comment else source.index(">", position) + 1
            yield position, end
            position = end
            continue
        found = _TAG.match(source, position) if broken < _PATIENCE else None
        if not found:
            found = _PLAIN_TAG.match(source, position)
            broken += 1
        if not found:
            position += 1
            continue
        yield Tag(found[2].lower(), bool(found[1]), found[3], position, found.end())
        position = found.end()


class _Paper:
    """Lines of text as they are written, each with the depth of its quotation."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quotes = 0
        self.last_quotes = 0  # of the line written last
        self.gap = False  # a blank line is due before the next text

    def write(self, text: str, *, as_it_is: bool = False) -> None:
        if as_it_is:
            first, *others = text.split("\n")
            self.line.append(first)
            for line in others:
                self.end_line(even_empty=True)
                self.line.append(line)
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        if not self.line:
            text = text.lstrip(" ")
        if text:
            self.line.append(text)

    def end_line(self, *, even_empty: bool = False) -> None:
        text = "".join(self.line).replace("\xa0", " ").rstrip()
        self.line = []
        if not text and not even_empty:
            return
        if self.gap and text and self.lines:
            self.lines.append((_QUOTE * min(self.quotes, self.last_quotes)).rstrip())
        self.gap = self.gap and not text
        self.lines.append((_QUOTE * self.quotes + text).rstrip())
        self.last_quotes = self.quotes

    def end_paragraph(self) -> None:
        self.end_line()
        self.gap = True


def to_text(source: str) -> str:
    """Readable plain text: lines, lists, `> ` before quotations, addresses that links hide."""
    paper = _Paper()
    silent = ""
    preformatted = quotes = 0
    links: list[tuple[str, int]] = []
    for piece in pieces(source):
        if isinstance(piece, str):
            if not silent:
                paper.write(unescape(piece), as_it_is=preformatted > 0)
            continue
        name, closing = piece.name, piece.closing
        if silent:
            silent = "" if (name == silent and closing) or name == "body" else silent
        elif name in _SILENT and not closing:
            silent = name if not piece.attributes.endswith("/") else ""
        elif name == "a":
            if not closing:
                links.append((piece.attribute("href"), len(paper.line)))
            elif links:
                _write_address(paper, *links.pop())
        elif name == "br":
            paper.end_line(even_empty=True)
        elif name == "img":
            paper.write(_picture(piece))
        elif name in ("td", "th"):
            if not closing and paper.line:
                paper.write(" ")
        elif name in BLOCKS:
            paper.end_paragraph() if name in _PARAGRAPHS else paper.end_line()
            if name == "blockquote":
                quotes = max(0, quotes + (-1 if closing else 1))
                paper.quotes = min(quotes, _DEEPEST_QUOTE)
            elif name == "pre":
                preformatted = max(0, preformatted + (-1 if closing else 1))
            elif name == "li" and not closing:
                paper.write("- ")
            elif name == "hr":
                paper.write("-" * 10)
                paper.end_line()
    paper.end_line()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(paper.lines)).strip("\n")


def _write_address(paper: _Paper, address: str, start: int) -> None:
    shown = "".join(paper.line[start:]).strip()
    bare = re.sub(r"^(mailto:|tel:|https?://)", "", address.strip(), flags=re.IGNORECASE)
    bare = bare.rstrip("/")
    if not re.match(r"(https?|ftp|mailto|tel):", address.strip(), re.IGNORECASE):
        return
    if bare and bare.lower() not in shown.lower():
        paper.write(f" ({address.strip().removeprefix('mailto:')})" if shown else address.strip())


def _picture(tag: Tag) -> str:
    name = tag.attribute("alt").strip()
    return f"[{name}]" if name else ""


def inline_sources(source: str) -> list[str]:
    """What the pictures of this HTML point to inside the letter, once each: see `local_source`."""
    found = {}
    for tag in tags(source):
        if (
            not tag.attributes
            or tag.closing
            or tag.name not in ("img", "image", "td", "table", "body", "div", "input")
        ):
            continue
        values = [tag.attribute("src"), tag.attribute("background")]
        values += re.findall(r"url\(\s*['\"]?([^'\")]{1,1000})", tag.attribute("style"))
        for value in values:
            name = local_source(value)
            if name:
                found[name] = True
    return list(found)


def local_source(address: str) -> str:
    """The Content-ID or file name a picture's address names, or "" for an address elsewhere.

    `cid:`, white space and angle brackets are removed, percent codes resolved.
    """
    address = re.sub(r"\s+", "", address)
    if re.match(r"(?!cid:)[a-zA-Z][a-zA-Z0-9+.-]*:|//", address, re.IGNORECASE):
        return ""
    return unquote(re.sub(r"^cid:", "", address, flags=re.IGNORECASE)).strip("<>")
