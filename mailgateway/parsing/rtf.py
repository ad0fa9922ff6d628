"""Rich text as text, and the HTML that Outlook hides in it (MS-OXRTFEX). In one pass."""

import re
from dataclasses import dataclass, replace
from html import escape

from helpdesk.lib.markup import words
from mailgateway.charsets import decode

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,9})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.DOTALL,
)
_SILENT = words(
    "fonttbl colortbl stylesheet info pict object themedata datastore xmlnstbl listtable"
    " listoverridetable rsidtbl generator header footer headerl headerr footerl footerr fldinst"
    " mmathpr latentstyles"
)
_WRITTEN = {
    "par": "\n",
    "line": "\n",
    "row": "\n",
    "sect": "\n",
    "page": "\n",
    "tab": "\t",
    "cell": "\t",
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
}


@dataclass
class _State:
    """What holds until the group ends."""

    silent: bool = False
    markup: bool = False  # inside a piece of hidden HTML
    not_html: bool = False  # between \htmlrtf and \htmlrtf0: for readers of RTF only
    fallback: int = 1  # characters that stand behind \u for old readers


def read(source: bytes) -> tuple[str, str]:
    """The text, and the HTML this was made from or an empty string."""
    if not source.startswith(b"{\\rtf"):
        return "", ""
    from_html = b"\\fromhtml" in source[:500]
    found = re.search(rb"\\ansicpg(\d{3,5})", source[:500])
    codepage = f"cp{found[1].decode()}" if found else "windows-1252"
    text: list[str] = []
    html: list[str] = []
    raw = bytearray()  # bytes in the codepage that wait for their neighbours
    state, outer = _State(), [_State()]
    skip = 0

    def write(piece: str) -> None:
        if state.silent or state.not_html:
            return
        if state.markup:
            html.append(piece)
            return
        text.append(piece)
        html.append(escape(piece, quote=False))

    def flush() -> None:
        if raw:
            write(decode(bytes(raw), codepage).text)
            raw.clear()

    for token in _TOKEN.finditer(source):
        word, number, code, sign, brace, plain = token.groups()
        if code is not None or plain is not None:
            data = bytes([int(code, 16)]) if code is not None else plain
            raw += data[skip:]
            skip = max(0, skip - len(data))
            continue
        if sign is not None and sign in b"\\{}":
            raw += sign
            continue
        flush()
        if brace == b"{":
            outer.append(replace(state))
        elif brace == b"}":
            state = outer.pop() if len(outer) > 1 else state
        elif sign == b"~":
            write("\xa0")
        elif sign == b"*":
            state.silent = True  # unless the next word is one we know
        elif word:
            name = word.decode("ascii").lower()
            if name == "u" and number:
                write(chr(int(number) % 65536))
                skip = state.fallback
            else:
                _obey(name, number, state, from_html=from_html)
                if name in _WRITTEN:
                    write(_WRITTEN[name])
    flush()
    said = "".join(text)
    said = said.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    markup = "".join(html) if from_html else ""
    markup = markup.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return said.strip("\n"), markup


def _obey(name: str, number: bytes | None, state: _State, *, from_html: bool) -> None:
    if name in _SILENT:
        state.silent = True
    elif name == "uc":
        state.fallback = min(int(number or 1), 10)
    elif name == "htmltag" and from_html:
        state.silent, state.markup = False, True
    elif name == "htmlrtf":
        state.not_html = number != b"0"
