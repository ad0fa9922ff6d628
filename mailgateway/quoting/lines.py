"""Which lines of a letter are folded away: quotations, signatures, small print.

Only what stands at the end of the writer's own words is folded, and one quotation in their middle
or above them if a mail program introduced it. A letter with several quotations holds answers
between them and is left alone, and so is everything under a forwarded letter's divider: somebody
forwards what is to be read. In doubt nothing is folded.

Every look upwards or downwards is bounded, so the time is linear.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from mailgateway.quoting import marks

_INTRO_LINES = 4  # over how many lines "On ... wrote:" may be wrapped
_HEADER_LINES = 14
_WRAPPED_LINES = 2  # of a long list of people, or one blank line between two headers
_SIGNATURE_LINES = 25
_CARD_LINES = 8
_SHORT_CARD = 4
_PARAGRAPH_LINES = 30
_WRAPPED = 45  # a line of a paragraph that goes on is at least so long


@dataclass
class Line:
    """One line as the reader sees it, and where it begins in the source.

    The flags are what a mail program said in its markup, or a `>` in plain text.
    """

    start: int
    text: str
    quoted: bool = False
    indented: bool = False  # quoted, but perhaps only for its looks
    intro: bool = False  # here it tells who wrote what follows
    divider: bool = False  # from here on, the earlier letter
    forward: bool = False  # from here on, a letter that is passed on
    signature: bool = False

    @cached_property
    def plain(self) -> str:
        """The text as it is compared."""
        return marks.plain(self.text)

    @cached_property
    def header(self) -> str:
        """Which header of a letter this is, or an empty string: `marks.header_kind`."""
        return marks.header_kind(self.plain)

    @property
    def blank(self) -> bool:
        """Is there nothing to read?"""
        return not self.plain

    @property
    def own(self) -> bool:
        """Neither quoted nor blank."""
        return not self.quoted and not self.blank


def folded_ranges(lines: Sequence[Line]) -> list[tuple[int, int]]:
    """First line and line behind the last of what is folded, in order; empty for nothing."""
    earlier, forwarded = _earlier_letter(lines)
    if forwarded:
        return []
    end = _above_signature(lines, earlier)
    above = _above_quotation(lines, end)
    if above != end:
        end = _above_signature(lines, above)
    ranges = [] if end == len(lines) else [(end, len(lines))]
    middle = _introduced_quotation(lines, end)
    if middle:
        ranges.insert(0, middle)
    shown = set(range(len(lines))) - {n for start, stop in ranges for n in range(start, stop)}
    return ranges if any(not lines[number].blank for number in shown) else []


# The earlier letter, where it is not marked line by line


def _earlier_letter(lines: Sequence[Line]) -> tuple[int, bool]:
    """Its first line (or how many lines there are), and whether a forwarded one comes first."""
    number = 0
    while number < len(lines):
        line = lines[number]
        if not line.own:
            number += 1
            continue
        if line.forward or marks.is_forward_divider(line.plain):
            return len(lines), True
        divided = line.divider or marks.is_original_divider(line.plain)
        stop = _behind_headers(lines, number + 1) if divided else _header_block(lines, number)
        if stop:
            # With its lines marked, what follows is one quotation among the writer's words.
            marked = not line.divider and _quoted_below(lines, stop - 1)
            if not marked and (divided or not _is_pasted(lines, number)):
                return _with_rule(lines, number), False
            number = stop
            continue
        start = _intro_ending_at(lines, number, alone=True)
        if start is not None and not _quoted_below(lines, number):
            return _with_ruled_headers(lines, start), False
        number += 1
    return len(lines), False


def _header_block(lines: Sequence[Line], number: int) -> int:
    """The line behind a block with From, Date and Subject that begins here, or 0."""
    first = lines[number].header
    if not first or first == "other":
        return 0
    said: set[str] = set()
    wrapped = 0
    stop = number
    for line in lines[number : number + _HEADER_LINES]:
        kind = line.header
        if line.quoted or (line.blank and (wrapped or _is_complete(said))):
            break
        if kind:
            said |= _said_by(kind, line.plain)
        wrapped = 0 if kind else wrapped + 1
        if wrapped > _WRAPPED_LINES:
            break
        stop += 1
    return stop if _is_complete(said) else 0


def _said_by(kind: str, text: str) -> set[str]:
    # A journey has From, To and Date as well; that it is a letter must be said.
    if kind in ("sent", "subject"):
        return {"letter", "date"} if kind == "sent" else {"letter"}
    return {kind, "letter"} if "@" in text else {kind}


def _is_complete(said: set[str]) -> bool:
    return {"from", "date", "letter"} <= said


def _behind_headers(lines: Sequence[Line], number: int) -> int:
    """The first line from `number` on that is no header."""
    for line in lines[number : number + _HEADER_LINES]:
        if not (line.blank or line.header):
            break
        number += 1
    return number


def _is_pasted(lines: Sequence[Line], number: int) -> bool:
    """Does the writer announce these headers ("I got this spam:")?"""
    above = _own_above(lines, number)
    if above is None or marks.is_rule(lines[above].plain):
        return False
    text = lines[above].plain
    return text.endswith(":") and not marks.is_intro(text) and not marks.header_kind(text)


def _with_rule(lines: Sequence[Line], number: int) -> int:
    """With the rule that stands above a block of headers."""
    above = _own_above(lines, number)
    if above is not None and marks.is_rule(lines[above].plain):
        return above
    return number


def _with_ruled_headers(lines: Sequence[Line], number: int) -> int:
    """With the headers between a rule and "On ... wrote:", as Yandex writes them."""
    for above in range(number - 1, max(-1, number - _HEADER_LINES), -1):
        if marks.is_rule(lines[above].plain):
            return above
        if not lines[above].header:
            break
    return number


def _own_above(lines: Sequence[Line], number: int) -> int | None:
    """The nearest line above that says something, looked for over two blank ones."""
    for above in range(number - 1, max(-1, number - 4), -1):
        if not lines[above].blank:
            return above
    return None


def _quoted_below(lines: Sequence[Line], number: int) -> bool:
    for line in lines[number + 1 : number + 6]:
        if not line.blank:
            return line.quoted
    return False


# Quotations that are marked


def _above_quotation(lines: Sequence[Line], end: int) -> int:
    start = end
    while start > 0 and not lines[start - 1].own:
        start -= 1
    quoted = [number for number in range(start, end) if lines[number].quoted]
    if not quoted:
        return end
    intro = _intro_above(lines, start)
    if intro is not None:
        return intro
    # A single marked line without a word of who wrote it may be anything: a prompt, a redirection.
    marked = sum(not lines[number].indented for number in quoted)
    announced = start > 0 and marks.announces(lines[start - 1].plain)
    return quoted[0] if marked > 1 and not announced else end


def _introduced_quotation(lines: Sequence[Line], end: int) -> tuple[int, int] | None:
    """The only quotation among the writer's words, if a mail program put it there."""
    quoted = [number for number in range(end) if lines[number].quoted]
    if not quoted or any(lines[number].own for number in range(quoted[0], quoted[-1])):
        return None
    above = quoted[0]
    while above > 0 and lines[above - 1].blank:
        above -= 1
    intro = _intro_above(lines, above)
    return None if intro is None else (intro, quoted[-1] + 1)


