"""Bytes that lie about their encoding, read as text.

A label in a letter is a claim. The order of belief: a byte order mark, valid multi-byte UTF-8, the
label if its reading looks like a language, then a count of letters over the Cyrillic encodings and
cp1252.
Labels follow the WHATWG Encoding Standard, with those that only mail knows added.
"""

import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

from mailgateway.cyrillic import likeness

# Python codec: labels, compared without case and without anything but letters and digits.
_LABELS = {
    "utf-8": "utf8 unicode11utf8 xunicode20utf8 utf8mb4 utf",
    "utf-7": "utf7 unicode11utf7 xunicode20utf7",
    "utf-16-le": "utf16 utf16le unicode ucs2 csunicode",
    "utf-16-be": "utf16be unicodefffe",
    "utf-32": "utf32",
    "ibm866": "866 cp866 csibm866 ibm866 dos866 xcp866",
    "koi8-r": "cskoi8r koi koi8 koi8r xkoi8r koi8e",
    "koi8-u": "koi8u koi8ru xkoi8u",
    "mac-cyrillic": "xmaccyrillic maccyrillic xmacukrainian macukrainian",
    "windows-1251": "cp1251 windows1251 xcp1251 win1251 1251 ansi1251 wincyrillic xwindows1251",
    "iso-8859-5": "csisolatincyrillic cyrillic iso88595 iso885951988 isoir144 88595",
    "windows-1250": "cp1250 windows1250 xcp1250 win1250",
    "windows-1252": "cp1252 windows1252 xcp1252 win1252 latin1 l1 iso88591 iso885911987"
    " cp819 ibm819 88591 isoir100 xansi ansi",
    "us-ascii": "ascii usascii ansix341968 iso646us 7bit",
    "windows-1253": "cp1253 windows1253 xcp1253 win1253",
    "windows-1254": "cp1254 windows1254 latin5 l5 iso88599 isoir148 xcp1254 win1254",
    "windows-1255": "cp1255 windows1255 xcp1255 win1255",
    "windows-1256": "cp1256 windows1256 xcp1256 win1256",
    "windows-1257": "cp1257 windows1257 xcp1257 win1257",
    "windows-1258": "cp1258 windows1258 xcp1258 win1258",
    "iso-8859-2": "latin2 l2 iso88592 isoir101 csisolatin2",
    "iso-8859-3": "latin3 l3 iso88593 isoir109",
    "iso-8859-4": "latin4 l4 iso88594 isoir110",
    "iso-8859-6": "arabic iso88596 iso88596e iso88596i asmo708 ecma114 isoir127",
    "iso-8859-7": "greek greek8 iso88597 ecma118 elot928 isoir126",
    "iso-8859-8": "hebrew visual logical iso88598 iso88598e iso88598i isoir138",
    "iso-8859-10": "latin6 l6 iso885910 isoir157",
    "iso-8859-13": "iso885913",
    "iso-8859-14": "iso885914",
    "iso-8859-15": "iso885915 latin9 l9 csisolatin9",
    "iso-8859-16": "iso885916",
    "cp874": "windows874 dos874 tis620 iso885911",
    "cp850": "cp850 ibm850",
    "cp852": "cp852 ibm852",
    "cp855": "cp855 ibm855",
    "cp437": "cp437 ibm437",
    "cp1125": "cp1125 ruscii ibm1125 cp866u",
    "mac-roman": "macintosh mac xmacroman macroman",
    "gb18030": "gb18030 gb2312 gbk xgbk chinese csgb2312 gb231280 cp936 ms936"
    " windows936 isoir58 euccn",
    "hz": "hzgb2312 hz",
    "big5hkscs": "big5 big5hkscs cnbig5 xxbig5 csbig5",
    "cp950": "cp950 ms950",
    "euc_jis_2004": "eucjp xeucjp cseucpkdfmtjapanese",
    "iso2022_jp_ext": "iso2022jp csiso2022jp iso2022jp1 iso2022jp2",
    "cp932": "shiftjis sjis xsjis mskanji windows31j cp932 ms932 csshiftjis",
    "cp949": "euckr korean ksc56011987 ksc56011989 ksc5601 windows949 cp949 uhc cseuckr isoir149",
    "iso2022_kr": "iso2022kr csiso2022kr",
}
_CODECS = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
_STATEFUL = frozenset({"utf-7", "hz", "iso2022_jp_ext", "iso2022_kr"})
_WIDE = frozenset({"utf-16-le", "utf-16-be", "utf-32"})
_MULTI_BYTE = frozenset({"gb18030", "big5hkscs", "cp950", "euc_jis_2004", "cp932", "cp949"})
_CYRILLIC = ("windows-1251", "koi8-u", "koi8-r", "iso-8859-5", "mac-cyrillic", "ibm866")
_LATIN = frozenset(
    {"windows-1250", "windows-1252", "windows-1254", "windows-1257", "windows-1258", "mac-roman"}
    | {f"iso-8859-{number}" for number in (2, 3, 4, 10, 13, 14, 15, 16)}
)
_ENOUGH_TO_DOUBT = 4  # high bytes; with fewer, a label weighs more than statistics
_MOST_BY_ACCIDENT = 8  # so many bytes may be UTF-8 by accident; it then reads like nothing usual
_UNUSUAL = re.compile(
    r"[^\x00-\x7f\xa0-\xa9\xab-\xb1\xb4-\xb7\xbb\xbf-\u017f\u0218-\u021b"  # Latin
    r"\u0300-\u0304\u0306-\u0308\u0386-\u03ce\u0401-\u045f\u0490\u0491"  # Greek, Cyrillic
    r"\u05d0-\u05ea\u0621-\u064a\u0e01-\u0e5b\u1e00-\u1eff"  # Hebrew, Arabic, Thai, Vietnamese
    r"\u200b-\u2044\u20ac\u2116\u2122\u2190-\u2193\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
    r"\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff65]"  # Chinese, Japanese, Korean
)
_HIGH_BYTES = bytes(range(128, 256))
_ASCII = bytes(range(128))
_LONG_ASCII = re.compile(rb"([\x00-\x7f]{10})[\x00-\x7f]{20,}([\x00-\x7f]{10})")
_LOOKED_THROUGH = 100_000
_SAMPLE = 3_000  # bytes weighed when guessing

