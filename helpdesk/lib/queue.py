"""How work is handed to the worker: after commit, and never as the only memory of it."""

import logging
from typing import Any

from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

# Redis hands a task out again that waits longer than its visibility timeout (900 s in settings).
LONGEST_WAIT = 600


def enqueue_on_commit(task: Any, *args: Any, after: float = 0) -> None:
    """Queue Celery `task` with `args` after commit, to run in `after` seconds.

    If the queue is away, or the wait is too long for it, a sweep finds the work.
    """
    if after > LONGEST_WAIT:
        return

    def enqueue() -> None:  # a def, not a partial: Django logs its __qualname__
        try:
            task.apply_async(args, countdown=after or None)
        except (OSError, OperationalError) as error:
            log.warning("The queue is away (%s); a sweep will find %s%s", error, task.name, args)

    transaction.on_commit(enqueue, robust=True)