def _intro_above(lines: Sequence[Line], behind: int) -> int | None:
    """The first line of what introduces the quotation that begins at `behind`."""
    if not behind:
        return None
    intro = _intro_ending_at(lines, behind - 1)
    if intro is not None:
        return _with_ruled_headers(lines, intro)
    said: set[str] = set()
    first = behind
    for number in range(behind - 1, max(-1, behind - 1 - _HEADER_LINES), -1):
        line = lines[number]
        if marks.is_original_divider(line.plain):
            return number
        kind = line.header
        if line.own and not kind:
            break
        if kind:
            said |= _said_by(kind, line.plain)
            first = number
    return first if _is_complete(said) else None


def _intro_ending_at(lines: Sequence[Line], last: int, *, alone: bool = False) -> int | None:
    """The line where "On ... wrote:" begins, if it ends on line `last`."""
    if lines[last].intro:
        while last and lines[last - 1].intro:
            last -= 1
        return last
    if not marks.may_end_intro(lines[last].plain, alone=alone):
        return None
    text = ""
    found = None
    for number in range(last, max(-1, last - _INTRO_LINES), -1):
        line = lines[number]
        if not line.own or (number < last and marks.ends_sentence(line.plain)):
            break
        if found is not None and not marks.goes_before(line.plain, text):
            break
        text = f"{line.plain} {text}".strip()
        if marks.is_intro(text, alone=alone):
            found = number
            if marks.begins_intro(text):
                break
    return found


