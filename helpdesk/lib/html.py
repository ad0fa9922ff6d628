"""The only door for foreign HTML: what leaves here may be shown.

`nh3` cleans, always as the last step; `bleach.linkify` makes links of plain text before that. Both
take time that grows with the square of some inputs, so `too_costly` looks first and such a letter
is shown as text. No style property that can carry an address is let through, and no picture is
fetched from outside: its address waits in `data-remote-src` until the reader asks for it.
"""

import re
from collections.abc import Collection, Mapping
from html import escape

import bleach.linkifier
import nh3

from helpdesk.lib.markup import (
    Tag,
    inline_sources,
    local_source,
    pieces,
    to_text,
    unescape,
    words,
)

__all__ = [
    "clean",
    "clean_noting",
    "clean_written",
    "from_text",
    "inline_sources",
    "own_pictures",
    "replace_cids",
    "to_text",
    "too_costly",
    "with_links",
]

_TAGS = words(
    "a abbr address b big blockquote br caption center cite code col colgroup dd del dfn div dl dt"
    " em figcaption figure font h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small"
    " span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr"
)
_DROPPED_WITH_CONTENT = words(
    "embed iframe math noscript object script select style svg template textarea title xml"
)
_CELL = {"align", "valign", "bgcolor", "colspan", "rowspan", "width", "height"}
_ATTRIBUTES = {
    "*": {"style", "dir", "lang", "title"},
    "a": {"href"},
    "blockquote": {"type"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "div": {"align", "id"},
    "font": {"color", "face", "size"},
    "img": {"src", "alt", "width", "height", "data-remote-src"},
    "ol": {"start", "type"},
    "p": {"align", "id"},
    "table": {"align", "bgcolor", "border", "cellpadding", "cellspacing", "width"},
    "td": _CELL,
    "th": _CELL,
    "tr": {"align", "valign", "bgcolor"},
}
_STYLES = words(
    "border border-bottom border-collapse border-color border-left border-right border-spacing"
    " border-style border-top border-width color background-color direction display font"
    " font-family font-size font-style font-variant font-weight letter-spacing line-height"
    " list-style-type padding padding-bottom padding-left padding-right padding-top text-align"
    " text-decoration text-indent text-transform vertical-align white-space word-break word-wrap"
)
# What the fold of quotations recognises: class names and ids of mail programs. Ids are prefixed, so
# that no letter can name an element of our own page.
QUOTE_CLASSES = words(
    "gmail_quote gmail_quote_container gmail_attr gmail_signature moz-cite-prefix moz-signature"
    " moz-forward-container protonmail_quote protonmail_signature_block tutanota_quote"
    " tutanota_signature yahoo_quoted zmail_extra"
)
QUOTE_IDS = words(
    "divRplyFwdMsg appendonsend mail-editor-reference-message-container OLK_SRC_BODY_SECTION"
    " reply-intro Signature ms-outlook-mobile-signature composer_signature"
)
_ALLOWED_CLASSES = {tag: set(QUOTE_CLASSES) for tag in ("div", "span", "blockquote", "pre", "p")}
ID_PREFIX = "mail-"

_LINK = re.compile(r"\s*(https?|ftp|mailto|tel|sms):", re.IGNORECASE)
_OWN_FILE = re.compile(r"/files/[\w/.@%+-]+(\?[\w=&.%:-]*)?")
_DATA_ADDRESS = re.compile(r"data:[\w.+/-]{1,100};base64,[A-Za-z0-9+/=\s%]*+", re.IGNORECASE)
# NUL, and signs that turn the direction of all that follows: a link could show another address.
_UNWANTED = re.compile(r"[\0\u202d\u202e]|&#(?:0*823[78]|x0*202[de]);?", re.IGNORECASE)
_PICTURE = re.compile(r"<im[ga]", re.IGNORECASE)
_REMOTE_SOURCE = re.compile(r'(<img (?:[^>"]|"[^"]*+")*?) ?src="((?:https?:)?//[^"]*+)"')

# What a letter hides, as the preheader of a notice, stays hidden; it lays out nothing.
_DISPLAY = re.compile(r"\s*display\s*:", re.IGNORECASE)
_HIDES = re.compile(r"\s*display\s*:\s*none\s*(!\s*important\s*)?$", re.IGNORECASE)
_LOADS = re.compile(r"url|expression|\\|@|/\*", re.IGNORECASE)

_SIZE = 500_000
_TAG_LENGTH = 8_000
_TAG_COUNT = 15_000
_DEPTH = 100
_OPENING = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})")
_FREE = words(
    "p li td th tr tbody thead tfoot dd dt option colgroup col br hr img meta link input area base"
    " wbr source o:p"
)


