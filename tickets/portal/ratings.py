"""What a customer may say about our work, and until when: the same on every page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import User
from tickets import actions
from tickets.lifecycle import Status
from tickets.models import Message, Rating, Ticket
from tickets.permissions import ratable_by
from tickets.portal.forms import RatingForm


@dataclass(frozen=True)
class Subject:
    """Who rates what; `message` None: the whole ticket."""

    user: User
    ticket: Ticket
    message: Message | None

    @cached_property
    def given(self) -> Rating | None:
        """What they have said of it."""
        return Rating.objects.of(self.user, self.ticket, self.message)

    @cached_property
    def until(self) -> datetime | None:
        """Until when they may say or change it; None: there is no end yet."""
        return Rating.open_until(self.ticket, self.given)

    @property
    def refusal(self) -> str:
        """Why nothing can be said or changed now, in a sentence; empty if it can."""
        if self.message is None and self.ticket.status == Status.MERGED:
            return _("This request goes on in another one.")
        if self.message is None and not self.ticket.is_finished:
            return _("This request can be rated once it is solved.")
        if not _is_open(self.until):
            if self.given is not None:
                return _("Your rating can no longer be changed.")
            return _("This was too long ago to be rated.")
        return ""

    def form(self, *, score: str = "") -> RatingForm:
        """With what they said, or with `score` chosen beforehand."""
        given = self.given
        initial = {"score": given.score, "comment": given.comment} if given else {}
        if score:
            initial["score"] = score
        return RatingForm(initial=initial, of_answer=self.message is not None)

    def record(self, form: RatingForm) -> Rating:
        """Write down what was said; said again, it replaces what was said before. A form without a
        comment (two buttons) leaves the one there is."""
        comment = form.cleaned_data["comment"]
        if "comment" not in form.data and self.given is not None:
            comment = self.given.comment
        score = form.cleaned_data["score"]
        if self.message is not None:
            return actions.rate_answer(
                self.message, good=score == Rating.GOOD, by=self.user, comment=comment
            )
        return actions.rate_ticket(self.ticket, score=score, by=self.user, comment=comment)


def ratable_among(tickets: Iterable[Ticket], user: User) -> set[int]:
    """Keys of those of `tickets` whose answers `user` may rate for the first time now."""
    return ratable_by(user, {one for one in tickets if _is_open(Rating.open_until(one, None))})


def _is_open(until: datetime | None) -> bool:
    return until is None or until > timezone.now()
