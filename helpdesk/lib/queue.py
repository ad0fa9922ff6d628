"""How work is handed to the worker: after commit, and never as the only memory of it."""

import logging
from typing import Any

from django.db import transaction

log = logging.getLogger(__name__)


def enqueue_on_commit(task: Any, *args: Any) -> None:
    """Queue Celery `task` with `args` after commit. If the queue is away, a sweep finds the work."""

    def enqueue() -> None:  # a def, not a partial: Django logs its __qualname__
        try:
            task.delay(*args)
        except OSError as error:
            log.warning("The queue is away (%s); a sweep will find %s%s", error, task.name, args)

    transaction.on_commit(enqueue, robust=True)
