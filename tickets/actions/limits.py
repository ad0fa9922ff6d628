"""How much one person may write."""

from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from departments.models import DeskSettings, User
from helpdesk.lib.errors import DeskError
from tickets.models import Message, Ticket

HOUR: Final = timedelta(hours=1)
COUNTED: Final = frozenset({Ticket.Channel.WEB, Ticket.Channel.API})


class TooMuchWritten(DeskError):
    """More was written in the last hour than we take."""

    status = 429


def refuse_floods(by: User, channel: str) -> None:
    """Raise TooMuchWritten if the customer `by` wrote more in the last hour than
    `DeskSettings.messages_per_hour`, whether in the portal or by a program.

    Letters are neither refused nor counted, for they are here already: too many are held back in
    the ledger (mailgateway/inbound/floods.py). Nor is what forms on other sites bring: anybody may
    write an address there, so they have limits of their own (tickets/actions/forms.py).
    """
    most = DeskSettings.current().messages_per_hour if channel in COUNTED else 0
    if not most:
        return
    lately = Message.objects.filter(
        author=by, from_customer=True, channel__in=COUNTED, created_at__gt=timezone.now() - HOUR
    )
    if lately[:most].count() >= most:
        raise TooMuchWritten(
            _(
                "That was a great deal in one hour, so we take no more just now. Please send it "
                "again in an hour."
            )
        )
