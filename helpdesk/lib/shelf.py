"""What every page asks for and hardly anybody changes: read once in a while instead."""

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import models, transaction
from django.db.models.signals import post_delete, post_save

T = TypeVar("T")


class Shelf(Generic[T]):
    """Holds what `read` found: asked again after some seconds, and at once in the process that
    changed a row of `model`. Nobody changes what stands here."""

    SECONDS = 5.0

    def __init__(self, read: Callable[[], T], *, model: type[models.Model]) -> None:
        self._read = read
        self._held: tuple[T, float] | None = None
        # Weak references would be all that is left of bound methods of a shelf in a function.
        post_save.connect(self.clear, sender=model, weak=False)
        post_delete.connect(self.clear, sender=model, weak=False)

    def take(self) -> T:
        """What stands here. At most one question."""
        held = self._held
        if held is None or time.monotonic() - held[1] > self.SECONDS:
            return self.put(self._read())
        return held[0]

    def put(self, value: T) -> T:
        """Let this stand here."""
        self._held = (value, time.monotonic())
        return value

    def clear(self, **_signal: Any) -> None:
        """Something changed, or will have once it is committed."""
        self._held = None
        transaction.on_commit(self._clear_again)

    def _clear_again(self) -> None:
        self._held = None
