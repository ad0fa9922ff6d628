"""A letter passed on by hand: who wrote the one inside, and what they wrote.

Mail programs put the headers of the earlier letter above its text, in the language of whoever
passes it on. Pure, and careful: a block counts only if a line names an address as the author and at
least two other headers stand beside it. Every pattern is tried on one bounded line.
"""

import re
from dataclasses import dataclass

_LONGEST = 500  # characters of a line that are looked at
_MOST_LINES = 400  # of a letter, above which the block must begin
_BLOCK_LINES = 16
_LABELS = {
    "author": "from|von|від|від кого|от|от кого|de|da|od|van|fra|från|lähettäjä|expéditeur|kimden",
    "subject": "subject|betreff|тема|objet|asunto|oggetto|assunto|temat|onderwerp|emne|ämne|aihe",
    "other": (
        "date|sent|to|cc|reply-to|gesendet|datum|an|kopie|antwort an|дата|надіслано|кому|копія"
        "|копия|отправлено|дата відправлення|envoyé|à|enviado|fecha|para|inviato|data|a|wysłano|do"
        "|dw|verzonden|aan|sendt|dato|til|skickat|till|kopia|lähetetty|vastaanottaja"
    ),
}
_HEADERS = {
    kind: re.compile(rf"\s*\*?(?:{labels})\s?:\*?\s*(\S.*)", re.IGNORECASE)
    for kind, labels in _LABELS.items()
}
_ADDRESS = re.compile(r"([^\s<>()\[\]\",;:']{1,64}@[^\s<>()\[\]\",;:'@]{1,190}\.[^\W\d_]{2,30})")
_DIVIDER = re.compile(
    r"\s*(?:[-—_*=]{2,40}.{0,80}|(?:begin forwarded message|anfang der weitergeleiteten nachricht"
    r"|початок листа, що пересилається|початок переадресованого повідомлення"
    r"|начало переадресованного сообщения|début du message réexpédié|inizio messaggio inoltrato"
    r"|inicio del mensaje reenviado)\s?:)\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Forwarded:
    """The letter inside: its author, subject and text, and the words written above it."""

    name: str
    email: str
    subject: str
    text: str
    comment: str


def find(text: str) -> Forwarded | None:
    """The letter that `text` passes on; None where there is none, or its author has no address."""
    lines = text.splitlines(keepends=True)
    for start in range(min(len(lines), _MOST_LINES)):
        if not _HEADERS["author"].match(lines[start][:_LONGEST]) and not _HEADERS["subject"].match(
            lines[start][:_LONGEST]
        ):
            continue
        found = _read(lines, start)
        if found is not None:
            return found
    return None


def _read(lines: list[str], start: int) -> Forwarded | None:
    known: dict[str, list[str]] = {"author": [], "subject": [], "other": []}
    end = start
    while end < len(lines) and end - start < _BLOCK_LINES:
        line = lines[end].rstrip("\r\n")[:_LONGEST]
        kind = next((kind for kind, header in _HEADERS.items() if header.match(line)), None)
        if kind is not None:
            found = _HEADERS[kind].match(line)
            known[kind].append(found[1] if found else "")
        elif not line.strip() or not line.startswith((" ", "\t")):
            break  # what is no header and no folded line ends the block
        end += 1
    if len(known["author"]) != 1 or len(known["subject"]) + len(known["other"]) < 2:
        return None
    address = _ADDRESS.search(known["author"][0])
    if address is None:
        return None
    name = re.sub(r"[<\[(].*", "", known["author"][0][: address.start()]).strip(" \"'*")
    above = lines[:start]
    while above and (not above[-1].strip() or _DIVIDER.fullmatch(above[-1].rstrip("\r\n")[:200])):
        above.pop()
    subject = known["subject"][0] if known["subject"] else ""
    return Forwarded(
        name="" if "@" in name else name[:200],
        email=address[1].lower(),
        subject=subject.strip(" *"),
        text="".join(lines[end:]).strip("\r\n"),
        comment="".join(above).strip(),
    )
