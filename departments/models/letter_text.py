"""What our letters to customers say, where an administrator worded it otherwise than we ship it."""

from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext
from django.utils.translation import gettext_lazy as _

from departments.models.people import User
from departments.models.places import Department
from helpdesk.lib import wording


class LetterKind(models.TextChoices):
    """Letters whose words can be changed. Their shipped words stand in templates/emails/words/."""

    RECEIVED = "received", _("Received")
    REPLIED = "replied", _("Answered")
    SOLVED = "solved", _("Solved")
    REOPENED = "reopened", _("Open again")
    MERGED = "merged", _("Goes on in another request")
    RATING = "rating", _("Question how we did")
    LOGIN_CODE = "login_code", _("Code to sign in")
    PASSWORD_CODE = "password_code", _("Code for a new password")
    ADDRESS_CODE = "address_code", _("Code that proves an address")
    UNKNOWN_ACCOUNT = "unknown_account", _("No account with this address")
    KNOWN_ACCOUNT = "known_account", _("There is an account already")
    UNHEARD = "unheard", _("No account, for we do not know them")
    ADDRESS = "address", _("Link that proves a further address")


EXPLAINED: Final[dict[str, str | Promise]] = {
    "greeting": _("“Hello” with the name of the reader, if we know it"),
    "customer": _("the name of the reader, or their address"),
    "company": _("the name of this desk"),
    "number": _("the number of the request"),
    "subject": _("what the request is called"),
    "department": _("the name of the department, as customers see it"),
    "agent": _("who did it, as customers see them; the department where that was nobody"),
    "link": _("where the customer reads the request"),
    "text": _("the answer itself, and which files were too large to go along"),
    "signature": _("the signature of whoever answers"),
    "rating": _("the question how we did, with its links"),
    "day": _("the day on which it was solved"),
    "target": _("the number of the request in which this one goes on"),
    "target_link": _("where the customer reads that one"),
    "code": _("the code"),
    "address": _("the address that was typed"),
    "signup_link": _("where one signs up"),
    "password_link": _("where one chooses a new password"),
    "proof_link": _("where one says that the address is theirs"),
    "days": _("for how many days the link is good"),
}
"""Every placeholder there is, and what stands in its place."""

# What stands in paragraphs of its own, and so in no subject.
BLOCKS: Final = frozenset({"text", "signature", "rating"})
_DESK: Final = ("greeting", "company")
_TICKET: Final = (*_DESK, "customer", "number", "subject", "department", "link")


@dataclass(frozen=True)
class Rules:
    """What the words of a letter may name, and what they must not leave out."""

    known: tuple[str, ...]
    required: tuple[str, ...] = ()
    by_department: bool = True


RULES: Final = {
    LetterKind.RECEIVED: Rules(_TICKET),
    LetterKind.REPLIED: Rules((*_TICKET, "agent", "text", "signature"), required=("text",)),
    LetterKind.SOLVED: Rules((*_TICKET, "agent", "day", "rating")),
    LetterKind.REOPENED: Rules((*_TICKET, "agent")),
    LetterKind.MERGED: Rules((*_TICKET, "agent", "target", "target_link"), required=("target",)),
    LetterKind.RATING: Rules((*_TICKET, "day", "rating"), required=("rating",)),
    **{
        kind: Rules((*_DESK, "code"), required=("code",), by_department=False)
        for kind in (LetterKind.LOGIN_CODE, LetterKind.PASSWORD_CODE, LetterKind.ADDRESS_CODE)
    },
    LetterKind.UNKNOWN_ACCOUNT: Rules((*_DESK, "address", "signup_link"), by_department=False),
    LetterKind.KNOWN_ACCOUNT: Rules((*_DESK, "address", "password_link"), by_department=False),
    LetterKind.UNHEARD: Rules((*_DESK, "address"), by_department=False),
    LetterKind.ADDRESS: Rules(
        (*_DESK, "address", "proof_link", "days"), required=("proof_link",), by_department=False
    ),
}


class LetterTextQuerySet(models.QuerySet["LetterText"]):
    """Questions about worded letters."""

    def nearest(
        self, kind: str, language: str, department: Department | None
    ) -> "LetterText | None":
        """The department's own words, else those of the whole desk, else None. One question."""
        place = models.Q(department=None) | models.Q(department=department)
        found = self.filter(place, kind=kind, language=language)
        return found.order_by(models.F("department").asc(nulls_last=True)).first()


class LetterText(models.Model):
    """The words of one kind of letter in one language, for a department or the whole desk."""

    kind = models.CharField(_("letter"), max_length=16, choices=LetterKind)
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="letter_texts",
        verbose_name=_("department"),
        help_text=_("Empty: for the whole desk."),
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(
        _("text"),
        max_length=10_000,
        help_text=_(
            "Plain text; an empty line begins a paragraph, web addresses become links. The line "
            "with number and link, and what is quoted, are added below."
        ),
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    changed_by = models.ForeignKey(
        User,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("changed by"),
    )

    objects = LetterTextQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "language"]
        verbose_name = _("words of a letter")
        verbose_name_plural = _("words of letters")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "department"],
                name="one_wording_each",
                nulls_distinct=False,
                violation_error_message=_(
                    "Somebody changed these words meanwhile. Look at them first."
                ),
            )
        ]

    def __str__(self) -> str:
        language = get_language_info(self.language)["name_translated"]
        place = self.department or gettext("whole desk")
        return f"{self.get_kind_display()} · {language} · {place}"

    def clean(self) -> None:
        """Only words that can always be filled."""
        super().clean()
        self.subject, self.body = wording.line_of(self.subject), wording.tidy(self.body)
        if refused := self.faults():
            raise ValidationError(refused)

    def faults(self) -> dict[str, list[str]]:
        """Why these words cannot be filled: {field: sentences}, empty if they can."""
        if self.kind not in LetterKind.values:
            return {}  # the field says so; a stored one is of a letter that there is no more
        rules = RULES[LetterKind(self.kind)]
        known = rules.known
        lines = [one for one in known if one not in BLOCKS]
        found = {
            "subject": [*_unknown(self.subject, lines)],
            "body": [*_unknown(self.body, known)],
        }
        missing = [one for one in rules.required if one not in wording.named(self.body)]
        found["body"] += [
            gettext("The text must have %(name)s in it: %(says)s.")
            % {"name": f"{{{one}}}", "says": EXPLAINED[one]}
            for one in missing
        ]
        if self.department_id and not rules.by_department:
            found["department"] = [gettext("This letter has the same words in the whole desk.")]
        return {field: sentences for field, sentences in found.items() if sentences}


def _unknown(text: str, known: list[str] | tuple[str, ...]) -> list[str]:
    names = wording.foreign(text, known)
    if not names:
        return []
    said = gettext("Nobody fills these placeholders: %(names)s. There are: %(known)s.")
    facts = {"names": ", ".join(names), "known": ", ".join(f"{{{one}}}" for one in known)}
    return [said % facts]
