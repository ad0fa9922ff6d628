"""Letters as customers' mail programs write them, byte for byte."""

import base64
import itertools
from collections.abc import Iterable
from urllib.parse import quote

_numbers = itertools.count(1)


def encoded_word(text: str, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def letter(
    text: str = "Доброго дня!\n\nРахунку немає.",
    *,
    sender: str = "Carla Bondar <carla@customer.example>",
    to: str = "billing@desk.example",
    subject: str = "Немає рахунку",
    charset: str = "utf-8",
    letter_id: str | None = None,
    html: str = "",
    files: Iterable[tuple[str, str, bytes]] = (),
    pictures: Iterable[tuple[str, bytes]] = (),
    **headers: str,
) -> bytes:
    """A letter; `files` are (name, content type, bytes), `pictures` (Content-ID, PNG bytes)."""
    shown = subject if subject.isascii() else encoded_word(subject, charset)
    head = {
        "From": sender,
        "To": to,
        "Subject": shown,
        "Date": "Mon, 23 Nov 2026 10:00:00 +0200",
        "Message-ID": f"<{letter_id or f'letter-{next(_numbers)}@customer.example'}>",
        "MIME-Version": "1.0",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    parts = [_part(f"text/plain; charset={charset}", text.encode(charset))]
    if html:
        parts.append(_part(f"text/html; charset={charset}", html.encode(charset)))
    parts += [
        _part(
            f"{kind}; name*={charset}''{quote(name.encode(charset))}",
            content,
            f"Content-Disposition: attachment; filename*={charset}''{quote(name.encode(charset))}",
        )
        for name, kind, content in files
    ]
    parts += [
        _part("image/png", content, f"Content-ID: <{cid}>", "Content-Disposition: inline")
        for cid, content in pictures
    ]
    lines = [f"{name}: {value}" for name, value in head.items() if value]
    if len(parts) == 1:
        return "\r\n".join([*lines, parts[0]]).encode("latin-1", "replace")
    boundary = "=-between"
    lines.append(f'Content-Type: multipart/mixed; boundary="{boundary}"')
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def _part(content_type: str, content: bytes, *headers: str) -> str:
    lines = [f"Content-Type: {content_type}", "Content-Transfer-Encoding: base64", *headers]
    return "\r\n".join([*lines, "", base64.encodebytes(content).decode().replace("\n", "\r\n")])


def answer(to_letter, text: str, *, sender: str, to: str = "billing@desk.example") -> bytes:
    """What a mail program writes when somebody answers `to_letter` (an EmailMessage)."""
    letter_id = to_letter["Message-ID"]
    chain = " ".join([*(to_letter["References"] or "").split(), letter_id])
    return letter(
        text,
        sender=sender,
        to=to,
        subject=str(to_letter["Subject"]),
        In_Reply_To=letter_id,
        References=chain,
    )


def bounce_of(letter_id: str, address: str, *, action: str = "failed") -> bytes:
    """A delivery report (RFC 3464) about a letter of ours."""
    return (
        "Return-Path: <>\r\n"
        "From: Mail Delivery System <MAILER-DAEMON@mx.customer.example>\r\n"
        "To: billing@desk.example\r\nSubject: Undelivered Mail\r\n"
        "Date: Mon, 23 Nov 2026 10:05:00 +0200\r\n"
        f"Message-ID: <bounce-{next(_numbers)}@mx.customer.example>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.customer.example\r\n\r\n"
        f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: <{letter_id}>\r\nSubject: Re\r\n\r\n--b--\r\n"
    ).encode()
