"""Proving that an address is somebody's: the letter with the link, and what the link says."""

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation

from departments import letters
from departments.models import LetterKind, User, desk_name
from helpdesk.lib import tokens
from helpdesk.lib.wording import Link

VALID_DAYS = 14
_PURPOSE = "address"


def ask_for_proof(row: EmailAddress) -> None:
    """Write to an address that was put down as its person's; whoever reads that follows the link.

    The letter names nobody: it may be read by a stranger, if the address was mistyped.
    """
    with translation.override(row.user.language or settings.LANGUAGE_CODE):
        path = reverse("account_prove_address", args=[token_of(row)])
        values = {
            **letters.greeted(None, desk_name()),
            "address": row.email,
            "proof_link": Link(f"{settings.DESK_URL}{path}"),
            "days": str(VALID_DAYS),
        }
        words = letters.write(letters.words_of(LetterKind.ADDRESS), values)
    letter = EmailMultiAlternatives(words.subject, words.text, to=[row.email])
    letter.attach_alternative(words.html, "text/html")
    letter.send()


def token_of(row: EmailAddress) -> str:
    """The signed part of the link."""
    return tokens.make(_PURPOSE, [row.user_id, row.email])


def read_token(token: str) -> tuple[User, str] | None:
    """Whose address it proves and which; None if it was not made here or is too old."""
    value = tokens.read(_PURPOSE, token, max_age=VALID_DAYS * 24 * 3600)
    person = User.objects.filter(pk=value[0]).first() if value else None
    return (person, value[1]) if person is not None else None
