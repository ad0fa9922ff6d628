"""A letter as it would look: with examples, or with what a ticket says. It is sent to nobody, so no
link in it opens anything."""

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from departments import letters
from departments.models import RULES, LetterKind, LetterText, Notice, User, desk_name
from helpdesk.lib import mail
from helpdesk.lib.wording import Link, Strong, Value
from mailgateway.addresses import tagged, unanswered
from mailgateway.wording import block, said, signed_by
from tickets.models import PublicMessage, Ticket

_NUMBER = 10482


def specimen(words: LetterText, ticket: Ticket | None = None) -> mail.Words:
    """The letter in these words and their language, its subject above it."""
    with translation.override(words.language):
        values = _examples(words) | (_told(ticket) if ticket is not None else {})
        if not RULES[LetterKind(words.kind)].by_department:
            return letters.write(words, values, template="specimen")
        number = ticket.number if ticket is not None else _NUMBER
        subject = unanswered(str(values["subject"]))
        line = letters.subject_of(words, values | {"subject": subject})
        frame = {
            "subject": tagged(line, number),
            "number": number,
            "link": _address(f"tickets/{number}/"),
            "stop_link": _address("letters/") if words.kind in Notice.values else "",
        }
        if words.kind == LetterKind.REPLIED:
            frame |= dict.fromkeys(("good_link", "bad_link"), _address("ratings/"))
        return letters.write(words, values, frame, template="specimen")


def _address(path: str) -> str:
    return f"{settings.DESK_URL}/{path}"


def _examples(words: LetterText) -> dict[str, Value]:
    department = words.department.label if words.department else _("Customer service")
    scores = [(score, _address("ratings/")) for score in range(1, 6)]
    thanks = _("Thank you for your letter. We have sent the invoice once more.")
    # Letters about signing in greet nobody by name.
    reader = User(name="Carla Bondar") if RULES[LetterKind(words.kind)].by_department else None
    return {
        **letters.greeted(reader, desk_name()),
        "number": str(_NUMBER),
        "subject": _("No invoice for October"),
        "department": department,
        "agent": "Ada",
        "link": Link(_address(f"tickets/{_NUMBER}/")),
        "text": block("said", {"text": thanks, "html": f"<p>{thanks}</p>"}),
        "signature": block("signature", {"signature": f"Ada\n{department}"}),
        "rating": block("scores", {"scores": scores}),
        "day": date_format(timezone.localdate(), "SHORT_DATE_FORMAT"),
        "target": str(_NUMBER + 1),
        "target_link": Link(_address(f"tickets/{_NUMBER + 1}/")),
        "code": Strong("ABCD-EFGH"),
        "address": "carla@example.org",
        "signup_link": Link(_address("account/signup/")),
        "password_link": Link(_address("account/password/reset/")),
        "proof_link": Link(_address("account/")),
        "days": "14",
    }


def _told(ticket: Ticket) -> dict[str, Value]:
    """What `ticket` says instead of the examples, with our last answer if there is one."""
    department = ticket.department.label
    values: dict[str, Value] = {
        **letters.greeted(ticket.customer, ticket.department.company.shown_name),
        "number": str(ticket.number),
        "subject": ticket.subject,
        "department": department,
        "agent": ticket.assignee.public_name if ticket.assignee else department,
        "link": Link(_address(f"tickets/{ticket.number}/")),
    }
    ours = PublicMessage.objects.filter(ticket=ticket, from_customer=False, is_automatic=False)
    answer = ours.select_related("author").order_by("-created_at", "-id").first()
    if answer is not None:
        values["text"] = block("said", said(answer))
        values["signature"] = block("signature", {"signature": signed_by(answer, ticket)})
    return values
