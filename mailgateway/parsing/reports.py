"""What a mail server says became of a letter.

In fields, as RFC 3464 and RFC 6533 want it and as far as servers keep to that; else in `prose`.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from mailgateway.charsets import decode_header
from mailgateway.parsing import prose
from mailgateway.parsing.fields import addresses, message_ids
from mailgateway.parsing.structure import Part, headers_of, payload
from mailgateway.parsing.values import DeliveryReport, ParsedEmail

_GRAVITY = ("failed", "delayed", "relayed", "expanded", "delivered")
# How an action begins, in the words of servers that know the RFC by hearsay.
_ACTIONS = (
    ("fail", "failed"),
    ("error", "failed"),
    ("undeliver", "failed"),
    ("bounce", "failed"),
    ("delay", "delayed"),
    ("warn", "delayed"),
    ("relay", "relayed"),
    ("expand", "expanded"),
    ("deliver", "delivered"),
    ("success", "delivered"),
)
_BY_CLASS = {"5": "failed", "4": "delayed", "2": "delivered"}
_ORIGINAL_TYPES = (
    "message/rfc822",
    "text/rfc822-headers",
    "text/rfc822-header",
    "text/rfc822",
    "message/rfc822-headers",
    "message/global",
    "message/global-headers",
)
_LONGEST_DIAGNOSTIC = 1_000
_MOST_RECIPIENTS = 500
_MOST_BYTES = 200_000  # of fields that are looked at
_FIELD_IN_TEXT = re.compile(r"^(?:final|original)-recipient[ \t]*:", re.IGNORECASE | re.MULTILINE)
_NAMED = ("original-recipient", "final-recipient", "x-actual-recipient")


def delivery_report(letter: ParsedEmail, parts: list[Part]) -> DeliveryReport | None:
    """The report in a letter of these parts; None if it is not one. A read receipt is not one."""
    claimed, text = letter.header("content-type").lower(), letter.text
    if "feedback-report" in claimed:
        return None  # RFC 5965: somebody called a letter spam, which arrived
    head = prose.Head.of(letter)
    fielded = any(part.content_type.endswith("delivery-status") for part in parts)
    failed = [one.email for one in addresses(letter.header("x-failed-recipients").encode())]
    if not (fielded or failed or head.may_report) or prose.is_challenge(head, text):
        return None
    returned = _returned(parts, text)
    recipients = _recipients(_blocks(parts, text))
    report = None
    by_server = head.is_server or head.no_way_back or "multipart/report" in claimed
    if recipients and (by_server or not head.is_passed_on):
        report = _report(recipients)
    said = prose.report(head, text, returned, sure=report is not None)
    if report is None and failed:
        action = said.action if said else "failed"
        said = replace(said or DeliveryReport([], action, "", "", returned.message_id))
        if action == "failed":
            said = replace(said, failed=list(dict.fromkeys(failed)))
    if report is None or said is None:
        report = report or said
    else:
        report = _completed(report, said)
    if report is None:
        return None
    status = prose.refined_status(report.status, f"{report.diagnostic}\n{text[:2_000]}")
    return replace(
        report,
        status=status if report.action == "failed" else report.status,
        original_message_id=returned.message_id,
    )


def _completed(report: DeliveryReport, said: DeliveryReport) -> DeliveryReport:
    """Fields, and what they leave out of what the same letter says in words."""
    action = report.action or said.action
    failed = report.failed or (said.failed if action == "failed" else [])
    return replace(
        report,
        failed=failed,
        action=action,
        status=report.status or said.status,
        diagnostic=report.diagnostic or said.diagnostic,
    )


def _blocks(parts: list[Part], text: str) -> list[dict[str, str]]:
    """Groups of fields; where no part is labelled as having some, those that stand in the text."""
    data = [
        payload(part, [])[:_MOST_BYTES]
        for part in parts
        if part.content_type.endswith("delivery-status")
    ]
    first = _FIELD_IN_TEXT.search(text[:_MOST_BYTES]) if not any(data) else None
    if first:
        began = text.rfind("\n\n", 0, first.start()) + 1
        data = [text[began:_MOST_BYTES].encode("utf-8", "replace")]
    return [
        {name: decode_header(value) for name, value in reversed(headers_of(block))}
        for one in data
        for block in re.split(rb"\r?\n(?:[ \t]*\r?\n)+", one.strip())
    ]


def _recipients(blocks: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """The groups about recipients, each with an action where one is said or follows."""
    found = []
    for fields in blocks:
        if not any(name in fields for name in ("action", *_NAMED)):
            continue
        said = re.sub(r"[^a-z]", "", re.sub(r"\(.*", "", fields.get("action", "")).lower())
        action = next((known for begins, known in _ACTIONS if said.startswith(begins)), "")
        status = fields.get("status", "").strip()
        if not action and re.match(r"[245]\.\d", status):
            action = _BY_CLASS[status[0]]
        found.append({**fields, "action": action})
    return found[:_MOST_RECIPIENTS]


def _report(recipients: list[dict[str, str]]) -> DeliveryReport:
    actions = [fields["action"] for fields in recipients]
    action = next((grave for grave in _GRAVITY if grave in actions), "")
    worst = recipients[actions.index(action)]
    failed = [_recipient(fields) for fields in recipients if fields["action"] == "failed"]
    diagnostic = re.sub(r"^\s*[\w-]+\s*;\s*", "", worst.get("diagnostic-code", ""))
    code = re.search(r"[245]\.\d{1,3}\.\d{1,3}", worst.get("status", ""))
    return DeliveryReport(
        failed=[one for one in dict.fromkeys(failed) if one],
        action=action,
        status=code[0] if code else "",
        diagnostic=" ".join(diagnostic.split())[:_LONGEST_DIAGNOSTIC],
        original_message_id="",
    )


def _recipient(fields: dict[str, str]) -> str:
    """The address that was written to, else the one it was passed on to."""
    for name in _NAMED:
        kind, _semicolon, value = fields.get(name, "").rpartition(";")
        if kind.strip().lower() == "utf-8":
            value = _without_escapes(value)
        found = addresses(value.encode())
        if found:
            return found[0].email
    return ""


def _without_escapes(address: str) -> str:
    r"""An address of RFC 6533: `\x{439}` stands for a character, with ASCII around it."""

    def char(hit: re.Match[str]) -> str:
        number = int(hit[1], 16)
        return chr(number) if number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else ""

    return re.sub(r"\\x\{([0-9A-Fa-f]{1,6})\}", char, address)


def _returned(parts: list[Part], text: str) -> prose.Returned:
    """The letter that came back: as a part, or copied into the text."""
    for part in parts:
        if part.content_type in _ORIGINAL_TYPES:
            headers = headers_of(payload(part, [])[:_MOST_BYTES].lstrip())
            ids = [one for name, raw in headers if name == "message-id" for one in message_ids(raw)]
            to = [raw for name, raw in headers if name in ("to", "cc")]
            people = [one.email for raw in to for one in addresses(raw)]
            return prose.Returned(message_id=ids[0] if ids else "", people=people, is_there=True)
    return prose.returned_in(text)