_PUNCTUATION = frozenset("«»—…№“”„•€\u2013\u2018\u2019\xa0©®°·")
_HARDLY_WORDS = -0.6  # less than any short text scores in its own charset, most in a wrong one
_LATIN_WORDS = frozenset("àáèéóòùíêôÀÁÈÉÓÒÙÍÊÔ")
_HARD_TO_BELIEVE = -6.0


@dataclass(frozen=True)
class Decoded:
    """Text, the charset that gave it, and whether the bytes (not statistics) say so."""

    text: str
    charset: str
    certain: bool


def codec_for(label: str | None) -> str | None:
    """The codec a label means, or None when it says nothing (`unknown-8bit`, `x-unknown`)."""
    return _CODECS.get(re.sub(r"[^a-z0-9]", "", (label or "")[:100].lower()))


def decode(data: bytes, label: str | None = None) -> Decoded:
    """Read `data`, believing `label` only as far as the bytes agree.

    Never raises. The text holds no NUL and no surrogate: PostgreSQL takes it as it is.
    """
    found = _by_mark(data) or _by_label(data, codec_for(label)) or _by_letters(data)
    text = found.text.replace("\0", "")
    return Decoded(re.sub("[\ud800-\udfff]", "\ufffd", text), found.charset, found.certain)


