"""Fold what a letter repeats: quotations of earlier letters, and signatures. Keep everything.

A letter is looked at as lines. From its end upwards, what is quoted, blank or a signature is folded
together with the "On ... wrote:" above it; a divider such as "-----Original Message-----" folds all
that follows. An answer between quotations therefore always stays visible, and so does a letter that
would have nothing left. In doubt nothing is folded: better too much than a word unseen.

Every pattern is tried on a bounded piece of one line, so the time is linear.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from helpdesk.lib.markup import BLOCKS, VOID, Tag, pieces, tags, unescape

_LONGEST = 300  # characters of a line that are looked at
_HEADER_LINES = 3  # over how many lines "On ... wrote:" may be wrapped
_SIGNATURE_LINES = 25
_QUOTE_CLASSES = re.compile(r"yahoo_quoted|zmail_extra")  # those that use no blockquote
_INTRO_CLASSES = re.compile(r"gmail_attr|moz-cite-prefix")
_SIGNATURE_CLASSES = re.compile(r"gmail_signature|moz-signature")
_DIVIDER_IDS = re.compile(r"(mail-)?(divRplyFwdMsg|mail-editor-reference-message-container)")

_WROTE = re.compile(
    r"(on\b.{1,290}\bwrote"
    r"|am\b.{1,290}\bschrieb\b.{0,120}"
    r"|le\b.{1,290}\ba écrit"
    r"|el\b.{1,290}\bescribió"
    r"|em\b.{1,290}\bescreveu"
    r"|il\b.{1,290}\bha scritto"
    r"|.{1,290}\b(napisał|napisała|pisze|napisał\(a\))"
    r"|.{1,290}\b(написал|написала|написали|пишет|писал|писала)(\(а\))?"
    r"|.{1,290}\b(написав|написала|написали|пише|писав|писала)(\(-?л?а\))?"
    r")\s?:",
    re.IGNORECASE,
)
_DATED_SENDER = re.compile(r".{0,200}\d.{0,200}<[^<>\s]{1,120}@[^<>\s]{1,120}>\s?:")
_CLOCK = re.compile(r"\d{1,2}[:.]\d{2}")
_DIVIDER = re.compile(
    r"[-—_*\s]{2,40}("
    r"original message|original appointment|forwarded message|begin forwarded message"
    r"|исходное сообщение|исходное письмо|пересланное сообщение|пересылаемое сообщение"
    r"|пересланное письмо|вихідне повідомлення|оригінальне повідомлення|початкове повідомлення"
    r"|пересилання|переслане повідомлення|пересланий лист|пересилане повідомлення"
    r"|ursprüngliche nachricht|urspr\. nachricht|originalnachricht|weitergeleitete nachricht"
    r"|message d'origine|message original|message transféré|mensaje original|messaggio originale"
    r"|wiadomość oryginalna|oryginalna wiadomość"
    r")[-—_*\s:]{2,40}",
    re.IGNORECASE,
)
# The block of headers Outlook writes above what it quotes, in the order it writes them.
_FROM = re.compile(r"\*?(from|von|від|от|от кого|від кого|de|da|od)\s?:\*?\s?\S", re.IGNORECASE)
_OUTLOOK = (
    re.compile(
        r"\*?(sent|date|gesendet|datum|надіслано|дата|отправлено|envoyé|enviado|inviato|wysłano"
        r"|data)\s?:",
        re.IGNORECASE,
    ),
    re.compile(r"\*?(to|an|кому|до|à|para|a|do)\s?:", re.IGNORECASE),
    re.compile(r"\*?(subject|betreff|тема|objet|asunto|oggetto|temat)\s?:", re.IGNORECASE),
)
_OUTLOOK_LINES = 8
_SIGNATURES = ("-- ", "--\xa0")


@dataclass(frozen=True)
class Folded:
    """What to show at once, and what on request; in this order they are the whole letter."""

    visible: str
    folded: str


@dataclass
class _Line:
    """One line as the reader sees it, and where it begins in the source."""

    start: int
    text: str
    quoted: bool = False
    intro: bool = False  # a mail program says: here it tells who wrote what follows
    divider: bool = False  # a mail program says: from here on, the earlier letter
    signature: bool = False

    @property
    def blank(self) -> bool:
        return not self.text.strip()


def fold(text: str) -> Folded:
    """Fold plain text. `visible + folded` is `text`, to the character."""
    lines, start = [], 0
    for line in text.splitlines(keepends=True):
        shown = line.rstrip("\r\n")
        lines.append(
            _Line(
                start,
                shown[:_LONGEST],
                quoted=shown.startswith(">"),
                signature=shown in _SIGNATURES,
            )
        )
        start += len(line)
    cut = _cut(lines)
    return Folded(text, "") if cut is None else Folded(text[:cut], text[cut:])


def fold_html(html: str) -> Folded:
    """Fold cleaned HTML; both halves are well-formed if the whole was.

    Elements open at the cut are closed at the end of `visible` and opened again, with their
    attributes, at the start of `folded`. Apart from these repeated tags the two halves are the
    source, to the character; their text is the whole text.
    """
    cut = _cut(_html_lines(html))
    if cut is None:
        return Folded(html, "")
    opened = _open_at(html, cut)
    closing = "".join(f"</{tag.name}>" for tag in reversed(opened))
    opening = "".join(html[tag.start : tag.end] for tag in opened)
    return Folded(html[:cut] + closing, opening + html[cut:])


def _cut(lines: Sequence[_Line]) -> int | None:
    """Where in the source the folded part begins, or None."""
    end = _divider(lines)
    end = _above_quotation(lines, _above_signature(lines, end))
    end = _above_signature(lines, end)
    if end == len(lines) or all(line.blank for line in lines[:end]):
        return None
    return lines[end].start


def _divider(lines: Sequence[_Line]) -> int:
    """The first line of an earlier letter that is not marked line by line."""
    for number, line in enumerate(lines):
        if line.quoted or line.blank:
            continue
        text = line.text.strip()[:_LONGEST]
        if line.divider or _DIVIDER.fullmatch(text):
            return number
        if _FROM.match(text) and _outlook_headers(lines[number + 1 : number + _OUTLOOK_LINES]):
            before = number - 1
            while before > 0 and lines[before].blank:
                before -= 1
            rule = before >= 0 and re.fullmatch(r"\s?[_-]{5,80}\s?", lines[before].text)
            return before if rule else number
    return len(lines)


def _outlook_headers(lines: Sequence[_Line]) -> bool:
    """Sent, To and Subject, in this order; other headers (Cc) may stand between, nothing else."""
    wanted = list(_OUTLOOK)
    for line in lines:
        text = line.text.strip()
        if wanted and wanted[0].match(text):
            wanted.pop(0)
        elif text and not re.match(r"\*?[\w -]{1,30}:", text):
            break
    return not wanted


def _above_signature(lines: Sequence[_Line], end: int) -> int:
    for number in range(end - 1, max(-1, end - 1 - _SIGNATURE_LINES), -1):
        if lines[number].quoted:
            return end
        if lines[number].signature:
            while number and lines[number - 1].signature and not lines[number - 1].quoted:
                number -= 1
            return number
    return end


def _above_quotation(lines: Sequence[_Line], end: int) -> int:
    start = end
    while start > 0 and (lines[start - 1].quoted or lines[start - 1].blank):
        start -= 1
    quoted = [number for number in range(start, end) if lines[number].quoted]
    if not quoted:
        return end
    intro = _intro(lines, start)
    if intro is not None:
        return intro
    # A single marked line without a word of who wrote it may be anything: a prompt, a redirection.
    return quoted[0] if len(quoted) > 1 else end


def _intro(lines: Sequence[_Line], end: int) -> int | None:
    """The line where "On ... wrote:" begins, if it ends on the last line before `end`."""
    text = ""
    for number in range(end - 1, max(-1, end - 1 - _HEADER_LINES), -1):
        line = lines[number]
        if line.quoted or line.blank:
            return None
        text = f"{line.text.strip()[:_LONGEST]} {text}".strip()
        if line.intro or _is_intro(text):
            while number and lines[number - 1].intro:
                number -= 1
            return number
    return None


def _is_intro(text: str) -> bool:
    text = re.sub(r"[\u200e\u200f\u202a-\u202f\xa0]", " ", text)[: _LONGEST * _HEADER_LINES]
    if not text.endswith(":"):
        return False
    if _DATED_SENDER.fullmatch(text) and _CLOCK.search(text):
        return True
    return bool(_WROTE.fullmatch(text)) and (bool(re.search(r"\d", text)) or "@" in text)


class _Reader:
    """Walks through HTML and breaks it into lines where a browser would."""

    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self.text: list[str] = []
        self.start: int | None = None  # where the next line's first opening tag stands
        self.stack: list[tuple[str, str]] = []  # name, kind of the open elements
        self.pending: set[str] = set()  # kinds that begin with the next line
        self.line_kinds: set[str] = set()

    def read(self, html: str) -> list[_Line]:
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
            self.start = position if self.start is None else self.start
            self.line_kinds = {kind for _, kind in self.stack if kind} | self.pending
            self.pending = set()
        self.text.append(text)

    def tag(self, tag: Tag) -> None:
        breaks = tag.name in BLOCKS or tag.name == "br"
        if breaks:
            self.end_line(tag.start)
        if tag.closing:
            self.close(tag.name)
        elif tag.name not in VOID:
            kind = _kind(tag)
            self.stack.append((tag.name, kind))
            if kind == "divider":
                self.pending.add(kind)
            if self.start is None and not self.text:
                self.start = tag.start
        elif tag.name == "img":
            self.words("[]", tag.start)  # a picture is something to see
        elif tag.name == "hr" and self.start is None:
            self.start = tag.start  # a rule belongs to what stands under it

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
        text = re.sub(r"\s+", " ", unescape("".join(self.text)[: _LONGEST * 4]))
        kinds = self.line_kinds
        self.lines.append(
            _Line(
                position if self.start is None else self.start,
                text[:_LONGEST],
                quoted="quote" in kinds,
                intro="intro" in kinds,
                divider="divider" in kinds
                or ("ruled" in kinds and bool(_FROM.match(text.strip()))),
                signature="signature" in kinds or text.strip() == "--",
            )
        )
        self.text, self.start, self.line_kinds = [], None, set()


def _html_lines(html: str) -> list[_Line]:
    return _Reader().read(html)


def _kind(tag: Tag) -> str:
    if tag.name == "blockquote":
        return "quote"
    if tag.name not in ("div", "span", "pre", "p", "hr"):
        return ""
    classes = tag.attribute("class")
    if _QUOTE_CLASSES.search(classes):
        return "quote"
    if _INTRO_CLASSES.search(classes):
        return "intro"
    if _SIGNATURE_CLASSES.search(classes):
        return "signature"
    if _DIVIDER_IDS.fullmatch(tag.attribute("id")):
        return "divider"
    style = re.sub(r"\s", "", tag.attribute("style").lower())
    return "ruled" if re.search(r"border-top:[^;]*solid", style) else ""


def _open_at(html: str, cut: int) -> list[Tag]:
    """The elements that are open at one place of well-formed HTML, outermost first."""
    opened: list[Tag] = []
    for tag in tags(html[:cut]):
        if tag.name in VOID:
            continue
        if not tag.closing:
            opened.append(tag)
            continue
        for number in range(len(opened) - 1, -1, -1):
            if opened[number].name == tag.name:
                del opened[number:]
                break
    return opened
