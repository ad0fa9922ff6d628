"""Signed tokens, each bound to a purpose, so that one is never good for another's door."""

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.core import signing


def make(purpose: str, value: Any) -> str:
    """A URL-safe signed string that carries `value` (JSON) and its time of making."""
    return signing.dumps(value, salt=f"desk.{purpose}", compress=True)


def read(purpose: str, token: str, *, max_age: int | None = None) -> Any:
    """The value in `token`, or None if it was forged, made for another purpose, or is older than
    `max_age` seconds."""
    try:
        return signing.loads(token, salt=f"desk.{purpose}", max_age=max_age)
    except signing.BadSignature:
        return None


def short_mac(purpose: str, value: str) -> str:
    """16 hex digits that only we can make for `value`: for identifiers that must stay short."""
    key = f"desk.{purpose}:{settings.SECRET_KEY}".encode()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:16]
