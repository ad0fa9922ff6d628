"""Our adapter to django-allauth.

People exist before accounts do: whoever wrote us a letter is a `User` without password and without
an address row of allauth's. A code that was mailed to the address proves it, so they can sign in by
code, or choose a password by code, like everybody else.
"""

from email.utils import quote
from typing import Any, ClassVar, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.signals import authentication_step_completed
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext_lazy

from departments import letters
from departments.actions import distrust_password
from departments.models import Brand, LetterKind, User, person_at
from helpdesk.lib import kept
from helpdesk.lib.wording import Link, Strong, Value

# templates/429.html says the same, where there is no form to say it in.
TOO_OFTEN: Final = gettext_lazy(
    "From here, or for this address, that was tried very often in a short time. Wait a few "
    "minutes, please, then try once more."
)
_RESET = "account/email/password_reset_code"
# What allauth calls its letters.
KINDS: Final = {
    "account/email/login_code": LetterKind.LOGIN_CODE,
    _RESET: LetterKind.PASSWORD_CODE,
    "account/email/email_confirmation": LetterKind.ADDRESS_CODE,
    "account/email/email_confirmation_signup": LetterKind.ADDRESS_CODE,
    "account/email/unknown_account": LetterKind.UNKNOWN_ACCOUNT,
    "account/email/account_already_exists": LetterKind.KNOWN_ACCOUNT,
}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """How people get in. Importing it also connects the receiver below."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": TOO_OFTEN,
        "rate_limited": TOO_OFTEN,
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a letter about signing in, in the language of the person at `email`, else in the
        page's. Raises KeyError for one of allauth's that this desk does not send."""
        kind, person = KINDS[template_prefix], person_at(email)
        if kind == LetterKind.KNOWN_ACCOUNT and person is None:
            # The page says the same to everybody who may not sign up; the letter says why.
            kind = LetterKind.UNHEARD
        if template_prefix == _RESET and person is not None and person.email == email.lower():
            # Once the code is typed, allauth looks for this row to mark it as proved.
            address_of(person)
        with translation.override((person and person.language) or translation.get_language()):
            self._letter(kind, email, context).send()

    def get_from_email(self) -> str:
        """Letters about signing in carry the name of the brand on whose pages they were asked
        for."""
        return f'"{quote(self._company())}" <{settings.DEFAULT_FROM_EMAIL}>'

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where no page was wanted: to the form whose text waits, else to the front door."""
        return kept.page(request) or str(super().get_login_redirect_url(request))

    def _letter(
        self, kind: LetterKind, email: str, context: dict[str, Any]
    ) -> EmailMultiAlternatives:
        """It greets nobody by name: the address may be a stranger's that somebody else typed."""
        values: dict[str, Value] = {
            **letters.greeted(None, self._company()),
            "code": Strong(context.get("code", "")),
            "address": email,
            "signup_link": Link(context.get("signup_url", "")),
            "password_link": Link(context.get("password_reset_url", "")),
        }
        words = letters.write(letters.words_of(kind), values)
        letter = EmailMultiAlternatives(words.subject, words.text, self.get_from_email(), [email])
        letter.attach_alternative(words.html, "text/html")
        return letter

    def _company(self) -> str:
        """The name of the brand on whose pages the reader is."""
        return Brand.at(self.request.get_host() if self.request else "").shown_name


def address_of(person: User) -> EmailAddress:
    """allauth's row for the address of `person`; not proved if it is made now."""
    is_first = not EmailAddress.objects.filter(user=person).exists()
    row, _is_new = EmailAddress.objects.get_or_create(
        user=person, email=person.email, defaults={"primary": is_first}
    )
    return row


@receiver(authentication_step_completed)
def trust_the_code(
    sender: type[User], *, user: User, method: str, email: str | None = None, **kwargs: Any
) -> None:
    """A mailed code was typed: let there be an address that it proves (allauth marks it next).

    If somebody signed up with this address before and never proved it, the password they chose was
    not its owner's: it opens nothing any more.
    """
    if method != "code" or (email or "").lower() != user.email:
        return
    distrust_password(user)
    address_of(user)
