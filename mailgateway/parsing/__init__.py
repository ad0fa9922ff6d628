"""Bytes of a letter to a `ParsedEmail`. Pure: no rows, no settings, no clock, nothing fetched.

Every charset belongs to a part, so nothing is ever decoded as a whole; `structure` finds the parts
in the bytes, `reading` puts together what `bodies`, `files`, `tnef`, `rtf` and `calendars` read in
them, `fields` reads headers, `reports` reads bounces.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from mailgateway.charsets import codec_for, decode_header
from mailgateway.parsing import fields, structure
from mailgateway.parsing.protection import protection_of
from mailgateway.parsing.reading import Reading
from mailgateway.parsing.reports import delivery_report
from mailgateway.parsing.structure import Part
from mailgateway.parsing.values import Address, DeliveryReport, ParsedEmail, ParsedFile

__all__ = ["Address", "DeliveryReport", "ParsedEmail", "ParsedFile", "parse"]

_SENDER_HEADERS = ("from", "reply-to", "return-path", "sender")
_OLDEST, _NEWEST = timedelta(days=3653), timedelta(days=1)  # of a date that is believed


def parse(
    raw: bytes, received_at: datetime | None = None, *, charset: str | None = None
) -> ParsedEmail:
    """Read one letter. Never raises for what is in it; `problems` says what was cut or guessed.

    Where `received_at` is known, a date ten years before or a day after it is not believed. With
    `charset` all text parts are read in it whatever they say, and so are raw bytes and wrongly
    labelled words of the subject: somebody saw that the letter was read wrongly.
    """
    problems: list[str] = []
    root, parts = structure.leaves(raw, problems)
    forced = codec_for(charset)
    reading = Reading(root, problems, forced)
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
    if any(len(found) >= fields.MOST_ADDRESSES for found in people.values()):
        problems.append("addresses-cut")
    claimed = fields.moment(root.raw("date"))
    date = _believed(claimed, root, received_at, problems)
    headers: dict[str, list[str]] = {}
    for key, value in root.headers:
        headers.setdefault(key, []).append(decode_header(value, fallback))
    email = ParsedEmail(
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
        label=reading.label,
        certain=reading.certain,
        claimed_date=claimed,
        protection=protection_of(parts, reading.text),
        method=reading.method,
        problems=problems,
    )
    return replace(email, delivery_report=delivery_report(email, parts))


def _believed(
    claimed: datetime | None, root: Part, received_at: datetime | None, problems: list[str]
) -> datetime | None:
    """The date of a letter: its own if that can be true, else when the last server had it."""
    if claimed is not None:
        if received_at is None or -_OLDEST <= claimed - received_at <= _NEWEST:
            return claimed
        problems.append("date-doubtful")
    else:
        problems.append("no-date")
    return fields.moment(root.raw("received").rpartition(b";")[2]) or received_at
