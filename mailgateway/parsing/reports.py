"""What a mail server says became of a letter: reports (RFC 3464), and Exim's header."""

import re

from mailgateway.charsets import decode_header
from mailgateway.parsing.fields import addresses, message_ids
from mailgateway.parsing.structure import Part, headers_of, payload
from mailgateway.parsing.values import DeliveryReport

_GRAVITY = ("failed", "delayed", "relayed", "expanded", "delivered")
_ORIGINAL_TYPES = (
    "message/rfc822",
    "text/rfc822-headers",
    "message/global",
    "message/rfc822-headers",
)
_LONGEST_DIAGNOSTIC = 1_000


def delivery_report(root: Part, parts: list[Part]) -> DeliveryReport | None:
    """The report in a letter, or None if it is not one. A read receipt is not one."""
    original = _original_message_id(parts)
    status = next((part for part in parts if part.content_type.endswith("delivery-status")), None)
    if status is not None:
        return _report(payload(status, []), original)
    failed = addresses(root.raw("x-failed-recipients"))
    if failed:
        return DeliveryReport([one.email for one in failed], "failed", "", "", original)
    return None


def _report(data: bytes, original: str) -> DeliveryReport:
    recipients = []
    for block in re.split(rb"\r?\n(?:[ \t]*\r?\n)+", data.strip()):
        fields = {name: decode_header(value) for name, value in reversed(headers_of(block))}
        if "final-recipient" in fields or "original-recipient" in fields or "action" in fields:
            recipients.append(fields)
    actions = [_action(fields) for fields in recipients]
    action = next((grave for grave in _GRAVITY if grave in actions), "")
    worst = recipients[actions.index(action)] if action else {}
    failed = [
        _recipient(fields)
        for fields, happened in zip(recipients, actions, strict=True)
        if happened == "failed"
    ]
    diagnostic = re.sub(r"^\s*[\w-]+\s*;\s*", "", worst.get("diagnostic-code", ""))
    code = re.search(r"\d\.\d{1,3}\.\d{1,3}", worst.get("status", ""))
    return DeliveryReport(
        failed=[one for one in dict.fromkeys(failed) if one],
        action=action,
        status=code[0] if code else "",
        diagnostic=diagnostic[:_LONGEST_DIAGNOSTIC],
        original_message_id=original,
    )


def _action(fields: dict[str, str]) -> str:
    return re.sub(r"\(.*", "", fields.get("action", "")).strip().lower()


def _recipient(fields: dict[str, str]) -> str:
    text = fields.get("original-recipient") or fields.get("final-recipient", "")
    found = addresses(text.split(";", 1)[-1].encode())
    return found[0].email if found else ""


def _original_message_id(parts: list[Part]) -> str:
    for part in parts:
        if part.content_type in _ORIGINAL_TYPES:
            for name, value in headers_of(payload(part, [])):
                if name == "message-id":
                    return next(iter(message_ids(value)), "")
    return ""
