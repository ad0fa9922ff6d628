"""A letter of the ledger as a page shows it: what was read, the bytes, the ticket and why."""

from dataclasses import dataclass, field, replace

from django.db.models import BinaryField, F
from django.db.models.functions import Substr
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailgateway.addresses import without_secrets
from mailgateway.charsets import decode
from mailgateway.inbound.bodies import storable
from mailgateway.inbound.rereading import look_into, ticket_behind
from mailgateway.models import InboundEmail, LetterStep
from mailgateway.parsing import Address, ParsedEmail
from tickets.models import Ticket

SHOWN_BYTES = 64 * 1024
SHOWN_CHARACTERS = 20_000
SHOWN_HEADERS = 100
SHOWN_FILES = 100

PROBLEMS: dict[str, str | Promise] = {
    "charset-guessed": _("The charset was missing or wrong, and was guessed from the letters."),
    "addresses-cut": _("It went to very many people; not all of them were read."),
    "date-doubtful": _("It bears a date that cannot be true; the date on its way here was taken."),
    "depth-cut": _("Its parts are nested too deeply; what lies deeper was left out."),
    "headers-cut": _("It has too many headers; the last ones were left out."),
    "junk-in-headers": _("Some lines among its headers are no headers; they were passed over."),
    "letter-cut": _("It is too large; its end was not read."),
    "no-blank-line": _("No empty line stands between its headers and its text."),
    "no-boundary": _("Its parts are not separated as it says."),
    "no-date": _("It has no date that can be read; the date on its way here was taken."),
    "no-sender": _("It does not say who sent it."),
    "parts-cut": _("It has too many parts; the last ones were left out."),
    "text-cut": _("Its text is too long; the end was left out."),
    "time-cut": _("Only its beginning was read: the whole took too long."),
    "too-large": _("It was too large to fetch: only its headers and its text are here."),
    "transfer-encoding": _("A part of it is coded in a way that is wrong or not known."),
}


@dataclass(frozen=True)
class Look:
    """What a page says of a letter, without reply secrets. `parsed` is None where it cannot be
    read; `text` and `start` (the first bytes as they came) are cut; `message` is what it became."""

    letter: InboundEmail
    steps: list[LetterStep]
    start: str
    is_cut: bool
    parsed: ParsedEmail | None = None
    text: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str | Promise] = field(default_factory=list)
    ticket: Ticket | None = None
    message: object | None = None

    @property
    def is_certain(self) -> bool:
        """Do the bytes say which charset it is, and not a guess?"""
        return self.parsed is not None and "charset-guessed" not in self.parsed.problems


def look_at(letter: InboundEmail) -> Look:
    """Everything about one letter; its bytes are only fetched as far as they are shown."""
    parsed = look_into(letter)
    start = Substr(F("raw"), 1, SHOWN_BYTES, output_field=BinaryField())
    rows = InboundEmail.objects.filter(pk=letter.pk).annotate(start=start)
    raw = bytes(rows.values_list("start", flat=True).get())
    ticket = ticket_behind(letter)
    message = None
    if ticket is not None and letter.message_pk is not None:
        message = ticket.messages.select_related("author").filter(pk=letter.message_pk).first()
    steps = list(letter.steps.select_related("actor"))
    shown = storable(without_secrets(decode(raw, parsed.charset if parsed else None).text))
    if parsed is None:
        return Look(letter, steps, shown, letter.size > SHOWN_BYTES, ticket=ticket, message=message)
    parsed = _without_secrets(parsed)
    lines = [(name, value) for name, values in parsed.headers.items() for value in values]
    return Look(
        letter,
        steps,
        shown,
        letter.size > SHOWN_BYTES,
        parsed=parsed,
        text=parsed.text[:SHOWN_CHARACTERS],
        headers=lines[:SHOWN_HEADERS],
        problems=[PROBLEMS.get(code, code) for code in parsed.problems],
        ticket=ticket,
        message=message,
    )


def _without_secrets(parsed: ParsedEmail) -> ParsedEmail:
    """What is shown of a letter lets nobody answer in an agent's name."""

    def plain(people: list[Address]) -> list[Address]:
        return [Address(one.name, without_secrets(one.email)) for one in people]

    headers = {
        name: [without_secrets(value) for value in values]
        for name, values in parsed.headers.items()
    }
    return replace(
        parsed,
        to=plain(parsed.to),
        cc=plain(parsed.cc),
        reply_to=plain(parsed.reply_to),
        headers=headers,
        text=without_secrets(parsed.text),
    )