def too_costly(html: str) -> str | None:
    """Why this HTML would take too long to clean, or None. Linear: 3 ms for 200 KB."""
    if len(html) > _SIZE:
        return "size"
    for part in html.split("<")[1:]:
        if len(part) > _TAG_LENGTH and ">" not in part[:_TAG_LENGTH]:
            return "tag length"
    opened: dict[str, int] = {}
    depth = 0
    for number, tag in enumerate(_OPENING.finditer(html)):
        if number > _TAG_COUNT:
            return "tags"
        name = tag[2].lower()
        if name in _FREE:
            continue
        if not tag[1]:
            opened[name] = opened.get(name, 0) + 1
            depth += 1
        elif opened.get(name):  # a stray end tag closes nothing
            opened[name] -= 1
            depth -= 1
        if depth > _DEPTH:
            return "depth"
    return None


def clean(html: str) -> str:
    """Foreign HTML, safe to show. What is too costly to clean comes back as its text."""
    return clean_noting(html)[0]


def clean_noting(html: str) -> tuple[str, str | None]:
    """Foreign HTML, safe to show, and why only its text could be kept, or None: `too_costly`."""
    # Pictures written into the text itself are long and never shown: the parser makes them files.
    html = _DATA_ADDRESS.sub("", _UNWANTED.sub("", html))
    why = too_costly(html)
    return (from_text(to_text(html)) if why else _clean(html)), why


def _clean(html: str) -> str:
    if _PICTURE.search(html):
        # Washed first, so that addresses stand in one known form; the last step washes again.
        html = _REMOTE_SOURCE.sub(r'\1 data-remote-src="\2"', _wash(html, remote=True))
    return _wash(html)


def from_text(text: str) -> str:
    """Plain text as HTML: paragraphs, line breaks, links."""
    linker = bleach.linkifier.Linker(parse_email=True)
    patience = [_LINKED_LINES]
    paragraphs = [
        "<br>".join(_linked(line, linker, patience) for line in paragraph.split("\n"))
        for paragraph in re.split(r"\n(?:[ \t]*\n)+", "\n".join(text.splitlines()).strip("\n"))
        if paragraph.strip()
    ]
    return _wash("".join(f"<p>{paragraph}</p>" for paragraph in paragraphs))


_LINKED_LINES = 1_000  # linkify is slow and its patterns backtrack: few lines, short ones
_LINKED_LENGTH = 2_000
_HAS_ADDRESS = re.compile(r"://|\bwww\.|\S@\S", re.IGNORECASE)


def _linked(line: str, linker: bleach.linkifier.Linker, patience: list[int]) -> str:
    line = escape(line, quote=False)
    if len(line) > _LINKED_LENGTH or patience[0] <= 0 or not _HAS_ADDRESS.search(line):
        return line
    patience[0] -= 1
    linked: str = linker.linkify(line)
    return linked


# What people write on our own pages needs less than what mail programs make.
_WRITTEN_TAGS = words("a b blockquote br code del div em h1 h2 i img li ol p pre strong ul")
_WRITTEN_ATTRIBUTES = {"a": {"href"}, "img": {"src", "width", "height"}}
_OWN_PICTURE = re.compile(r"/files/(?:help/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")


