"""What the clock and the queue do with letters: one line each, and may be run twice."""

from celery import shared_task

from helpdesk.lib.queue import enqueue_on_commit
from mailgateway import alarms, inbound, outbound, sent


@shared_task
def poll_mailboxes() -> None:
    """Read every mailbox whose time has come."""
    for pk in inbound.mailboxes_due():
        enqueue_on_commit(poll_mailbox, pk)


@shared_task
def poll_mailbox(pk: int) -> None:
    """Read one mailbox; every letter is stored before the next one is asked for."""
    for letter in inbound.poll(pk):
        enqueue_on_commit(handle_inbound, letter)


@shared_task
def handle_inbound(pk: int) -> None:
    """Understand one letter of the ledger."""
    inbound.handle(pk)


@shared_task
def send(pk: int) -> None:
    """Hand over one letter of the tray."""
    outbound.send(pk)


@shared_task
def copy_sent(pk: int) -> None:
    """Keep a copy of one letter where the mailbox keeps what it sends."""
    sent.copy(pk)


@shared_task
def sweep_ledger() -> None:
    """Find letters that nobody has understood yet."""
    for pk in inbound.to_sweep():
        enqueue_on_commit(handle_inbound, pk)


@shared_task
def sweep_tray() -> None:
    """Find letters that are due, and copies of letters that went."""
    for pk in outbound.to_sweep():
        enqueue_on_commit(send, pk)
    for pk in sent.to_sweep():
        enqueue_on_commit(copy_sent, pk)


@shared_task
def sound_alarms() -> None:
    """Tell administrators of mailboxes that have fallen silent."""
    alarms.sound()
