"""What people want to be told, and how: letters to everybody, signs in the browser to agents."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Notice(models.TextChoices):
    """Letters of ours that a person may do without; each has the name of its templates."""

    RECEIVED = "received", _("confirmations that a request has arrived")
    SOLVED = "solved", _("notices that a request is solved")
    REOPENED = "reopened", _("notices that a request is open again")
    MERGED = "merged", _("notices that a request goes on in another one")
    RATING = "rating", _("questions how satisfied you are with a solved request")
    TO_AGENT = "to_agent", _("what customers write on your tickets")
    ASSIGNED = "assigned", _("notices that a ticket is yours now")
    ESCALATED = "escalated", _("notices that a ticket needs you")


class Reason(models.TextChoices):
    """Why an agent is told of something."""

    ASSIGNED = "assigned", _("A ticket is handed to you")
    MINE = "mine", _("A customer writes on a ticket of yours, or it comes back")
    MENTIONED = "mentioned", _("A colleague mentions you")
    UNASSIGNED = "unassigned", _("Something new that is nobody’s in your departments")
    FOLLOWED = "followed", _("News on a ticket you follow, a note on one of yours")
    ESCALATED = "escalated", _("A promised time comes near or has passed")
    UNDELIVERED = "undelivered", _("A reply was not delivered")
    RATED = "rated", _("A customer rates an answer")


class Way(models.TextChoices):
    """How an agent is told."""

    BELL = "bell", _("Bell")
    SOUND = "sound", _("Sound")
    BROWSER = "browser", _("Browser notification")
    LETTER = "letter", _("Letter")


LETTERS = {
    Reason.ASSIGNED: Notice.ASSIGNED,
    Reason.MINE: Notice.TO_AGENT,
    Reason.ESCALATED: Notice.ESCALATED,
}
"""The reasons for which there is a letter."""

REASON_OF = {notice: reason for reason, notice in LETTERS.items()}

ON_BY_DEFAULT = frozenset(
    {
        *((reason, Way.BELL) for reason in Reason),
        *((reason, Way.LETTER) for reason in LETTERS),
        *((reason, way) for reason in (Reason.ASSIGNED, Reason.MINE) for way in Way),
    }
)
# What the bell does not hold makes no sound either.
NEEDS_BELL = frozenset({Way.SOUND, Way.BROWSER})
