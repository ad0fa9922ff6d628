"""The kinds of letters, and what is told apart by them."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What kind of letter."""

    PERSON = "person", _("written by a person")
    OWN = "own", _("our own, come back")
    BOUNCE = "bounce", _("bounce: not delivered")
    DELAY = "delay", _("delay: delivery is still tried")
    RECEIPT = "receipt", _("receipt: delivered or read")
    AUTO_REPLY = "auto_reply", _("automatic answer")
    NOTICE = "notice", _("written by a machine")
    BULK = "bulk", _("sent to many by a machine")
    LIST = "list", _("by way of a mailing list")
    FLOOD = "flood", _("one of very many")
    STRANGER = "stranger", _("by somebody we do not know")


_BY_MACHINES = frozenset(
    {Kind.BOUNCE, Kind.DELAY, Kind.RECEIPT, Kind.AUTO_REPLY, Kind.NOTICE, Kind.BULK}
)
# No machine of ours answers these: only what a person wrote to us [RFC 3834, 2].
UNANSWERED = frozenset(Kind) - {Kind.PERSON}


@dataclass(frozen=True)
class Verdict:
    """The kind, and the header, word or figure that decided it, as it stands in the letter."""

    kind: Kind
    reason: str = ""

    @property
    def is_automatic(self) -> bool:
        """No person wrote this very letter. People write by way of lists, and may write a lot."""
        return self.kind in _BY_MACHINES
