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
_SILENT = words("head iframe math noscript object script style svg template title xml")
_PARAGRAPHS = words("blockquote dl h1 h2 h3 h4 h5 h6 ol p pre table ul")
_QUOTE = "> "
_DEEPEST_QUOTE = 20
_DEEPEST_LIST = 10
_CLOSES_ITSELF = words("dd dt li option p td th tr")
_FILLER = re.compile(r"[\u00ad\u034f\u200b\ufeff]|\u200c(?=[\s\u200c]|$)")
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


_STYLE_READ = 2_000
_HIDDEN_ATTRIBUTE = re.compile(r"""(?:^|[\s"'])hidden(?:$|[\s=/])""", re.IGNORECASE)
_HIDDEN = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|(?:^|;)(?:max-height|font-size|opacity):0(?:px|pt|em|%)?(?:;|!|$)"
)


def is_hidden(tag: Tag) -> bool:
    """Does this element say that its content is not to be seen, like the preheader of a notice?"""
    if not tag.attributes:
        return False
    style = re.sub(r"\s", "", tag.attribute("style")[:_STYLE_READ].lower())
    return bool(style and _HIDDEN.search(style)) or bool(_HIDDEN_ATTRIBUTE.search(tag.attributes))


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
    """Readable plain text: lines, lists, `> ` before quotations, addresses that links hide.

    What is hidden from the reader of the HTML is left out.
    """
    writer = _written(source, all_of_it=False)
    if writer.hidden:  # never closed: better too much than a word unseen
        writer = _written(source, all_of_it=True)
    return writer.finish()


def _written(source: str, *, all_of_it: bool) -> "_Writer":
    writer = _Writer(all_of_it=all_of_it)
    for piece in pieces(source):
        if isinstance(piece, Tag):
            writer.tag(piece)
        else:
            writer.words(piece)
    return writer


class _Writer:
    """Writes HTML down on paper, piece by piece."""

    def __init__(self, *, all_of_it: bool) -> None:
        self.paper = _Paper()
        self.all_of_it = all_of_it  # what is hidden as well
        self.silent = ""  # the element whose content is no text
        self.hidden = ""  # the element that is not to be seen
        self.hidden_depth = 0  # how often one of its name is open inside
        self.preformatted = 0
        self.quotes = 0
        self.links: list[tuple[str, int]] = []
        self.lists: list[int | None] = []  # the last number of each open list, None for bullets

    def finish(self) -> str:
        self.paper.end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.paper.lines)).strip("\n")

    def words(self, text: str) -> None:
        if not (self.silent or self.hidden):
            text = _FILLER.sub("", unescape(text))
            self.paper.write(text, as_it_is=self.preformatted > 0)

    def tag(self, tag: Tag) -> None:
        name, closing = tag.name, tag.closing
        if self.silent:
            if (name == self.silent and closing) or name == "body":
                self.silent = ""
        elif name in _SILENT and not closing:
            self.silent = "" if tag.attributes.endswith("/") else name
        elif self.hidden:
            self.hide(tag)
        elif not (closing or self.all_of_it or name in VOID) and is_hidden(tag):
            self.hidden, self.hidden_depth = name, 1
        elif name == "a":
            self.link(tag)
        elif name == "br":
            self.paper.end_line(even_empty=True)
        elif name == "img":
            self.paper.write(_picture(tag))
        elif name in ("td", "th"):
            if not closing and self.paper.line:
                self.paper.write(" ")
        elif name in BLOCKS:
            self.block(name, closing=closing)

    def hide(self, tag: Tag) -> None:
        """Inside of what is hidden: does it end here?"""
        if tag.name != self.hidden:
            return
        if not tag.closing and tag.name in _CLOSES_ITSELF:
            self.hidden = ""
            self.tag(tag)
            return
        self.hidden_depth += -1 if tag.closing else 1
        if not self.hidden_depth:
            self.hidden = ""

    def link(self, tag: Tag) -> None:
        if not tag.closing:
            self.links.append((tag.attribute("href"), len(self.paper.line)))
        elif self.links:
            _write_address(self.paper, *self.links.pop())

    def block(self, name: str, *, closing: bool) -> None:
        inner_list = name in ("ol", "ul") and len(self.lists) > closing
        if name in _PARAGRAPHS and not inner_list:
            self.paper.end_paragraph()
        else:
            self.paper.end_line()
        if name == "blockquote":
            self.quotes = max(0, self.quotes + (-1 if closing else 1))
            self.paper.quotes = min(self.quotes, _DEEPEST_QUOTE)
        elif name == "pre":
            self.preformatted = max(0, self.preformatted + (-1 if closing else 1))
        elif name in ("ol", "ul"):
            if not closing:
                self.lists.append(0 if name == "ol" else None)
            elif self.lists:
                self.lists.pop()
        elif name == "li" and not closing:
            self.item()
        elif name == "hr":
            self.paper.write("-" * 10)
            self.paper.end_line()

    def item(self) -> None:
        number = self.lists[-1] if self.lists else None
        if number is None:
            mark = "- "
        else:
            self.lists[-1] = number + 1
            mark = f"{number + 1}. "
        self.paper.write("  " * (min(len(self.lists), _DEEPEST_LIST) - 1) + mark, as_it_is=True)


def _write_address(paper: _Paper, address: str, start: int) -> None:
    shown = "".join(paper.line[start:]).strip()
    bare = re.sub(r"^(mailto:|tel:|https?://)", "", address.strip(), flags=re.IGNORECASE)
    bare = bare.rstrip("/")
    if not re.match(r"(https?|ftp|mailto|tel):", address.strip(), re.IGNORECASE):
        return
    if bare and bare.lower() not in shown.lower():
        address = address.strip().removeprefix("mailto:")
        paper.write(f" <{address}>" if shown else address)


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