def clean_written(html: str, pictures: Collection[str] | None = None) -> str:
    """What somebody wrote in the editor of our pages: its few tags, links, files of our own as
    pictures; of those, only the tokens in `pictures` where that is given. What is too costly to
    clean comes back as its text."""
    html = _DATA_ADDRESS.sub("", _UNWANTED.sub("", html))
    if too_costly(html):
        return from_text(to_text(html))

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute != "src":
            return _keep(tag, attribute, value)
        own = _OWN_PICTURE.fullmatch(value)
        return value if own and (pictures is None or own[1] in pictures) else None

    washed = nh3.clean(
        html,
        tags=set(_WRITTEN_TAGS),
        clean_content_tags={*_DROPPED_WITH_CONTENT, "figcaption"},
        attributes=_WRITTEN_ATTRIBUTES,
        attribute_filter=keep,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https", "ftp", "mailto", "tel", "sms"},
    )
    return "".join(_source_of(piece, washed) for piece in pieces(washed) if not _is_blank(piece))


def _is_blank(piece: Tag | str) -> bool:
    """A picture that lost its source."""
    return isinstance(piece, Tag) and piece.name == "img" and not piece.attribute("src")


def _source_of(piece: Tag | str, html: str) -> str:
    return html[piece.start : piece.end] if isinstance(piece, Tag) else piece


_NOT_LINKED = words("a code pre")


def with_links(html: str) -> str:
    """Clean HTML of ours with links made of the bare addresses in it; not in program text."""
    linker = bleach.linkifier.Linker(parse_email=True)
    patience = [_LINKED_LINES]
    inside = 0
    made = []
    for piece in pieces(html):
        if isinstance(piece, Tag):
            inside += (-1 if piece.closing else 1) if piece.name in _NOT_LINKED else 0
            made.append(_source_of(piece, html))
        else:
            made.append(piece if inside else _linked(unescape(piece), linker, patience))
    return _wash("".join(made))


def own_pictures(html: str) -> list[str]:
    """Tokens of the files that stand as pictures in clean HTML, in order."""
    return list(dict.fromkeys(_OWN_PICTURE_SOURCE.findall(html)))


_OWN_PICTURE_SOURCE = re.compile(rf'src="{_OWN_PICTURE.pattern}"')


def replace_cids(html: str, addresses: Mapping[str, str]) -> str:
    """Clean HTML with every `cid:` picture that `addresses` knows pointing to its address.

    Keys are Content-IDs without angle brackets, compared without case; values should begin with
    `/files/`, for the result is cleaned again. An unknown picture keeps its `cid:`.
    """
    known = {cid.strip("<> ").lower(): address for cid, address in addresses.items()}

    def own(found: re.Match[str]) -> str:
        address = known.get(local_source(unescape(found[1])).lower())
        return f'src="{escape(address)}"' if address else found[0]

    return _wash(re.sub(r'src="(cid:[^"]*+)"', own, html, flags=re.IGNORECASE))


def _wash(html: str, *, remote: bool = False) -> str:
    return nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WITH_CONTENT),
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_remote if remote else _keep,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        allowed_classes=_ALLOWED_CLASSES,
        url_schemes={"http", "https", "ftp", "mailto", "tel", "sms", "cid"},
        filter_style_properties=set(_STYLES),
    )


def _keep(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return value if _LINK.match(value) else None
    if attribute == "id":
        name = value if value in QUOTE_IDS else value.removeprefix(ID_PREFIX)
        return ID_PREFIX + name if name in QUOTE_IDS else None
    if attribute == "style":
        harmless = [
            part
            for part in value.split(";")
            if not _LOADS.search(part) and (not _DISPLAY.match(part) or _HIDES.match(part))
        ]
        return ";".join(harmless) or None
    if attribute == "data-remote-src":
        return value if re.match(r"(https?:)?//", value, re.IGNORECASE) else None
    if attribute == "src":
        own = _OWN_FILE.fullmatch(value) and ".." not in value
        return value if own or value.lower().startswith("cid:") else None
    return value


def _keep_remote(tag: str, attribute: str, value: str) -> str | None:
    """The first of two washings: pictures still know where they come from."""
    if attribute == "src" and re.match(r"(https?:)?//", value, re.IGNORECASE):
        return value
    return _keep(tag, attribute, value)
