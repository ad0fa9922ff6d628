"""Build one e-mail: words from its three templates, bytes for the mail server.

Templates stand in templates/emails/: `<kind>.subject.txt`, `<kind>.txt`, `<kind>.html`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any

from django.template import Context
from django.template.engine import Engine
from django.template.loader import render_to_string

# Words that must stay whole, however long.
_WHOLE = frozenset({"message-id", "in-reply-to", "references", "reply-to", "list-unsubscribe"})


@dataclass(frozen=True)
class Words:
    """What a letter says."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Enclosure:
    """A file that goes along; with `content_id` it is a picture that the HTML shows."""

    name: str
    content_type: str
    content: bytes
    content_id: str = ""


def write(kind: str, context: Mapping[str, Any]) -> Words:
    """The three templates of `kind`, in the active language. Plain parts are not HTML-escaped."""
    values = dict(context)
    return Words(
        subject=" ".join(plain(f"emails/{kind}.subject.txt", values).split()),
        text=plain(f"emails/{kind}.txt", values).strip() + "\n",
        html=render_to_string(f"emails/{kind}.html", values),
    )


def plain(template: str, values: Mapping[str, Any]) -> str:
    """A template of plain text, in the active language: nothing is escaped."""
    found = Engine.get_default().get_template(template)
    return str(found.render(Context(dict(values), autoescape=False)))


class _Policy(EmailPolicy):
    """As the standard library writes letters, but for headers it gets wrong: long ids and links
    become encoded words that no mail program recognises, a subject may lose a space where it is
    folded, the first line of From may be left empty, which some servers take for broken, and
    Outlook does not read file names that are written as RFC 2231 wants them."""

    def fold(self, name: str, value: Any) -> str:
        """One header as text."""
        key, end = name.lower(), self.linesep
        if key in _WHOLE:
            return f"{name}: {f'{end} '.join(str(value).split())}{end}"
        if key == "subject" and not str(value).isascii():
            return f"{name}: {self._words(name, str(value))}{end}"
        if key == "from" and not str(value).isascii():
            (one,) = value.addresses
            return f"{name}: {self._words(name, one.display_name)}{end} <{one.addr_spec}>{end}"
        if key == "content-type" and "name" in value.params:
            return (
                f"{name}: {value.content_type};{end} name={self._quoted(value.params['name'])}{end}"
            )
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """One header as bytes."""
        if name.lower() in _WHOLE | {"subject", "from", "content-type"}:
            return self.fold(name, value).encode("ascii", "surrogateescape")
        return super().fold_binary(name, value)

    def _quoted(self, text: str) -> str:
        """A parameter for programs that know no RFC 2231: in the words of RFC 2047, which that
        does not allow and everybody reads. Others read the same name in Content-Disposition."""
        if text.isascii():
            text = text.replace("\\", "\\\\").replace('"', '\\"')
        else:
            text = self._words(" name", text)
        return f'"{text}"'

    def _words(self, name: str, text: str) -> str:
        return Header(text, "utf-8", header_name=name).encode(linesep=self.linesep)


# 7 bit: every mail server takes it as it is, and nothing is rewritten on the way.
POLICY = _Policy(linesep="\r\n", cte_type="7bit", raise_on_defect=False)
# For addresses that are not ASCII, where a server says that it knows such (RFC 6531).
UTF8_POLICY = _Policy(linesep="\r\n", cte_type="7bit", raise_on_defect=False, utf8=True)


def build(
    words: Words,
    *,
    sender: tuple[str, str],
    to: Iterable[str],
    cc: Iterable[str] = (),
    letter_id: str,
    date: datetime,
    headers: Mapping[str, str] | None = None,
    files: Iterable[Enclosure] = (),
) -> EmailMessage:
    """The letter as it goes out: text and HTML twins, pictures of the HTML beside it, files.

    `sender` is (name, address), `letter_id` stands without angle brackets. Raises ValueError when a
    header would carry a line break.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = _address(*sender)
    message["To"] = ", ".join(map(ascii_domain, to))
    if copies := ", ".join(map(ascii_domain, cc)):
        message["Cc"] = copies
    message["Subject"] = words.subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = f"<{letter_id}>"
    for name, value in (headers or {}).items():
        message[name] = value
    enclosures = list(files)
    message.set_content(words.text)
    if words.html:
        message.add_alternative(words.html, subtype="html")
        html = message.get_payload()[-1]  # type: ignore[index]
        for one in enclosures:
            if one.content_id:
                main, sub = _media_type(one.content_type)
                html.add_related(  # type: ignore[union-attr]
                    one.content,
                    main,
                    sub,
                    cid=f"<{one.content_id}>",
                    disposition="inline",
                    **_named(one),
                )
    for one in enclosures:
        if not (one.content_id and words.html):
            main, sub = _media_type(one.content_type)
            message.add_attachment(one.content, main, sub, **_named(one))
    # Sent once more, it is the same to the last byte.
    mark = hashlib.sha256(letter_id.encode()).hexdigest()[:24]
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{mark}_{number}")
    return message


def _named(file: Enclosure) -> dict[str, Any]:
    name = one_line(file.name)
    return {"filename": name, "params": {"name": name}}


def one_line(name: str) -> str:
    """`name` without anything that a header, or the direction of writing, could trip over."""
    return " ".join("".join(char if char.isprintable() else " " for char in name).split())


def ascii_domain(address: str) -> str:
    """`address` with its domain as name servers know it (IDNA); the part before the @ stays."""
    name, _at, domain = address.rpartition("@")
    with suppress(UnicodeError):
        domain = domain.encode("idna").decode()
    return f"{name}@{domain}"


def _address(name: str, address: str) -> Address:
    if any(char in name + address for char in "\r\n\0"):
        raise ValueError("A sender cannot carry a line break.")
    return Address(display_name=name, addr_spec=address)


def _media_type(content_type: str) -> tuple[str, str]:
    """Main and sub type for attaching as bytes; letters and multiparts go as plain bytes."""
    main, _slash, sub = content_type.partition("/")
    if not sub or main in {"message", "multipart"}:
        return "application", "octet-stream"
    return main, sub
