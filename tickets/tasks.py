"""What the clock does: one line each, and may be run twice."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from helpdesk.lib.queue import enqueue_on_commit
from tickets import attachments, bulk, escalation
from tickets.models import FormPost, Notification

BELLS_KEPT_FOR = timedelta(days=180)
BELLS_AT_ONCE = 5000


@shared_task
def check_escalations() -> None:
    """Fire the steps that are due."""
    escalation.run_due()


@shared_task
def wake_held() -> None:
    """Ring for calls that are due, and end the holds that are over. In this order: a hold that
    ends with a call needs one bell, not two."""
    escalation.ring_due()
    escalation.wake_due()


@shared_task
def send_later() -> None:
    """Let replies leave whose time has come."""
    escalation.send_due()


@shared_task
def close_solved() -> None:
    """Close what has been solved for long."""
    escalation.close_due()


@shared_task
def ask_for_ratings() -> None:
    """Ask once more about solved tickets that were not rated."""
    escalation.ask_due()


@shared_task
def run_bulk(pk: int) -> None:
    """Go on with an act on many tickets, and hand the rest to whoever is free."""
    if bulk.run(pk):
        enqueue_on_commit(run_bulk, pk)


@shared_task
def sweep_bulk() -> None:
    """Find acts on many tickets that nobody goes on with."""
    for pk in bulk.due():
        enqueue_on_commit(run_bulk, pk)


@shared_task
def forget_old_bells() -> None:
    """Lines behind bells are of no use for ever."""
    before = timezone.now() - BELLS_KEPT_FOR
    Notification.objects.forget(before, at_most=BELLS_AT_ONCE)


@shared_task
def sweep_uploads() -> None:
    """Drop files that were never sent, and that no draft has needed for two weeks."""
    attachments.sweep(timezone.now() - timedelta(days=14))


@shared_task
def forget_form_posts() -> None:
    """What was sent by forms on other sites is known long enough; its tickets stay."""
    FormPost.objects.filter(created_at__lt=timezone.now() - FormPost.LASTS).delete()
