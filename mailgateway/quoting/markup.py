"""HTML as lines, broken where a browser would, with what mail programs say in their markup."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from helpdesk.lib.markup import BLOCKS, VOID, Tag, is_hidden, pieces, tags, unescape
from mailgateway.quoting import marks
from mailgateway.quoting.lines import Line

_QUOTE_CLASSES = re.compile(r"yahoo_quoted|zmail_extra|protonmail_quote|tutanota_quote")
_INTRO_CLASSES = re.compile(r"gmail_attr|moz-cite-prefix")
_SIGNATURE_CLASSES = re.compile(
    r"gmail_signature|moz-signature|protonmail_signature_block|tutanota_signature"
)
_FORWARD_CLASSES = re.compile(r"moz-forward-container")
_DIVIDER_IDS = re.compile(
    r"(mail-)?(divRplyFwdMsg|mail-editor-reference-message-container|OLK_SRC_BODY_SECTION)"
)
_INTRO_IDS = re.compile(r"(mail-)?reply-intro")
_SIGNATURE_IDS = re.compile(r"(mail-)?(Signature|ms-outlook-mobile-signature|composer_signature)")
_MOST_SIGNATURE_LINES = 15


class _Reader:
    """Walks through HTML and collects its lines."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.text: list[str] = []
        self.start: int | None = None  # where the next line's first opening tag stands
        self.rule: int | None = None  # where a rule stands, which belongs to what is under it
        self.stack: list[tuple[str, str]] = []  # name, kind of the open elements
        self.pending: set[str] = set()  # kinds that begin with the next line
        self.line_kinds: set[str] = set()

    def read(self, html: str) -> list[Line]:
        position = 0
        for piece in pieces(html):
            if isinstance(piece, Tag):
                self.tag(piece)
                position = piece.end
            else:
                self.words(piece, position)
        self.end_line(len(html))
        return self.lines

    def words(self, text: str, position: int) -> None:
        if not text.strip():
            return
        if not self.text:
            kinds = {kind for _, kind in self.stack if kind}
            if "hidden" in kinds:
                return
            self.start = position if self.start is None else self.start
            self.line_kinds = kinds | self.pending
            self.pending = set()
        self.text.append(text)

    def tag(self, tag: Tag) -> None:
        if tag.name in BLOCKS or tag.name == "br":
            self.end_line(tag.start)
        if tag.closing:
            self.close(tag.name)
        elif tag.name not in VOID:
            kind = _kind(tag)
            self.stack.append((tag.name, kind))
            if kind in ("divider", "forward"):
                self.pending.add(kind)
            if self.start is None and not self.text:
                self.start = tag.start
        elif tag.name == "img":
            self.words("[]", tag.start)  # a picture is something to see
        elif tag.name == "hr" and self.rule is None:
            self.rule = tag.start if self.start is None else self.start

    def close(self, name: str) -> None:
        for number in range(len(self.stack) - 1, -1, -1):
            if self.stack[number][0] == name:
                del self.stack[number:]
                break
        if not self.text:
            self.start = None

    def end_line(self, position: int) -> None:
        if not self.text:
            return
        text = re.sub(r"\s+", " ", unescape("".join(self.text)[: marks.LONGEST * 4]))
        kinds = self.line_kinds
        plain = text.strip()
        start = self.start if self.rule is None else self.rule
        self.lines.append(
            Line(
                position if start is None else start,
                text[: marks.LONGEST],
                quoted=bool(kinds & {"quote", "indent"}) or plain.startswith(">"),
                indented="indent" in kinds and "quote" not in kinds,
                intro="intro" in kinds,
                divider="divider" in kinds
                or ("ruled" in kinds and marks.header_kind(plain) == "from"),
                forward="forward" in kinds,
                signature="signature" in kinds or text.lstrip() == "-- ",
            )
        )
        self.text, self.start, self.rule, self.line_kinds = [], None, None, set()


def html_lines(html: str) -> list[Line]:
    """The lines of an HTML letter that say something; blank ones are left out."""
    lines = _Reader().read(html)
    # Some people write their whole letter inside their signature's element.
    if sum(line.signature for line in lines) > _MOST_SIGNATURE_LINES:
        for line in lines:
            line.signature = False
    return lines


def _kind(tag: Tag) -> str:
    """What a mail program says with this element, in a word."""
    if is_hidden(tag):
        return "hidden"
    if tag.name not in ("div", "span", "pre", "p", "blockquote", "table"):
        return ""
    classes, name = tag.attribute("class"), tag.attribute("id")
    style = re.sub(r"\s", "", tag.attribute("style").lower())
    if tag.name == "blockquote":
        cited = tag.attribute("type").lower() == "cite" or "quote" in classes
        return "quote" if cited or re.search(r"border-left:[^;]*solid", style) else "indent"
    if _QUOTE_CLASSES.search(classes):
        return "quote"
    if _FORWARD_CLASSES.search(classes):
        return "forward"
    if _INTRO_CLASSES.search(classes) or _INTRO_IDS.fullmatch(name):
        return "intro"
    if _SIGNATURE_CLASSES.search(classes) or _SIGNATURE_IDS.fullmatch(name):
        return "signature"
    if _DIVIDER_IDS.fullmatch(name):
        return "divider"
    return "ruled" if re.search(r"border-top:[^;]*solid", style) else ""


def well_formed(
    html: str, stretches: Iterable[tuple[int, int, bool]]
) -> Iterator[tuple[str, bool]]:
    """Each stretch of well-formed HTML, with what is open at its ends closed and opened again."""
    opened: list[Tag] = []
    for begin, end, folded in stretches:
        opening = "".join(html[tag.start : tag.end] for tag in opened)
        opened = _open_at(html, begin, end, opened)
        closing = "".join(f"</{tag.name}>" for tag in reversed(opened))
        yield opening + html[begin:end] + closing, folded


def _open_at(html: str, begin: int, end: int, before: list[Tag]) -> list[Tag]:
    """The elements that are open at `end`, outermost first, given those open at `begin`."""
    opened = list(before)
    for tag in tags(html[begin:end]):
        if tag.name in VOID:
            continue
        if not tag.closing:
            opened.append(replace(tag, start=begin + tag.start, end=begin + tag.end))
            continue
        for number in range(len(opened) - 1, -1, -1):
            if opened[number].name == tag.name:
                del opened[number:]
                break
    return opened
