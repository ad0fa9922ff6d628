"""History → lines behind bells. Rows only, inside the verb's transaction."""

from typing import Any

from django.dispatch import receiver

from tickets.audience import audience_of
from tickets.events import event_recorded
from tickets.models import Event, Notification


@receiver(event_recorded)
def ring_bells(sender: type[Event], *, event: Event, **kwargs: Any) -> None:
    """A notification for everybody who hears of it in the browser."""
    Notification.objects.bulk_create(
        [
            Notification(user=one.user, event=event, reason=one.reason or "")
            for one in audience_of(event)
            if one.rings
        ],
        ignore_conflicts=True,
    )