# Signatures


def _above_signature(lines: Sequence[Line], end: int) -> int:
    """Above one signature, and above what programs and lawyers add around it."""
    end = _above_additions(lines, end)
    end = _above_card(lines, end)
    return _above_additions(lines, end)


def _above_additions(lines: Sequence[Line], end: int) -> int:
    """Above lines such as "Sent from my iPhone" and paragraphs of small print."""
    while True:
        last = _last_own(lines, end)
        if last is None:
            return end
        if marks.is_mobile_line(lines[last].plain):
            end = last
            continue
        first, text = last, lines[last].plain
        while not marks.is_small_print(text):
            if first <= max(0, last - _PARAGRAPH_LINES) or not _goes_on(lines[first - 1]):
                return end
            first -= 1
            text = f"{lines[first].plain} {text}"
        above = _own_above(lines, first)
        if above is not None and marks.is_rule(lines[above].plain):
            first = above
        end = first


def _goes_on(line: Line) -> bool:
    """Is this a line of a paragraph that does not end with it?"""
    return line.own and len(line.plain) > _WRAPPED


def _last_own(lines: Sequence[Line], end: int) -> int | None:
    for number in range(end - 1, -1, -1):
        if lines[number].quoted:
            return None
        if not lines[number].blank:
            return number
    return None


def _above_card(lines: Sequence[Line], end: int) -> int:
    """Above the writer's visiting card: marked as such, under "-- ", or under "Regards,"."""
    below: list[Line] = []
    for number in range(end - 1, max(-1, end - 1 - _SIGNATURE_LINES), -1):
        line = lines[number]
        if line.quoted:
            return end
        if line.signature:
            return _first_of_signature(lines, number)
        if below and _is_delimiter(line.plain):
            apart = number > 0 and lines[number - 1].blank and len(below) <= _SHORT_CARD
            if _is_card(below, contact=False) or (apart and _is_short(below)):
                return number
        if below and marks.is_rule(line.plain) and _is_card(below, contact=True):
            return number
        name = marks.closing_name(line.plain)
        if name is not None and (not name or marks.is_name(name)):
            card = [Line(line.start, name), *below] if name else below
            if card and _is_card(card, contact=True):
                return number
        if not line.blank:
            below.insert(0, line)
    return end


def _first_of_signature(lines: Sequence[Line], number: int) -> int:
    while number and lines[number - 1].signature and not lines[number - 1].quoted:
        number -= 1
    return number


def _is_delimiter(text: str) -> bool:
    return text in ("--", "—", "–", "__", "-- --", "- --")


def _is_short(lines: Sequence[Line]) -> bool:
    return all(len(line.plain) <= 40 and not marks.is_sentence(line.plain) for line in lines)


def _is_card(lines: Sequence[Line], *, contact: bool) -> bool:
    """Is this a name with, perhaps, a firm and ways to reach it? Never speech."""
    if len(lines) > _CARD_LINES or any(marks.is_sentence(line.plain) for line in lines):
        return False
    first = lines[0].plain
    if not contact:
        return marks.is_name(first) or marks.is_contact(first) or marks.is_mobile_line(first)
    reached = sum(marks.is_contact(line.plain) for line in lines[1:])
    numbers = sum(marks.is_phone(line.plain) for line in lines[1:])
    return marks.is_name(first) and (reached > 0 or (numbers > 0 and len(lines) > 2))


def starts_of(lines: Sequence[Line], size: int) -> Iterator[tuple[int, int, bool]]:
    """Begin and end in the source of each stretch, and whether it is folded."""
    position = 0
    for first, behind in folded_ranges(lines):
        begin = lines[first].start
        end = lines[behind].start if behind < len(lines) else size
        if begin > position:
            yield position, begin, False
        yield begin, end, True
        position = end
    if position < size:
        yield position, size, False
