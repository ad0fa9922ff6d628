"""The letter behind a message, on the page of its ticket."""

from typing import Any

from django import template

from mailgateway.agent.forms import CHARSETS
from mailgateway.charsets import Decoded, decode

register = template.Library()


@register.inclusion_tag("letters/_show_as.html")
def letter_behind(message: Any) -> dict[str, Any]:
    """A menu for a message that came by mail: show it in another charset, fetch its letter."""
    return {"message": message, "charsets": CHARSETS}


@register.filter
def as_text(data: bytes) -> Decoded:
    """Bytes that claim no charset, read like those of a letter."""
    return decode(data)
