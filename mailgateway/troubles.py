"""What is wrong with the mail, in a line each, for those who can do something about it."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext as _

from departments.models import LetterText, ReturnedMail, User
from mailgateway.models import Breaker, Scope

_MOST = 5


@dataclass(frozen=True)
class Trouble:
    """One sentence, and where to mend it; an empty `url` where the reader may only know."""

    sentence: str
    url: str = ""


def troubles_for(reader: User | AnonymousUser) -> list[Trouble]:
    """For administrators: automatic mail that was stopped, agents whose notices are paused, words
    of letters that nobody can fill. Leads hear of the agents of their departments; everybody else
    of nothing, without a question asked."""
    if not isinstance(reader, User):
        return []
    paused = ReturnedMail.objects.filter(paused_at__isnull=False, person__is_active=True)
    if reader.is_staff:
        stopped = Breaker.objects.open().exclude(scope=Scope.ADDRESS).order_by("scope", "key")
        breakers = reverse("admin:mailgateway_breaker_changelist") + "?open=1"
        returned = reverse("admin:departments_returnedmail_changelist")
        return [
            *(Trouble(_stopped(one), breakers) for one in stopped[:_MOST]),
            *(Trouble(_paused(one), returned) for one in paused.select_related("person")[:_MOST]),
            *_unfillable(),
        ]
    led = [key for key, role in reader.department_roles.items() if role == "lead"]
    if not led:
        return []
    theirs = paused.filter(person__memberships__department__in=led).distinct()
    return [Trouble(_paused(one)) for one in theirs.select_related("person")[:_MOST]]


def _stopped(breaker: Breaker) -> str:
    values = {"held": breaker.held, "address": breaker.key}
    if breaker.scope == Scope.ALL:
        return _("Automatic mail is stopped, %(held)d held back. Answers go out.") % values
    return (
        _("Automatic mail from %(address)s is stopped, %(held)d held back. Answers go out.")
        % values
    )


def _unfillable() -> list[Trouble]:
    sentence = _("“%(letter)s” names what nobody fills any more. The shipped text is sent.")
    faulty = [one for one in LetterText.objects.select_related("department") if one.faults()]
    page = "admin:departments_lettertext_change"
    return [
        Trouble(sentence % {"letter": one}, reverse(page, args=[one.pk])) for one in faulty[:_MOST]
    ]


def _paused(returned: ReturnedMail) -> str:
    return _("Letters to %(name)s come back: notices are paused.") % {"name": returned.person}