def decode_as(data: bytes, codec: str) -> Decoded:
    """Read `data` in `codec` whatever the bytes say: somebody who reads the language chose it.

    Bytes that `codec` has no letter for become U+FFFD; plain ASCII stays what it is.
    """
    if data.isascii() and codec not in _STATEFUL | _WIDE:
        return Decoded(data.decode().replace("\0", ""), codec, certain=True)
    text = re.sub("[\ud800-\udfff]", "\ufffd", data.decode(codec, "replace"))
    return Decoded(text.replace("\0", ""), codec, certain="\ufffd" not in text)


def _by_mark(data: bytes) -> Decoded | None:
    if data.startswith(b"\xef\xbb\xbf"):
        return _strict(data[3:], "utf-8")
    for mark, codec in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        # The same two bytes begin a Cyrillic word; UTF-16 shows itself by its high bytes.
        if data.startswith(mark) and len(data) % 2 == 0:
            high = data[3:_LOOKED_THROUGH:2] if codec == "utf-16-le" else data[2:_LOOKED_THROUGH:2]
            if sum(byte < 5 for byte in high) * 2 >= len(high):
                return _strict(data[2:], codec)
    return None


def _by_label(data: bytes, codec: str | None) -> Decoded | None:
    if codec == "iso2022_jp_ext":
        return _strict(data, codec) or _japanese(data)
    if codec in _STATEFUL or codec in _WIDE:
        return _strict(data, codec)
    if data.isascii():
        if codec is None and b"\x1b$" in data:
            return _strict(data, "iso2022_jp_ext") or _japanese(data)
        return Decoded(data.decode(), codec or "us-ascii", certain=True)
    high = len(data) - len(data.translate(None, _HIGH_BYTES))
    if codec not in _MULTI_BYTE or high >= 8:  # four Chinese letters are not UTF-8 by accident
        utf8 = _strict(data, "utf-8")
        if utf8 and (high > _MOST_BY_ACCIDENT or not _UNUSUAL.search(utf8.text)):
            return utf8
    if codec == "utf-8":
        return _almost_utf8(data)
    if codec is None or codec == "us-ascii":
        return None
    read = _strict(data, codec)
    if read and (codec in _MULTI_BYTE or not _implausible(data, codec)):
        return read
    return None


_SHIFTED = re.compile(rb"\x1b(?:\$\(?[@BDO-Q]|\([A-Z])([^\x1b]*+)")


def _japanese(data: bytes) -> Decoded | None:
    """ISO-2022-JP with the rows NEC and IBM added, which Python's codec refuses: as EUC-JP."""

    def shift(found: re.Match[bytes]) -> bytes:
        start, letters = found[0][:3], found[1]
        if start == b"\x1b(I":
            return b"".join(b"\x8e%c" % (byte | 0x80) for byte in letters)
        high = bytes(byte | 0x80 if byte > 0x20 else byte for byte in letters)
        return high if start.startswith(b"\x1b$") else letters

    text = _SHIFTED.sub(shift, data).decode("euc_jis_2004", "replace")
    return Decoded(text, "iso2022_jp_ext", certain=False)


def _strict(data: bytes, codec: str) -> Decoded | None:
    try:
        return Decoded(data.decode(codec), codec, certain=True)
    except (UnicodeError, ValueError):
        return None


