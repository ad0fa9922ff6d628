"""Write letters to customers in the words of the administration, else in those we ship."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from departments.models import Department, LetterText, User
from helpdesk.lib import mail, wording

# Somebody who signs up, or writes, as "Win at shop.example": we pass that on to nobody.
_NO_NAME: Final = re.compile(r"[/@:<>{}]|www\.|\w\.\w{2,}")
_LONGEST_NAME: Final = 80


def shipped(kind: str, language: str) -> LetterText:
    """The words that come with the desk, not saved."""
    with translation.override(language):
        subject = mail.plain(f"emails/words/{kind}.subject.txt", {})
        body = mail.plain(f"emails/words/{kind}.txt", {})
    return LetterText(
        kind=kind,
        language=language,
        subject=wording.line_of(subject),
        body=wording.tidy(body),
    )


def words_of(kind: str, department: Department | None = None) -> LetterText:
    """The words of a letter in the active language: the department's, the desk's, or the shipped
    ones, which also stand in for words that can no longer be filled. One question."""
    language = (translation.get_language() or settings.LANGUAGE_CODE).split("-", maxsplit=1)[0]
    stored = LetterText.objects.nearest(kind, language, department)
    if stored is not None and not stored.faults():
        return stored
    return shipped(kind, language)


def subject_of(words: LetterText, values: Mapping[str, wording.Value]) -> str:
    """The subject, filled."""
    return wording.fill_line(words.subject, values)


def write(
    words: LetterText,
    values: Mapping[str, wording.Value],
    frame: Mapping[str, Any] | None = None,
    *,
    template: str = "customer",
) -> mail.Words:
    """The letter, in the active language. `values` has all that its kind may name; `frame` is what
    stands around the words, as templates/emails/customer.* take it."""
    context = {
        "language": translation.get_language(),
        "subject": subject_of(words, values),
        **(frame or {}),
        "words": wording.fill(words.body, values),
    }
    return mail.write(template, context)


def greeted(reader: User | None, company: str) -> dict[str, wording.Value]:
    """How `reader` is spoken to; None is somebody whose name is not known or not to be told.
    `company` is what the desk calls itself there."""
    name = name_of(reader) if reader else ""
    return {
        "greeting": _("Hello %(name)s,") % {"name": name} if name else _("Hello,"),
        "customer": name or (reader.email if reader else ""),
        "company": company,
    }


def name_of(person: User) -> str:
    """The name of `person` as a letter may repeat it: empty where it could be read as an address or
    a link, for people choose their own."""
    name = wording.line_of(person.name)
    return "" if len(name) > _LONGEST_NAME or _NO_NAME.search(name) else name
