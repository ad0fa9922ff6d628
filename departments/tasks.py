"""What the clock does for people."""

from celery import shared_task
from django.core.management import call_command


@shared_task
def forget_ended_sessions() -> None:
    """Sessions that are over lie in the database until somebody clears them; strangers begin them,
    and what they typed may lie in there (helpdesk.lib.kept)."""
    call_command("clearsessions")
