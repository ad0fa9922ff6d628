"""What the clock does: one line each, and may be run twice."""

from celery import shared_task

from tickets import escalation


@shared_task
def check_escalations() -> None:
    """Fire the steps that are due."""
    escalation.run_due()


@shared_task
def wake_held() -> None:
    """End the holds that are over."""
    escalation.wake_due()


@shared_task
def close_solved() -> None:
    """Close what has been solved for long."""
    escalation.close_due()
