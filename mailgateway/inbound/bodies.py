"""The words and files of a letter, as tickets keep them."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from helpdesk.lib import html
from mailgateway import bounds, quoting
from mailgateway.addresses import without_secrets
from mailgateway.models import InboundEmail
from mailgateway.parsing import ParsedEmail
from tickets.attachments import IncomingFile
from tickets.models import Body


def storable(text: str) -> str:
    """Without what PostgreSQL refuses: NUL and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def parsed_of(letter: InboundEmail, *, charset: str = "") -> ParsedEmail:
    """What stands in a letter of the ledger, in `charset` if somebody chose one."""
    parsed = bounds.read(bytes(letter.raw), letter.received_at, charset=charset or None)
    if letter.is_partial:
        parsed.problems.append("letter-cut" if letter.whole else "too-large")
    return parsed


def body_of(parsed: ParsedEmail, *, keep_quoted: bool = True) -> Body:
    """What was written, with earlier letters and signatures folded away.

    An agent's letter (`keep_quoted=False`) quotes our notice, which is not for the customer: the
    quotation stays in the ledger only. Secret addresses are taken out of every letter.
    """
    cleaned, too_costly = "", None
    if parsed.html.strip():
        cleaned, too_costly = html.clean_noting(storable(parsed.html))
        cleaned = without_secrets(cleaned)
    reading = reading_of(parsed, without_html=bool(too_costly))
    text = quoting.fold_letter(without_secrets(storable(parsed.text)), cleaned)
    visible = text.visible.strip("\r\n")
    if cleaned:
        letter = quoting.fold_html(cleaned)
        shown, folded = letter.visible, letter.folded
    else:
        shown, folded = html.from_text(visible), html.from_text(text.folded)
    body = Body(
        text=visible,
        html=shown,
        quoted_text=text.folded.strip("\r\n"),
        quoted_html=folded,
        reading=reading,
    )
    if not keep_quoted:
        body = Body(body.text, body.html, reading=reading)
    if not (body.text.strip() or body.html.strip() or body.quoted_text.strip()):
        body = replace(Body.plain(_("(no text)")), reading=reading)
    return body


def reading_of(parsed: ParsedEmail, *, without_html: bool = False) -> dict[str, Any]:
    """How the letter was read, for the agent who reads it: see `Body` and `ParsedEmail`. Where its
    HTML would have taken too long to clean, its text stands alone (`without_html`)."""
    problems = [*parsed.problems, *(["html-as-text"] if without_html else [])]
    return {
        "charset": parsed.charset,
        "label": storable(parsed.label),
        "certain": parsed.certain,
        "problems": problems,
        "protection": parsed.protection,
        "method": parsed.method,
    }


def files_of(parsed: ParsedEmail) -> list[IncomingFile]:
    """Every file, with the Content-IDs of pictures that stand in the text."""
    return [
        IncomingFile(
            storable(one.name), one.content, one.content_type, storable(one.content_id), one.inline
        )
        for one in parsed.files
    ]
