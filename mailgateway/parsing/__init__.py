"""Bytes of a letter to a `ParsedEmail`. Pure: no rows, no settings, no clock, nothing fetched.

Every charset belongs to a part, so nothing is ever decoded as a whole; `structure` finds the parts
in the bytes, `bodies` and `files` read them, `fields` reads headers, `reports` reads bounces.
"""

import binascii
import re
from dataclasses import replace
from datetime import datetime
from urllib.parse import unquote_to_bytes

from mailgateway.charsets import codec_for, decode_header
from mailgateway.parsing import bodies, fields, files, structure
from mailgateway.parsing.bodies import Segment
from mailgateway.parsing.reports import delivery_report
from mailgateway.parsing.structure import Part
from mailgateway.parsing.values import Address, DeliveryReport, ParsedEmail, ParsedFile

__all__ = ["Address", "DeliveryReport", "ParsedEmail", "ParsedFile", "parse"]

_SENDER_HEADERS = ("from", "reply-to", "return-path", "sender")


def parse(
    raw: bytes, received_at: datetime | None = None, *, charset: str | None = None
) -> ParsedEmail:
    """Read one letter. Never raises for what is in it; `problems` says what was cut or guessed.

    With `charset` all text parts are read in it whatever they say, and so are raw bytes and wrongly
    labelled words of the subject: somebody saw that the letter was read wrongly.
    """
    problems: list[str] = []
    root, parts = structure.leaves(raw, problems)
    forced = codec_for(charset)
    reading = _Reading(root, problems, forced)
    for part in parts:
        reading.take(part)
    reading.finish()
    fallback = reading.fallback
    people = {
        name: [one for value in root.all_raw(name) for one in fields.addresses(value, fallback)]
        for name in (*_SENDER_HEADERS, "to", "cc")
    }
    sender = next((people[name][0] for name in _SENDER_HEADERS if people[name]), None)
    if sender is None:
        problems.append("no-sender")
    date = fields.moment(root.raw("date"))
    if date is None:
        date = fields.moment(root.raw("received").rpartition(b";")[2])
        problems.append("no-date")
    headers: dict[str, list[str]] = {}
    for key, value in root.headers:
        headers.setdefault(key, []).append(decode_header(value, fallback))
    return ParsedEmail(
        message_id=next(iter(fields.message_ids(root.raw("message-id"))), ""),
        in_reply_to=fields.message_ids(root.raw("in-reply-to")),
        references=fields.message_ids(root.raw("references")),
        subject=re.sub(r"\s+", " ", decode_header(root.raw("subject"), fallback, forced)),
        sender=sender,
        reply_to=people["reply-to"],
        to=people["to"],
        cc=people["cc"],
        date=date,
        headers=headers,
        text=reading.text,
        html=reading.html,
        files=reading.files,
        charset=reading.charset,
        problems=problems,
        delivery_report=delivery_report(root, parts),
    )


class _Reading:
    """What has been read of a letter so far."""

    def __init__(self, root: Part, problems: list[str], forced: str | None) -> None:
        self.root = root
        self.forced = forced
        self.problems = problems
        self.segments: list[Segment] = []
        self.files: list[ParsedFile] = []
        self.charset = ""
        self.fallback: str | None = None  # for raw 8-bit headers: what the body turned out to be
        self.unnamed: list[tuple[int, Part]] = []
        self.text = self.html = ""

    def take(self, part: Part) -> None:
        """Read one part, as something to read or as a file."""
        data = structure.payload(part, self.problems)
        if bodies.is_body(part, self.root):
            self.take_body(part, data)
        elif part.content_type != "text/x-amp-html":  # says once more what its neighbours say
            name = files.claimed_name(part, self.fallback)
            if not name:
                name = files.default_name(part, data, len(self.files) + 1, self.fallback)
            file = ParsedFile(name, part.content_type, data, files.content_id(part))
            self.files.append(file)

    def take_body(self, part: Part, data: bytes) -> None:
        """Add a text or HTML part to what is read, beside its alternatives."""
        if part.content_type != "text/html":
            data, written_in = files.without_uuencode(data, self.fallback)
            self.files += written_in
        text, charset, certain = bodies.text_of(part, data, self.forced)
        if not certain and "charset-guessed" not in self.problems:
            self.problems.append("charset-guessed")
        if not self.charset or (self.fallback is None and not data.isascii()):
            self.charset = charset
        if self.fallback is None and not data.isascii():
            self.fallback = charset
        last = self.segments[-1] if self.segments else None
        if last is None or not part.alternative or last.alternative != part.alternative:
            last = Segment(part.alternative)
            self.segments.append(last)
        (last.html if part.content_type == "text/html" else last.text).append(text)

    def finish(self) -> None:
        """Put the pieces together and find out which files the HTML shows."""
        self.text = _joined([segment.as_text() for segment in self.segments])
        if any(segment.html for segment in self.segments):
            html, lifted = bodies.lift_pictures("\n".join(one.as_html() for one in self.segments))
            for cid, kind, data in lifted:
                letters = re.sub(rb"[^A-Za-z0-9+/]", b"", unquote_to_bytes(data))
                letters = letters[:-1] if len(letters) % 4 == 1 else letters
                content = binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
                self.files.append(ParsedFile(f"{cid[:-5]}.{kind}", f"image/{kind}", content, cid))
            shown = bodies.shown_names(html)
            self.files = [_shown(file, shown) for file in self.files]
            known = {}
            for file in self.files:
                if file.inline:
                    known[file.name.lower()] = known[file.content_id.lower()] = file.content_id
            self.html = bodies.link_pictures(html, known)


def _joined(texts: list[str]) -> str:
    """Several texts one under the other, each ending its last line."""
    texts = [text for text in texts if text.strip()]
    ended = [text if text.endswith("\n") else f"{text}\n" for text in texts[:-1]]
    return "".join([*ended, *texts[-1:]])


def _shown(file: ParsedFile, shown: set[str]) -> ParsedFile:
    """The file, marked as inline if the HTML names it; it then has a Content-ID in any case."""
    if file.content_id and file.content_id.lower() in shown:
        return replace(file, inline=True)
    if file.name.lower() in shown and file.content_type.startswith("image/"):
        return replace(file, inline=True, content_id=file.content_id or file.name)
    return file