def _almost_utf8(data: bytes) -> Decoded | None:
    """UTF-8 with a letter or two broken on the way, or None when it is something else."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(char > "\x7f" for char in text) - broken
    return Decoded(text, "utf-8", certain=False) if whole > broken * 3 else None


def _implausible(data: bytes, codec: str) -> bool:
    sample = _sample(data)
    high = len(sample) - len(sample.translate(None, _HIGH_BYTES))
    own = _score(sample, codec)
    if codec == "koi8-r" and _score(sample, "koi8-u") > own:  # one family: no doubt is too small
        return True
    if high < _ENOUGH_TO_DOUBT or codec not in {*_LATIN, *_CYRILLIC}:
        return False
    if codec in _LATIN:
        # Western words have an accent here and there; a word of accents only is another script.
        accents = sum(map(len, re.findall(rb"[\x80-\xff]{3,}", sample)))
        if accents * 2 < high:
            return False
        own = _latin_score(sample, codec)
    doubt = 0.3 + 5 / high  # by how much, per letter, another reading must be better
    return max(_score(sample, other) for other in _CYRILLIC) > own + doubt


def _by_letters(data: bytes) -> Decoded:
    almost = _almost_utf8(data)
    if almost:
        return almost
    sample = _sample(data)
    scores = {codec: _score(sample, codec) for codec in _CYRILLIC}
    best = max(_CYRILLIC, key=scores.__getitem__)  # the first of equals
    latin = _latin_score(sample, "windows-1252")
    if max(scores[best], latin) < _HARDLY_WORDS:
        eastern = _eastern(data)
        if eastern:
            return eastern
    if latin >= scores[best]:
        best = "windows-1252"
    return Decoded(data.decode(best, "replace"), best, certain=False)


def _eastern(data: bytes) -> Decoded | None:
    """Chinese, Japanese or Korean, where nearly all characters are ordinary ones in a charset."""
    for codec, (common, share) in _EASTERN.items():
        try:
            text = data.decode(codec)
        except UnicodeError:
            continue
        others = re.sub(r"[\x00-\x7f\u3000-\u301f\uff00-\uff65]", "", text[:_SAMPLE])
        ordinary = sum(common(char) for char in others)
        if ordinary >= max(len(others) * share, 2):
            return Decoded(text, codec, certain=False)
    return None


def _leads(codec: str, first: int, last: int) -> Callable[[str], bool]:
    """Is a character among the frequent ones, which have the first places of an old charset?"""

    def frequent(char: str) -> bool:
        return first <= char.encode(codec, "replace")[0] <= last

    return frequent


_EASTERN: dict[str, tuple[Callable[[str], bool], float]] = {
    "euc_jis_2004": (lambda char: "\u3040" <= char <= "\u30ff", 0.3),
    "cp932": (lambda char: "\u3040" <= char <= "\u30ff", 0.3),
    "cp949": (_leads("euc_kr", 0xB0, 0xC8), 0.9),
    "gb18030": (_leads("gb2312", 0xB0, 0xD7), 0.85),
    "big5hkscs": (_leads("big5", 0xA4, 0xC6), 0.85),
}


def _sample(data: bytes) -> bytes:
    """Some of the bytes, among them as many as possible that are not ASCII."""
    first = len(data) - len(data.lstrip(_ASCII))
    return _LONG_ASCII.sub(rb"\1 \2", data[max(first - 10, 0) :][:_LOOKED_THROUGH])[:_SAMPLE]


def _score(sample: bytes, codec: str) -> float:
    return likeness(sample.decode(codec, "replace"))


def _latin_score(sample: bytes, codec: str) -> float:
    text = sample.decode(codec, "replace")
    total, count = 0.0, 0
    before = " "
    for char, after in zip(text, text[1:] + " ", strict=True):
        if char > "\x7f":
            count += 1
            if char in _PUNCTUATION:
                total += 0.0
            elif not char.isalpha():
                total += _HARD_TO_BELIEVE / 2
            elif (before > "\x7f" and before.isalpha()) or (after > "\x7f" and after.isalpha()):
                total -= 2.0
            elif not before.isalpha() and not after.isalpha():
                total += 0.5 if char in _LATIN_WORDS else -1.0
            elif (before.isalpha() or after.isalpha()) and not (
                before.islower() and char.isupper()
            ):
                total += 1.5
            else:
                total -= 1.0
        before = char
    return total / count if count else 0.0


# One encoded word, however broken: spaces inside, not closed, a language after the charset. It ends
# before the next one begins, and a `?=` that two coded bytes follow is a question mark not coded.
_NEXT = rb"=\?[^?\s]{1,60}\?[bBqQ]\?"
# No `)*+`: up to Python 3.11.4 a possessive group of alternatives ends in the wrong place. Here it
# is not needed, every character fits one alternative only and nothing after the group can fail.
ENCODED_WORD = re.compile(
    rb"=\?[ \t]*+([^?\s]{0,60}?)[ \t]*\?([bBqQ])\?"
    rb"((?:(?!" + _NEXT + rb")[^?]|\?(?!=)|\?(?==[0-9A-F]{2}=[0-9A-F]{2}))*)(?:\?=)?"
)
_ROUNDS = 3  # some gateways encode what was encoded


def decode_header(raw: bytes, fallback: str | None = None, forced: str | None = None) -> str:
    """One header value as text, on one line: encoded words in all their broken forms, raw bytes.

    `fallback` is the charset to try for raw 8-bit bytes that are not UTF-8, usually the body's;
    `forced` is the codec for all raw bytes and for words whose own label is wrong.
    """
    text = ""
    for _ in range(_ROUNDS):
        flat = re.sub(rb"\r\n?|\n", b"\n", raw).replace(b"\0", b"")
        text = _decode_words(flat, fallback, forced)
        if "=?" not in text or not ENCODED_WORD.search(text.encode("utf-8")):
            break
        raw, fallback, forced = text.encode("utf-8"), "utf-8", None
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", re.sub(r"[\r\n\t]+", " ", text)).strip()


def _decode_words(raw: bytes, fallback: str | None, forced: str | None) -> str:
    plain: list[bytes] = []  # the text around the words; plain[n] stands before runs[n]
    runs: list[list[tuple[str, bytes]]] = []
    end = 0
    for word in ENCODED_WORD.finditer(raw):
        between = raw[end : word.start()]
        label = word[1].split(b"*")[0].decode("ascii", "replace").lower()
        data = _from_base64(word[3]) if word[2] in b"bB" else _from_q(word[3])
        if runs and not between.strip():
            runs[-1].append((label, data))
        else:
            plain.append(between)
            runs.append([(label, data)])
        end = word.end()
    plain.append(raw[end:])
    # All raw pieces are one author's bytes: together they are easier to recognise.
    charset = decode(b" ".join(plain), fallback).charset
    around = [(decode_as(one, forced) if forced else decode(one, charset)).text for one in plain]
    text = [around[0]]
    for run, after in zip(runs, around[1:], strict=True):
        text += [_decode_run(run, forced), after]
    return "".join(text)


def _decode_run(run: list[tuple[str, bytes]], forced: str | None) -> str:
    """Adjacent words. Bytes of one charset are joined first: a letter may be cut between two."""
    joined: list[tuple[str, list[bytes]]] = []
    for label, data in run:
        if joined and joined[-1][0] == label:
            joined[-1][1].append(data)
        else:
            joined.append((label, [data]))
    text = ""
    for label, pieces in joined:
        whole = decode(b"".join(pieces), label)
        if "\ufffd" in whole.text or not whole.certain:
            single = [decode(piece, label) for piece in pieces]
            if all(piece.certain for piece in single):
                text += "".join(piece.text for piece in single)
                continue
            if forced:
                whole = decode_as(b"".join(pieces), forced)
        text += whole.text
    return text


def _from_base64(text: bytes) -> bytes:
    """Base64 without padding, with white space, or glued from several padded pieces."""
    data = b""
    for piece in re.split(rb"=+", text.translate(bytes.maketrans(b"-_", b"+/"))):
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", piece)
        letters = letters[:-1] if len(letters) % 4 == 1 else letters
        data += binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    return data


def _from_q(text: bytes) -> bytes:
    text = re.sub(rb"=\s+(?=[0-9A-Fa-f]{2})", b"=", text)  # folded inside a byte
    text = re.sub(rb"=\s+(?==)", b"", text)  # folded the way a quoted-printable body is
    unfolded = re.sub(rb"\n[ \t]+", b"", text)
    if b" " not in unfolded:  # a fold is a space only where spaces are written as they are
        text = unfolded
    text = text.replace(b"_", b" ")
    return re.sub(rb"=([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), text)
