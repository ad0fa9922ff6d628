"""Secrets at rest: a text column whose contents are encrypted with DESK_SEAL_KEY."""

from functools import cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from helpdesk.lib.errors import DeskError


@cache
def _ring() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.DESK_SEAL_KEYS])


def seal(text: str) -> str:
    """`text`, encrypted with the newest key."""
    return _ring().encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """The text in `token`. Raises DeskError when no present key opens it."""
    try:
        return _ring().decrypt(token.encode()).decode()
    except InvalidToken:
        raise DeskError(
            _("A stored password cannot be read with the present DESK_SEAL_KEY. Enter it again.")
        ) from None


class SealedTextField(models.TextField):  # type: ignore[type-arg]
    """Text in Python, ciphertext in the database."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in; the empty string stays empty."""
        return seal(value) if value else ""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Decrypt on the way out."""
        return unseal(value) if value else ""
