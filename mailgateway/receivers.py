"""History → letters in the tray, inside the verb's transaction."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from helpdesk.lib.queue import enqueue_on_commit
from mailgateway import outbound, tasks
from mailgateway.models import InboundEmail, OutboundEmail
from tickets.events import event_recorded
from tickets.models import Event


@receiver(event_recorded)
def tell_people(sender: type[Event], *, event: Event, **kwargs: Any) -> None:
    """A letter for everybody who hears of it by mail."""
    now = timezone.now()
    letters = outbound.prepare(event)
    if event.kind == Event.Kind.RATING_ASKED and not letters:
        # A question that a breaker holds back was not asked, and the history says so.
        event.details["held"] = True
        event.save(update_fields=["details"])
    for email in letters:
        wait = (email.next_try_at - now).total_seconds() if email.next_try_at else 0
        # A second more than the seconds of grace, so that the row is due when the nudge comes.
        enqueue_on_commit(tasks.send, email.pk, after=wait + 1 if wait > 0 else 0)


@receiver(event_recorded)
def letters_follow(sender: type[Event], *, event: Event, **kwargs: Any) -> None:
    """Messages came to this ticket from another one: answers to their letters come here as well."""
    moved = event.details.get("messages")
    if moved and event.details.get("source"):
        InboundEmail.objects.filter(message_pk__in=moved).update(ticket=event.ticket)
        OutboundEmail.objects.filter(message__in=moved).update(ticket=event.ticket)
